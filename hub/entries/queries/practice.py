"""Who does what is described in an entry: what organisations say of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, case, select
from sqlalchemy.orm import joinedload

from hub.accounts.models import Organisation
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import db, only_asked
from hub.core.errors import Missing
from hub.entries.models import Entry, Practice, PracticeState, Status
from hub.entries.queries.visibility import practice_stands, visible_to

LARGEST_ID = 2**31 - 1
MOST_ROWS = 200
_ORDER = case({str(state): number for number, state in enumerate(
    (PracticeState.RUNNING, PracticeState.PLANNED, PracticeState.FINISHED, PracticeState.DROPPED)
)}, value=Practice.state)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Practised:
    """What an organisation says about an entry, as lists show it."""

    id: int
    entry_id: int
    entry_title: str
    entry_language: str
    kind: str
    organisation_id: int
    organisation: str
    state: str
    since_year: int
    since_month: int | None
    experience: str
    contact: str
    contact_email: str
    review_on: date
    stated_at: datetime

    @property
    def stated_year(self) -> int:
        """The year in which it was last said or confirmed."""
        return clock.local(self.stated_at).year

    @property
    def is_overdue(self) -> bool:
        """Whether the organisation wanted to look at it again by now."""
        return self.review_on <= clock.today()


def find_practices(entry: Entry) -> list[Practised]:
    """What organisations do with an entry that the caller may see: what runs first, then by name."""
    return _rows(_ROWS.where(Practice.entry_id == entry.id).order_by(_ORDER, Organisation.name))


def find_practices_of(organisation_id: int, limit: int = MOST_ROWS) -> list[Practised]:
    """What an organisation does, as far as every member may see the entries: what runs first, the latest on top."""
    return _rows(
        _ROWS.where(Practice.organisation_id == organisation_id, only_asked(Entry.status == Status.PUBLISHED))
        .order_by(_ORDER, Practice.stated_at.desc(), Practice.id)
        .limit(limit)
    )


def get_practice(actor: Actor, practice_id: int, is_removed: bool = False) -> Practice:
    """What an organisation says of an entry that the actor may see; raises Missing."""
    found = None
    if 0 < practice_id <= LARGEST_ID:
        removed = Practice.removed_at.is_not(None) if is_removed else Practice.removed_at.is_(None)
        found = db.session.scalar(
            select(Practice)
            .join(Entry, Entry.id == Practice.entry_id)
            .where(Practice.id == practice_id, removed, visible_to(actor))
            .options(joinedload(Practice.organisation))
            .execution_options(populate_existing=True)
        )
    if found is None:
        raise Missing
    return found


def find_practice_id(entry_id: int, organisation_id: int | None) -> int | None:
    """The number of what an organisation says about an entry, if it says anything."""
    return db.session.scalar(
        select(Practice.id).where(
            Practice.entry_id == entry_id, Practice.organisation_id == organisation_id, Practice.removed_at.is_(None)
        )
    )


_ROWS: Any = (
    select(
        Practice.id, Practice.entry_id, Entry.title, Entry.language, Entry.kind, Practice.organisation_id,
        Organisation.label, Practice.state, Practice.since_year, Practice.since_month, Practice.experience,
        Practice.contact, Practice.contact_email, Practice.review_on, Practice.stated_at,
    )
    .join(Entry, Entry.id == Practice.entry_id)
    .join(Organisation, Organisation.id == Practice.organisation_id)
    .where(practice_stands())
)  # fmt: skip


def _rows(statement: Select[Any]) -> list[Practised]:
    found: Sequence[Any] = db.session.execute(statement).all()
    return [Practised(*row) for row in found]
