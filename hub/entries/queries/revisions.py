"""What entries said and say: snapshots of their fields, and the revisions kept of them."""

from collections import defaultdict
from collections.abc import Collection as Numbers
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session, aliased

from hub.accounts.models import Organisation, User
from hub.collections.models import Collection, Section
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Missing
from hub.entries import policy
from hub.entries.models import Attachment, Entry, EntryCollection, EntryRevision, EntryTag, Status, Tag
from hub.entries.queries.visibility import visible_to

_PLAIN = (
    Entry.title, Entry.summary, Entry.text, Entry.note, Entry.url, Entry.kind, Entry.publisher, Entry.year,
    Entry.language, Entry.coverage, Entry.details, Entry.organisation_id, Entry.status_note, Entry.outdated_note,
    Entry.superseded_by_id, Entry.responsible_id,
)  # fmt: skip
_RESPONSIBLE, _SUCCESSOR = aliased(Organisation), aliased(Entry)
_WORDED = (
    Entry.review_on, Entry.outdated_at, Organisation.label.label("organisation"),
    _RESPONSIBLE.label.label("responsible"), _SUCCESSOR.title.label("superseded_by"),
)  # fmt: skip
_WORDS = ("organisation", "responsible", "superseded_by")
LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An entry as its tables hold it at this moment; ``fields`` can be kept as JSON."""

    status: str
    updated_at: datetime
    contributor_id: int | None
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Revision:
    """A kept version with the name of whoever made it; the name is empty when nobody or nobody any longer did."""

    number: int
    at: datetime
    action: str
    status: str
    fields: dict[str, Any]
    actor: str


def load_snapshots(session: Session, entry_ids: Numbers[int]) -> dict[int, Snapshot]:
    """Entries as the tables hold them, past the rows in memory, in four queries."""
    if not entry_ids:
        return {}
    found: dict[int, Snapshot] = {}
    parts: dict[int, dict[str, Any]] = defaultdict(lambda: {"collections": [], "tags": [], "files": []})
    places = (
        select(EntryCollection.entry_id, Collection.id, Collection.title, Section.title)
        .join(Collection, Collection.id == EntryCollection.collection_id)
        .outerjoin(Section, Section.id == EntryCollection.section_id)
        .where(EntryCollection.entry_id.in_(entry_ids))
        .order_by(EntryCollection.position, EntryCollection.collection_id)
    )
    for entry_id, number, title, section in session.execute(places):
        parts[entry_id]["collections"].append({"id": number, "title": title, "section": section or ""})
    tags = select(EntryTag.entry_id, Tag.name).join(Tag, Tag.id == EntryTag.tag_id)
    for entry_id, name in session.execute(tags.where(EntryTag.entry_id.in_(entry_ids)).order_by(Tag.key)):
        parts[entry_id]["tags"].append(name)
    files = select(Attachment.entry_id, Attachment.name, Attachment.checksum).order_by(Attachment.id)
    for owner, name, checksum in session.execute(files.where(Attachment.entry_id.in_(entry_ids))):
        parts[owner or 0]["files"].append({"name": name, "checksum": checksum})
    columns = (Entry.id, Entry.status, Entry.updated_at, Entry.contributor_id)
    rows = select(*columns, *_WORDED, *_PLAIN).join(Organisation, Organisation.id == Entry.organisation_id)
    rows = rows.outerjoin(_RESPONSIBLE, _RESPONSIBLE.id == Entry.responsible_id)
    rows = rows.outerjoin(_SUCCESSOR, _SUCCESSOR.id == Entry.superseded_by_id).where(Entry.id.in_(entry_ids))
    for entry_id, status, moment, contributor, due, outdated, *values in session.execute(rows):
        fields = dict(zip((*_WORDS, *(column.key for column in _PLAIN)), values, strict=True))
        fields |= {"review_on": due and due.isoformat(), "outdated_on": outdated and outdated.date().isoformat()}
        found[entry_id] = Snapshot(status, moment, contributor, fields | parts[entry_id])
    return found


def get_entry_with_history(actor: Actor, entry_id: int) -> Entry:
    """The bare row of an entry whose versions the actor may know; raises Missing."""
    entry = None
    if 0 < entry_id <= LARGEST_NUMBER:
        entry = db.session.scalar(select(Entry).where(Entry.id == entry_id, visible_to(actor)))
    if entry is None or not policy.may_see_history(actor, entry):
        raise Missing
    return entry


def find_revisions(actor: Actor, entry: Entry, offset: int, limit: int) -> list[Revision]:
    """Kept versions of an entry, newest first; those of its time as a draft only for its contributor."""
    require(policy.may_see_history(actor, entry))
    rows = _of(actor, entry).order_by(EntryRevision.number.desc()).offset(offset).limit(limit)
    return [Revision(*row) for row in db.session.execute(rows)]


def count_revisions(actor: Actor, entry: Entry) -> int:
    """How many kept versions of the entry the actor may see."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(EntryRevision)
            .where(EntryRevision.entry_id == entry.id, _seen_by(actor, entry))
        )
        or 0
    )


def get_revisions(actor: Actor, entry: Entry, numbers: Sequence[int]) -> list[Revision]:
    """Certain kept versions in this order; raises Missing when one is not there for the actor."""
    require(policy.may_see_history(actor, entry))
    wanted = [number for number in numbers if 0 < number <= LARGEST_NUMBER]
    rows = db.session.execute(_of(actor, entry).where(EntryRevision.number.in_(wanted)))
    found = {row.number: Revision(*row) for row in rows}
    if set(numbers) - found.keys():
        raise Missing
    return [found[number] for number in numbers]


def present_version(entry: Entry) -> Revision:
    """The entry as it stands, for one that was never changed since it came."""
    snapshot = load_snapshots(db.session(), [entry.id])[entry.id]
    return Revision(1, snapshot.updated_at, "entry.taken_in", snapshot.status, snapshot.fields, "")


def _of(actor: Actor, entry: Entry) -> Any:
    columns = (EntryRevision.number, EntryRevision.at, EntryRevision.action, EntryRevision.status)
    return (
        select(*columns, EntryRevision.fields, func.coalesce(User.name, ""))
        .outerjoin(User, User.id == EntryRevision.actor_id)
        .where(EntryRevision.entry_id == entry.id, _seen_by(actor, entry))
    )


def _seen_by(actor: Actor, entry: Entry) -> ColumnElement[bool]:
    """The SQL twin of ``policy.sees_draft_versions``."""
    return true() if policy.sees_draft_versions(actor, entry) else EntryRevision.status != Status.DRAFT
