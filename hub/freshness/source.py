"""What this room brings to the desk: entries whose review is due."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, select

from hub.accounts.models import Organisation
from hub.collections.models import Collection
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Refused
from hub.core.findings import Deed, Finding, Settled
from hub.entries.models import KIND_LABELS, Entry, EntryCollection, Kind, Status
from hub.freshness import policy, service
from hub.freshness.models import Answer
from hub.web.filters import day

HOLDS = Deed("holds", _l("Stimmt noch"), "check")
OUTDATED = Deed("dismiss", _l("Überholt"), "clock")
ANSWERS = {HOLDS.key: Answer.HOLDS, OUTDATED.key: Answer.OUTDATED}


class Reviews:
    """Entries that somebody is to look at again."""

    name = "review"
    label = _l("Zu prüfen")

    def count(self, actor: Actor) -> Select[Any]:
        """All that are due."""
        require(policy.may_oversee(actor))
        return select(func.count()).select_from(Entry).where(*_due())

    def find(self, actor: Actor, limit: int) -> Sequence[Finding]:
        """Those due longest first."""
        require(policy.may_oversee(actor))
        home = (
            select(Collection.title)
            .join(EntryCollection, EntryCollection.collection_id == Collection.id)
            .where(EntryCollection.entry_id == Entry.id)
            .order_by(EntryCollection.position)
            .limit(1)
            .scalar_subquery()
        )
        rows = db.session.execute(
            select(
                Entry.id, Entry.version, Entry.title, Entry.kind, Entry.review_on, Entry.published_at,
                Entry.checked_at, Organisation.label.label("origin"), home.label("place"),
            )
            .join(Organisation, Organisation.id == func.coalesce(Entry.responsible_id, Entry.organisation_id))
            .where(*_due())
            .order_by(Entry.review_on, Entry.id)
            .limit(limit)
        )  # fmt: skip
        return [_finding(row) for row in rows]

    def settle(self, actor: Actor, deed: str, chosen: Iterable[tuple[int, int]], text: str) -> Settled:
        """Still right, or outdated."""
        if deed not in ANSWERS:
            raise Refused
        return service.answer_many(actor, ANSWERS[deed], dict(chosen), text)


SOURCE = Reviews()


def _due() -> tuple[ColumnElement[bool], ...]:
    return Entry.status == Status.PUBLISHED, Entry.outdated_at.is_(None), Entry.review_on <= clock.today()


def _finding(row: Any) -> Finding:
    replace = Deed(
        "replace", _l("Ersatz"), "arrow-right", address=url_for("freshness.replace", entry_id=row.id)
    )  # fmt: skip
    return Finding(
        source=SOURCE.name,
        thing_id=row.id,
        version=row.version,
        title=row.title,
        finding=_("zu prüfen seit %(day)s", day=day(row.review_on)),
        tone="warn",
        icon="clock",
        deeds=(HOLDS, OUTDATED, replace),
        since=row.checked_at or row.published_at,
        about=str(KIND_LABELS[Kind(row.kind)]),
        place=row.place or "",
        origin=row.origin,
        address=url_for("entries.show", entry_id=row.id),
        entry_id=row.id,
    )
