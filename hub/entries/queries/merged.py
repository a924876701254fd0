"""Entries that became one with another: where their addresses and identifiers lead."""

from collections.abc import Sequence

from sqlalchemy import and_, select, text, union
from sqlalchemy.orm import aliased

from hub.core.actor import Actor
from hub.core.db import db, only_asked
from hub.entries import policy
from hub.entries.models import Attachment, Entry, MergedEntry, Status
from hub.entries.queries.reading import LARGEST_ID


def find_survivor_id(entry_id: int) -> int | None:
    """The number of the entry that this one has become part of."""
    if not 0 < entry_id <= LARGEST_ID:
        return None
    return db.session.scalar(select(MergedEntry.into_id).where(MergedEntry.entry_id == entry_id))


def find_same_file_id(attachment_id: int) -> int | None:
    """The file with the same content at the entry that took over the one this file belonged to."""
    if not 0 < attachment_id <= LARGEST_ID:
        return None
    old = select(Attachment.checksum, MergedEntry.into_id).join(
        MergedEntry, MergedEntry.entry_id == Attachment.entry_id
    )
    found = db.session.execute(old.where(Attachment.id == attachment_id)).one_or_none()
    if found is None:
        return None
    same = select(Attachment.id).where(Attachment.entry_id == found.into_id, Attachment.checksum == found.checksum)
    return db.session.scalar(same.order_by(Attachment.id).limit(1))


def find_same_things(entry_ids: Sequence[int]) -> list[tuple[str, str]]:
    """Titles of these entries beside those of others with the same link or DOI; the nightly comparison finds more."""
    mine, other = aliased(Entry), aliased(Entry)
    pairs = [
        select(mine.id, mine.title, other.id, other.title)
        .join(other, and_(getattr(other, name) == getattr(mine, name), other.id < mine.id))
        .where(mine.id.in_(entry_ids), only_asked(other.status == Status.PUBLISHED))
        for name in ("address", "doi")
    ]
    return list(dict.fromkeys((row[1], row[3]) for row in db.session.execute(union(*pairs).order_by(text("1, 3")))))


def find_merged_into(actor: Actor, entry_id: int) -> list[tuple[int, str]]:
    """Number and title of the entries that became part of this one and whose versions the actor may know."""
    found = select(Entry).join(MergedEntry, MergedEntry.entry_id == Entry.id).where(MergedEntry.into_id == entry_id)
    entries = db.session.scalars(found.order_by(Entry.id))
    return [(entry.id, entry.title) for entry in entries if policy.may_see_history(actor, entry)]
