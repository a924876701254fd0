"""Writing to the audit table: events wait in the open unit of work and join the chain right before its commit."""

import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from hub.audit.chain import PRUNED, digest_of, is_sound_until, link, witness_of
from hub.audit.models import AuditEvent, AuditHead
from hub.core import clock
from hub.core.actor import SYSTEM, Actor
from hub.core.db import db
from hub.core.digest import Sha256Hex
from hub.core.unit_of_work import notes_of, unit_of_work
from hub.web.logs import note, reference_number

log = logging.getLogger("hub.audit")
MOST_AT_ONCE = 20
_NOTES = "audit"
_WRITTEN = "hub_audit_written"
_PLAIN = {"synchronize_session": False}


def record(actor: Actor, action: str, thing_id: int | None = None, **detail: Any) -> None:
    """Add an event to the open unit of work; ``action`` is ``thing.past_tense``, detail holds no secrets or texts."""
    event = AuditEvent(
        at=clock.now(),
        actor_id=actor.id,
        action=action,
        thing=action.partition(".")[0],
        thing_id=thing_id,
        detail=json.loads(json.dumps(detail)) if detail else None,
        request=reference_number(),
    )
    recorded(db.session()).append(event)


def recorded(session: Session) -> list[AuditEvent]:
    """The events of the open unit of work, in their order."""
    notes = notes_of(session)
    if notes is None:
        raise RuntimeError("an event is recorded inside a unit of work")
    events: list[AuditEvent] = notes.setdefault(_NOTES, [])
    return events


def chain_events(session: Session) -> None:
    """Give the events of this unit their numbers and hashes; runs last before its commit.

    One statement takes the numbers and moves the head on; of many events the head is read under lock first. It is held
    until the commit, so numbers and hashes follow the order of the commits on SQLite and on PostgreSQL alike.
    """
    events = recorded(session)
    session.info[_WRITTEN] = events
    if len(events) > MOST_AT_ONCE:
        _append_many(session, events)
    elif events:
        _append(session, events)


def tell_journal() -> None:
    """Say in the journal what was committed; runs after every commit."""
    for event in db.session().info.pop(_WRITTEN, None) or ():
        facts = {"event": event.action, "number": event.id, "hash": event.hash, "actor": event.actor_id}
        note(log, event.action, **facts, thing=event.thing, thing_id=event.thing_id, detail=event.detail)


def prune(days: int) -> int:
    """Delete what is older; the anchor says where the chain begins now. Returns how many rows went.

    Nothing is deleted while a row that would go does not fit: it is the proof that somebody was there.
    """
    cutoff = clock.now() - timedelta(days=days)
    with unit_of_work() as session:
        newest = select(func.min(AuditEvent.id)).where(AuditEvent.at >= cutoff)
        last = (session.scalar(newest) or (session.scalar(select(func.max(AuditEvent.id))) or 0) + 1) - 1
        last_hash = session.scalar(select(AuditEvent.hash).where(AuditEvent.id == last))
        if last_hash is None:
            return 0
        witness = witness_of(last, last_hash)
        if not is_sound_until(session, last):
            log.error("the audit log is broken before number %s and was not pruned", last)
            return 0
        count = session.execute(delete(AuditEvent).where(AuditEvent.id <= last)).rowcount  # type: ignore[attr-defined]
        session.execute(update(AuditHead).values(anchor_number=last, anchor_hash=last_hash))
        record(SYSTEM, PRUNED, **witness)
    return int(count)


def prune_old(_payload: dict[str, Any]) -> None:
    """The nightly duty; with HUB_AUDIT_DAYS=0 everything stays."""
    days = current_app.config["AUDIT_DAYS"]
    if days:
        prune(days)


def _append(session: Session, events: Sequence[AuditEvent]) -> None:
    digests = [digest_of(event) for event in events]
    new_hash: Any = AuditHead.hash
    for digest in digests:
        new_hash = Sha256Hex(new_hash + digest)
    last, before = session.execute(
        update(AuditHead)
        .where(AuditHead.id == 1)
        .values(number=AuditHead.number + len(events), previous=AuditHead.hash, hash=new_hash)
        .returning(AuditHead.number, AuditHead.previous)
        .execution_options(synchronize_session=False)
    ).one()
    for number, (event, digest) in enumerate(zip(events, digests, strict=True), last - len(events) + 1):
        event.id, event.previous_hash = number, before
        event.hash = before = link(before, digest)
    session.add_all(events)
    session.flush()


def _append_many(session: Session, events: Sequence[AuditEvent]) -> None:
    session.flush()
    head = select(AuditHead.number, AuditHead.hash).where(AuditHead.id == 1).with_for_update()
    first, previous = session.execute(head).one()
    before = previous
    for number, event in enumerate(events, first + 1):
        event.id, event.previous_hash = number, before
        event.hash = before = link(before, digest_of(event))
    moved = update(AuditHead).where(AuditHead.id == 1)
    session.execute(moved.values(number=first + len(events), previous=previous, hash=before), execution_options=_PLAIN)
    columns = [column.key for column in AuditEvent.__table__.columns]
    session.execute(insert(AuditEvent), [{name: getattr(event, name) for name in columns} for event in events])


def record_export(actor: Actor, count: int) -> None:
    """Somebody took the log with them."""
    with unit_of_work():
        record(actor, "audit.exported", count=count)
