"""Reading boards as the office arranges them."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from hub.collections.models import Collection, Section
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Missing
from hub.curation.arranging import policy
from hub.entries.models import PINNED, Entry, EntryCollection, Status
from hub.entries.queries import BY_HAND

PER_SECTION, MOST_OF_ONE = 50, 500


@dataclass(frozen=True, slots=True)
class Line:
    """One entry on the board; ``place`` counts from 1 within its section."""

    id: int
    title: str
    kind: str
    place: int
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A section (None: entries without one) with the number of its order, its first entries and how many it has."""

    section_id: int | None
    title: str
    version: int
    count: int
    lines: list[Line] = field(default_factory=list)

    @property
    def pinned_count(self) -> int:
        """How many stay on top."""
        return sum(line.is_pinned for line in self.lines)


@dataclass(frozen=True, slots=True)
class Board:
    """A collection with its parts in their order; entries without a section stand last."""

    slug: str
    title: str
    colour: str
    parts: list[Part]


def get_board(actor: Actor, slug: str, only: int | None = None) -> Board:
    """The board of a collection; ``only`` one section of it (0: those without one), further down. Raises Missing."""
    require(policy.may_arrange(actor))
    collection = get_collection(slug)
    lines, counts = _lines(collection.id, only)
    parts = [
        Part(section.id, section.title, section.order_version, counts.get(section.id, 0), lines[section.id])
        for section in collection.sections
        if only in (None, section.id)
    ]
    if lines.get(None) or only == 0:
        parts.append(Part(None, "", collection.order_version, counts.get(None, 0), lines[None]))
    if not parts and only is not None:
        raise Missing
    return Board(collection.slug, collection.title, collection.colour, parts)


def get_collection(slug: str) -> Collection:
    """A collection with its sections, fresh; raises Missing."""
    found = db.session.scalar(
        select(Collection)
        .where(Collection.slug == slug)
        .options(selectinload(Collection.sections))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing
    return found


def get_placed(actor: Actor, slug: str, entry_id: int) -> tuple[Entry, EntryCollection]:
    """A published entry and its place in this collection; raises Missing."""
    require(policy.may_arrange(actor))
    entry = db.session.scalar(
        select(Entry)
        .where(Entry.id == entry_id, Entry.status == Status.PUBLISHED)
        .options(
            selectinload(Entry.places).joinedload(EntryCollection.collection),
            selectinload(Entry.places).joinedload(EntryCollection.section),
        )
        .execution_options(populate_existing=True)
    )
    place = next((place for place in entry.places if place.collection.slug == slug), None) if entry else None
    if entry is None or place is None:
        raise Missing
    return entry, place


def _lines(collection_id: int, only: int | None) -> tuple[dict[int | None, list[Line]], dict[int | None, int]]:
    section = EntryCollection.section_id
    place = func.row_number().over(partition_by=section, order_by=BY_HAND).label("place")
    count = func.count().over(partition_by=section).label("count")
    numbered = select(EntryCollection.entry_id, section, EntryCollection.rank, place, count).where(
        EntryCollection.collection_id == collection_id, EntryCollection.published_at.is_not(None)
    )
    if only is not None:
        numbered = numbered.where(section == only if only else section.is_(None))
    shown = numbered.subquery()
    rows = (
        select(shown.c.section_id, shown.c.count, Entry.id, Entry.title, Entry.kind, shown.c.place, shown.c.rank)
        .join(Entry, Entry.id == shown.c.entry_id)
        .where(shown.c.place <= (PER_SECTION if only is None else MOST_OF_ONE))
        .order_by(shown.c.place)
    )
    lines: dict[int | None, list[Line]] = defaultdict(list)
    counts: dict[int | None, int] = {}
    for section_id, total, number, title, kind, at, rank in db.session.execute(rows):
        counts[section_id] = total
        lines[section_id].append(Line(number, title, kind, at, rank >= PINNED))
    return lines, counts


def find_targets(actor: Actor) -> list[tuple[Collection, list[Section]]]:
    """Every collection with its sections: where an entry can go."""
    require(policy.may_arrange(actor))
    rows = select(Collection).options(selectinload(Collection.sections))
    return [(one, list(one.sections)) for one in db.session.scalars(rows.order_by(Collection.position, Collection.id))]
