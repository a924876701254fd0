"""How rows are linked: the hash of a row covers what it says and the hash of the row before."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.models import AuditEvent, AuditHead
from hub.core.digest import sha256_hex

PRUNED = "audit.pruned"
_AT_A_TIME = 1000


@dataclass(frozen=True, slots=True)
class Break:
    """The first row that does not fit, and what is wrong there."""

    number: int
    reason: str


def content_of(
    at: datetime, actor_id: int | None, action: str, thing_id: int | None, detail: dict[str, Any] | None, request: str
) -> str:
    """The digest of what a row says; its number follows from its place in the chain."""
    facts = [at.astimezone(UTC).isoformat(timespec="microseconds"), actor_id, action, thing_id, detail, request]
    return sha256_hex(json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True))


def digest_of(event: Any) -> str:
    """``content_of`` a row."""
    return content_of(event.at, event.actor_id, event.action, event.thing_id, event.detail, event.request)


def link(previous_hash: str, digest: str) -> str:
    """The hash of a row."""
    return sha256_hex(previous_hash + digest)


def find_break(session: Session) -> Break | None:
    """Walk the whole chain from its anchor to its head; None when every row stands as it was written."""
    head = session.execute(select(*AuditHead.__table__.columns)).one()
    number, before = head.anchor_number, head.anchor_hash
    has_witness = head.anchor_number == 0
    for event in _rows(session):
        if event.id <= head.anchor_number or event.id > head.number:
            return Break(event.id, _("wurde eingefügt: Diese Nummer hat das Protokoll nie vergeben"))
        number += 1
        if event.id != number:
            return Break(number, _("fehlt"))
        if event.previous_hash != before or event.hash != link(before, digest_of(event)):
            return Break(event.id, _("wurde verändert oder ausgetauscht"))
        if event.action == PRUNED and event.detail == witness_of(head.anchor_number, head.anchor_hash):
            has_witness = True
        before = event.hash
    if number != head.number:
        return Break(number + 1, _("fehlt: Das Ende wurde abgeschnitten"))
    if before != head.hash:
        return Break(number, _("wurde verändert oder ausgetauscht"))
    return None if has_witness else Break(head.anchor_number, _("war das Ende einer Löschung, die nirgends steht"))


def witness_of(number: int, last_hash: str) -> dict[str, Any]:
    """What the event of a pruning says: with it the anchor is part of the chain."""
    return {"number": number, "hash": last_hash}


def is_sound_until(session: Session, last: int) -> bool:
    """Whether the rows from the anchor to this number stand as they were written."""
    head = session.execute(select(*AuditHead.__table__.columns)).one()
    number, before = head.anchor_number, head.anchor_hash
    for event in _rows(session, last):
        number += 1
        if event.id != number or event.previous_hash != before or event.hash != link(before, digest_of(event)):
            return False
        before = event.hash
    return number == last


def _rows(session: Session, last: int | None = None) -> Iterator[Any]:
    """All rows by number, a thousand at a time, as columns: nothing that was loaded before is believed."""
    after: int | None = None
    while True:
        rows = select(*AuditEvent.__table__.columns).order_by(AuditEvent.id).limit(_AT_A_TIME)
        if after is not None:
            rows = rows.where(AuditEvent.id > after)
        if last is not None:
            rows = rows.where(AuditEvent.id <= last)
        found = session.execute(rows).all()
        yield from found
        if len(found) < _AT_A_TIME:
            return
        after = found[-1].id
