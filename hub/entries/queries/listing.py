"""Lists of published entries: light rows, facets that ignore their own choice, pages.

Lists are read as columns, not as objects, in a fixed number of queries that does not grow with the rows.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from hub.accounts.models import Organisation
from hub.collections.models import Collection, Section
from hub.core.actor import Actor
from hub.core.db import db
from hub.entries.models import Attachment, Entry, EntryCollection, EntryTag, Status, Tag
from hub.entries.queries.visibility import visible_to
from hub.indexing.generation import cached

SORTS = ("newest", "year", "title")
FACET_LIMIT = 200
FACETS = ("kind", "organisation", "section", "year", "language", "tag")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. Within a field any value fits, between fields all must."""

    collection_id: int | None = None
    section: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    organisation: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    language: tuple[str, ...] = ()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the collection is chosen."""
        return self != Filters(collection_id=self.collection_id)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: a collection and maybe a section."""

    slug: str
    title: str
    colour: str
    section: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as lists and cards show it."""

    id: int
    title: str
    summary: str
    kind: str
    organisation: str
    organisation_id: int
    year: int | None
    language: str
    url: str | None
    publisher: str
    status: str
    status_note: str
    updated_at: datetime
    submitted_at: datetime | None
    published_at: datetime | None
    contributor_id: int | None
    places: tuple[Place, ...]
    file_type: str | None
    file_size: int | None
    file_count: int


_ROW_COLUMNS = (
    Entry.id, Entry.title, Entry.summary, Entry.kind, Organisation.label.label("organisation"),
    Entry.organisation_id, Entry.year, Entry.language, Entry.url, Entry.publisher, Entry.status, Entry.status_note,
    Entry.updated_at, Entry.submitted_at, Entry.published_at, Entry.contributor_id,
)  # fmt: skip
_ROW = select(*_ROW_COLUMNS).join(Organisation, Organisation.id == Entry.organisation_id)
_PLACES = (
    select(EntryCollection.entry_id, Collection.slug, Collection.title, Collection.colour, Section.title)
    .join(Collection, Collection.id == EntryCollection.collection_id)
    .outerjoin(Section, Section.id == EntryCollection.section_id)
    .order_by(EntryCollection.entry_id, EntryCollection.position)
)
_FILES = select(Attachment.entry_id, Attachment.extension, Attachment.size).order_by(Attachment.id)


def find_page(filters: Filters, sort: str, offset: int, limit: int) -> list[Row]:
    """The published entries of one page of a list."""
    ids = list(db.session.scalars(_ordered(_matching(filters), filters, sort).offset(offset).limit(limit)))
    return rows_of(ids)


def find_newest(limit: int, since: datetime | None = None) -> list[Row]:
    """The entries published last."""
    statement = select(Entry.id).where(Entry.status == Status.PUBLISHED)
    if since is not None:
        statement = statement.where(Entry.published_at > since)
    return rows_of(
        list(db.session.scalars(statement.order_by(Entry.published_at.desc(), Entry.id.desc()).limit(limit)))
    )


def load_in_order(actor: Actor, ids: Sequence[int]) -> list[Row]:
    """The entries of these numbers that the actor may see, in this order: the tables decide, not the index."""
    return rows_of(ids, visible_to(actor))


def rows_of(ids: Sequence[Any], condition: ColumnElement[bool] | None = None) -> list[Row]:
    """Light rows in the order of the numbers, read in three queries."""
    if not ids:
        return []
    statement = _ROW.where(Entry.id.in_(ids))
    if condition is not None:
        statement = statement.where(condition)
    found = {row.id: row for row in db.session.execute(statement)}
    places: dict[int, list[Place]] = defaultdict(list)
    for entry_id, *place in db.session.execute(_PLACES.where(EntryCollection.entry_id.in_(found))):
        places[entry_id].append(Place(*place))
    files: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for entry_id, extension, size in db.session.execute(_FILES.where(Attachment.entry_id.in_(found))):
        files[entry_id].append((extension, size))
    return [_row(found[i], places[i], files[i]) for i in ids if i in found]


def _row(row: Any, places: list[Place], files: list[tuple[str, int]]) -> Row:
    file_type, file_size = files[0] if files else (None, None)
    return Row(*row, tuple(places), file_type, file_size, len(files))


def count_facets(filters: Filters) -> tuple[int, dict[str, list[tuple[str, str, int]]]]:
    """How many published entries fit, and per facet (value, label, count); a facet ignores its own choice.

    Kept in memory until anything searchable changes.
    """
    return cached(("facets", filters), lambda: _count_facets(filters))


def _count_facets(filters: Filters) -> tuple[int, dict[str, list[tuple[str, str, int]]]]:
    total = db.session.scalar(select(func.count()).select_from(_matching(filters).subquery())) or 0
    facets = {name: _count_facet(name, filters) for name in FACETS}
    return total, facets


def _count_facet(name: str, filters: Filters) -> list[tuple[str, str, int]]:
    if name == "section" and filters.collection_id is None:
        return []
    base = _matching(replace(filters, **dict.fromkeys([name], ()))).subquery()
    count = func.count()
    ids = select(base.c.id)
    rows: Any
    if name == "organisation":
        rows = db.session.execute(
            select(Organisation.id, Organisation.label, count)
            .join(Entry, Entry.organisation_id == Organisation.id)
            .join(base, base.c.id == Entry.id)
            .group_by(Organisation.id, Organisation.label)
            .order_by(count.desc(), Organisation.label)
        )
    elif name == "section":
        rows = db.session.execute(
            select(Section.title, Section.title, count)
            .join(EntryCollection, EntryCollection.section_id == Section.id)
            .where(Section.collection_id == filters.collection_id, EntryCollection.entry_id.in_(ids))
            .group_by(Section.title, Section.position)
            .order_by(Section.position)
        )
    elif name == "tag":
        rows = db.session.execute(
            select(Tag.name, Tag.name, count)
            .join(EntryTag, EntryTag.tag_id == Tag.id)
            .join(base, base.c.id == EntryTag.entry_id)
            .group_by(Tag.name)
            .order_by(count.desc(), Tag.name)
            .limit(FACET_LIMIT)
        )
    else:
        column = {"kind": Entry.kind, "year": Entry.year, "language": Entry.language}[name]
        order = column.desc() if name == "year" else count.desc()
        rows = db.session.execute(
            select(column, column, count)
            .join(base, base.c.id == Entry.id)
            .where(column.is_not(None))
            .group_by(column)
            .order_by(order)
        )
    return [(str(value), str(label), number) for value, label, number in rows]


def _matching(filters: Filters) -> Select[tuple[int]]:
    """Numbers of the published entries that fit."""
    statement: Select[tuple[int]] = select(Entry.id)
    if filters.collection_id is not None:
        statement = statement.join(EntryCollection, EntryCollection.entry_id == Entry.id).where(
            EntryCollection.collection_id == filters.collection_id, EntryCollection.published_at.is_not(None)
        )
    else:
        statement = statement.where(Entry.status == Status.PUBLISHED)
    if filters.section and filters.collection_id is not None:
        sections = select(Section.id).where(
            Section.collection_id == filters.collection_id, Section.title.in_(filters.section)
        )
        statement = statement.where(EntryCollection.section_id.in_(sections))
    if filters.kind:
        statement = statement.where(Entry.kind.in_(filters.kind))
    if filters.language:
        statement = statement.where(Entry.language.in_(filters.language))
    if filters.organisation:
        statement = statement.where(Entry.organisation_id.in_(_numbers(filters.organisation)))
    if filters.year:
        statement = statement.where(Entry.year.in_(_numbers(filters.year)))
    if filters.tag:
        tagged = select(EntryTag.entry_id).join(Tag, Tag.id == EntryTag.tag_id).where(Tag.name.in_(filters.tag))
        statement = statement.where(Entry.id.in_(tagged))
    return statement


def _ordered(statement: Select[tuple[int]], filters: Filters, sort: str) -> Select[tuple[int]]:
    if sort == "year":
        return statement.order_by(func.coalesce(Entry.year, 0).desc(), Entry.id.desc())
    if sort == "title":
        return statement.order_by(func.lower(Entry.title), Entry.id)
    if filters.collection_id is not None:
        return statement.order_by(EntryCollection.published_at.desc(), EntryCollection.entry_id.desc())
    return statement.order_by(Entry.published_at.desc(), Entry.id.desc())


def _numbers(values: Sequence[str]) -> list[int]:
    """The values that are numbers a column can hold; an odd value fits nothing."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 10]
