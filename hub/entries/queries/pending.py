"""Changes that wait beside published entries, and for whom they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select

from hub.accounts.models import Organisation, User
from hub.collections.models import Collection
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.entries import policy
from hub.entries.models import Attachment, Entry, PendingChange, ReviewRule, Status
from hub.entries.queries.revisions import load_snapshots

MOST = 50
_PUBLISHED = select(Entry.id).where(Entry.id == PendingChange.entry_id, Entry.status == Status.PUBLISHED)
WAITING_CHANGE = and_(PendingChange.is_returned.is_(False), _PUBLISHED.exists())


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """A change for the office to decide: what the entry says, and what it would say."""

    entry_id: int
    title: str
    author: str
    sent_at: datetime
    version: int
    before: dict[str, Any]
    after: dict[str, Any]


def find_pending(actor: Actor, entry: Entry) -> PendingChange | None:
    """The change that waits beside an entry at this moment, for its author and the office."""
    return _for(actor, db.session.get(PendingChange, entry.id))


def pending_of(actor: Actor, entry: Entry) -> PendingChange | None:
    """The same as it was when the whole entry was read, without asking again."""
    return _for(actor, entry.pending)


def _for(actor: Actor, pending: PendingChange | None) -> PendingChange | None:
    if pending is None or not (actor.is_office or pending.author_id == actor.id):
        return None
    return pending


def find_own_changes(actor: Actor) -> dict[int, PendingChange]:
    """The actor's changes that wait or came back, by entry."""
    rows = select(PendingChange).where(PendingChange.author_id == actor.id)
    return {pending.entry_id: pending for pending in db.session.scalars(rows)}


def find_free_roles() -> set[str]:
    """Roles whose changes are visible at once, by what the office decided."""
    return set(db.session.scalars(select(ReviewRule.role).where(ReviewRule.waits.is_(False))))


def find_waiting_changes(actor: Actor) -> list[WaitingChange]:
    """What waits for the office, oldest first, in a fixed number of queries."""
    require(policy.may_review(actor))
    rows = db.session.execute(
        select(PendingChange, User.name)
        .join(User, User.id == PendingChange.author_id)
        .where(WAITING_CHANGE)
        .order_by(PendingChange.sent_at, PendingChange.entry_id)
        .limit(MOST)
    ).all()
    snapshots = load_snapshots(db.session(), [pending.entry_id for pending, _name in rows])
    names = _Names([pending for pending, _name in rows])
    return [
        WaitingChange(
            pending.entry_id,
            snapshots[pending.entry_id].fields["title"],
            author,
            pending.sent_at,
            pending.version,
            snapshots[pending.entry_id].fields,
            names.after(snapshots[pending.entry_id].fields, pending),
        )
        for pending, author in rows
    ]


class _Names:
    """Titles of collections, labels of organisations and names of files that changes mention, read once."""

    def __init__(self, changes: Sequence[PendingChange]) -> None:
        collections = {number for one in changes for number in one.changes.get("collection_ids", ())}
        files = {number for one in changes for number in [*one.held, *one.removed]}
        offices = {one.changes["organisation_id"] for one in changes if "organisation_id" in one.changes}
        self._collections = _read(Collection.id, Collection.title, collections)
        self._files = _read(Attachment.id, Attachment.name, files)
        self._organisations = _read(Organisation.id, Organisation.label, offices)

    def after(self, fields: dict[str, Any], pending: PendingChange) -> dict[str, Any]:
        """The fields of a snapshot as they would be."""
        changes = pending.changes
        after = fields | {name: value for name, value in changes.items() if name in fields}
        section = changes.get("section", fields["collections"][0]["section"] if fields["collections"] else "")
        if "collection_ids" in changes or "section" in changes:
            numbers = changes.get("collection_ids", [place["id"] for place in fields["collections"]])
            known = {place["id"]: place for place in fields["collections"]}
            after["collections"] = [
                {
                    "id": number,
                    "title": self._collections.get(number) or known.get(number, {}).get("title", ""),
                    "section": section if place == 0 else known.get(number, {}).get("section", ""),
                }
                for place, number in enumerate(numbers)
            ]
        if "organisation_id" in changes:
            after["organisation"] = self._organisations.get(changes["organisation_id"], "")
        gone = [self._files.get(number, "") for number in pending.removed]
        kept = [file for file in fields["files"] if file["name"] not in gone]
        after["files"] = kept + [{"name": self._files.get(number, "")} for number in pending.held]
        return after


def _read(key: Any, value: Any, numbers: set[int]) -> dict[int, str]:
    if not numbers:
        return {}
    return {row[0]: row[1] for row in db.session.execute(select(key, value).where(key.in_(numbers)))}
