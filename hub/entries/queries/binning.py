"""What lies in the bin: for the office everything that had been handed in, for contributors their own drafts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import selectinload

from hub.accounts.models import Organisation, User
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Missing
from hub.entries.models import BinnedEntry, Entry, Status
from hub.entries.queries.reading import LARGEST_ID
from hub.entries.queries.visibility import visible_to

KEPT_FOR = timedelta(days=30)
MOST = 200


@dataclass(frozen=True, slots=True)
class Binned:
    """An entry in the bin; the name of whoever put it there is empty when the account is gone."""

    id: int
    title: str
    kind: str
    organisation: str
    status_before: str
    deleted_at: datetime
    deleted_by: str

    @property
    def days_left(self) -> int:
        """Days until it is deleted for good, at least none."""
        return max(0, (self.deleted_at + KEPT_FOR - clock.now()).days)


def find_bin(actor: Actor) -> list[Binned]:
    """What the actor may take out of the bin, latest first."""
    rows = (
        select(
            Entry.id,
            Entry.title,
            Entry.kind,
            Organisation.label,
            BinnedEntry.status_before,
            BinnedEntry.deleted_at,
            func.coalesce(User.name, ""),
        )
        .join(BinnedEntry, BinnedEntry.entry_id == Entry.id)
        .join(Organisation, Organisation.id == Entry.organisation_id)
        .outerjoin(User, User.id == BinnedEntry.deleted_by_id)
        .where(_may_take_out(actor))
        .order_by(BinnedEntry.deleted_at.desc(), Entry.id.desc())
        .limit(MOST)
    )
    return [Binned(*row) for row in db.session.execute(rows)]


def find_binned(entry: Entry) -> BinnedEntry | None:
    """Since when and by whom an entry lies in the bin."""
    return db.session.get(BinnedEntry, entry.id)


def get_binned_entry(actor: Actor, entry_id: int) -> Entry:
    """An entry that the actor may take out of the bin, with its places; raises Missing."""
    entry = None
    if 0 < entry_id <= LARGEST_ID:
        entry = db.session.scalar(
            select(Entry)
            .join(BinnedEntry, BinnedEntry.entry_id == Entry.id)
            .where(Entry.id == entry_id, _may_take_out(actor))
            .options(selectinload(Entry.places), selectinload(Entry.files))
        )
    if entry is None:
        raise Missing
    return entry


def _may_take_out(actor: Actor) -> ColumnElement[bool]:
    own_draft = and_(Entry.contributor_id == actor.id, BinnedEntry.status_before == Status.DRAFT)
    return and_(Entry.status == Status.DELETED, or_(own_draft, visible_to(actor)))
