"""The table of the office: published entries with filters; previews and the progress of changes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from hub.accounts.models import Organisation
from hub.collections.models import Collection, Section
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.paging import Page
from hub.curation import policy
from hub.curation.models import BulkChange, BulkRow
from hub.curation.wishes import Known
from hub.entries.models import Entry, EntryCollection, EntryTag, Status, Tag, tag_key
from hub.entries.queries.many import State, find_states, portions
from hub.entries.queries.wording import holds
from hub.indexing.changelog import current_number
from hub.indexing.models import LoggedChange

PER_PAGE, ROWS_PER_PAGE = 50, 50
MOST_ENTRIES = 10_000
NO_SECTION = -1


@dataclass(frozen=True, slots=True)
class Filters:
    """What the table is narrowed to; 0 and empty do not narrow. ``section`` -1: entries of the collection in none."""

    collection: int = 0
    section: int = 0
    kind: str = ""
    organisation: int = 0
    year: int = 0
    tag: str = ""
    q: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """Only what narrows, as an address carries it."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Table:
    """A page of the table. ``seen`` is the number of the newest change of all entries when it was read."""

    states: list[State]
    page: Page
    seen: int


def find_table(actor: Actor, filters: Filters, number: int) -> Table:
    """A page of the published entries that fit, newest first."""
    require(policy.may_change_many(actor))
    seen = current_number()
    ids = _matching(filters)
    total = db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    page = Page(min(number, max(1, -(-total // PER_PAGE))), PER_PAGE, total)
    ordered = ids.order_by(Entry.published_at.desc(), Entry.id.desc())
    shown = list(db.session.scalars(ordered.offset(page.offset).limit(PER_PAGE)))
    states = find_states(db.session(), shown)
    return Table([states[number] for number in shown if number in states], page, seen)


def find_matching_ids(actor: Actor, filters: Filters) -> list[int]:
    """The numbers of all published entries that fit, newest first; one more than can be changed at once at most."""
    require(policy.may_change_many(actor))
    rows = _matching(filters).order_by(Entry.published_at.desc(), Entry.id.desc())
    return list(db.session.scalars(rows.limit(MOST_ENTRIES + 1)))


def find_changed_since(entry_ids: Sequence[int], seen: int) -> set[int]:
    """Which of the entries were changed after the change of this number."""
    found: set[int] = set()
    for some in portions(entry_ids):
        rows = select(LoggedChange.thing_id).where(LoggedChange.number > seen, LoggedChange.kind == "entry")
        found |= set(db.session.scalars(rows.where(LoggedChange.thing_id.in_(some))))
    return found


def find_known() -> Known:
    """Collections, sections and organisations, each in their order, in three statements."""
    collections = select(Collection.id, Collection.title).order_by(Collection.position, Collection.id)
    sections = select(Section.id, Section.collection_id, Section.title).order_by(Section.position, Section.id)
    organisations = select(Organisation.id, Organisation.label).order_by(Organisation.name)
    return Known(
        dict(db.session.execute(collections).all()),
        {number: (home, title) for number, home, title in db.session.execute(sections)},
        dict(db.session.execute(organisations).all()),
    )


def get_change(actor: Actor, change_id: int) -> BulkChange:
    """A change of many entries; raises Missing when it is not the actor's own."""
    require(policy.may_change_many(actor))
    change = db.session.get(BulkChange, change_id, populate_existing=True)
    if change is None or change.actor_id != actor.id:
        raise Missing
    return change


def find_rows(change: BulkChange, has_problem: bool, number: int) -> tuple[list[BulkRow], Page]:
    """A page of the entries that would change, or of those that are left out."""
    total = change.problem_count if has_problem else change.row_count
    page = Page(min(number, max(1, -(-total // ROWS_PER_PAGE))), ROWS_PER_PAGE, total)
    rows = select(BulkRow).where(BulkRow.change_id == change.id, (BulkRow.problem != "") == has_problem)
    return list(db.session.scalars(rows.order_by(BulkRow.place).offset(page.offset).limit(ROWS_PER_PAGE))), page


def _matching(filters: Filters) -> Select[Any]:
    return select(Entry.id).where(Entry.status == Status.PUBLISHED, *_conditions(filters))


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.collection or filters.section:
        found.append(Entry.id.in_(_placed(filters)))
    if filters.kind:
        found.append(Entry.kind == filters.kind)
    if filters.organisation:
        found.append(Entry.organisation_id == filters.organisation)
    if filters.year:
        found.append(Entry.year == filters.year)
    if filters.tag:
        tagged = select(EntryTag.entry_id).where(EntryTag.tag_id.in_(_meant(filters.tag)))
        found.append(Entry.id.in_(tagged))
    found += [holds(word, Entry.title, Entry.summary, Entry.publisher) for word in filters.q.split()[:8]]
    return found


def _meant(name: str) -> Select[Any]:
    """The keyword of this name, or what it stands for."""
    return select(func.coalesce(Tag.stands_for_id, Tag.id)).where(Tag.key == tag_key(name))


def _placed(filters: Filters) -> Select[Any]:
    placed = select(EntryCollection.entry_id)
    if filters.collection:
        placed = placed.where(EntryCollection.collection_id == filters.collection)
    if filters.section == NO_SECTION:
        return placed.where(EntryCollection.section_id.is_(None))
    return placed.where(EntryCollection.section_id == filters.section) if filters.section else placed
