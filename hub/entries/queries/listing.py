"""Lists of published entries: light rows, facets that ignore their own choice, pages.

Lists are read as columns, not as objects, in a fixed number of queries that does not grow with the rows.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    Executable,
    Select,
    String,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from hub.accounts.models import Organisation
from hub.collections.models import Collection, Section
from hub.core.actor import Actor
from hub.core.db import db, only_asked
from hub.core.permissions import Role
from hub.entries.models import (
    PINNED,
    TOGETHER,
    Attachment,
    Entry,
    EntryCollection,
    EntryTag,
    Practice,
    Preview,
    Relation,
    Status,
    Tag,
)
from hub.entries.queries.visibility import is_practised, practice_stands, visible_to
from hub.indexing.generation import cached

SORTS = ("newest", "year", "title")
ARRANGED = "arranged"
FACET_LIMIT = 200
KEPT_ROWS = 125
NO_SECTION = "-"
FACETS = ("kind", "organisation", "section", "year", "language", "tag", "practice", "practised")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. Within a field any value fits, between fields all must.

    Sections go by title; ``NO_SECTION`` stands for entries that are in none.
    """

    collection_id: int | None = None
    section: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    organisation: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    practice: tuple[str, ...] = ()
    practised: tuple[str, ...] = ()

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
    is_pinned: bool = False


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
    outdated_at: datetime | None
    places: tuple[Place, ...]
    file_type: str | None
    file_size: int | None
    file_count: int
    preview_id: int | None


# As the office put them, the rest newest first.
BY_HAND = (EntryCollection.rank.desc(), EntryCollection.published_at.desc(), EntryCollection.entry_id.desc())
_File = aliased(Attachment)
_IDS: Any = bindparam("ids", expanding=True)
_COUNTED_FILES = (
    select(Attachment.entry_id, func.min(Attachment.id).label("first_id"), func.count().label("count"))
    .where(Attachment.entry_id.in_(_IDS))
    .group_by(Attachment.entry_id)
    .subquery()
)
_PREVIEW_OF_FILE = (
    select(Preview.id)
    .join(_File, _File.id == Preview.attachment_id)
    .where(_File.entry_id == Entry.id, Preview.page == 1, Preview.checksum.is_not(None))
    .order_by(_File.id)
    .limit(1)
    .correlate(Entry)
    .scalar_subquery()
)
_PREVIEW_OF_LINK = (
    select(Preview.id)
    .where(Preview.entry_id == Entry.id, Preview.page == 1, Preview.checksum.is_not(None))
    .correlate(Entry)
    .scalar_subquery()
)
_ROW_COLUMNS = (
    Entry.id, Entry.title, Entry.summary, Entry.kind, Organisation.label.label("organisation"),
    Entry.organisation_id, Entry.year, Entry.language, Entry.url, Entry.publisher, Entry.status, Entry.status_note,
    Entry.updated_at, Entry.submitted_at, Entry.published_at, Entry.contributor_id, Entry.outdated_at,
    Attachment.extension, Attachment.size, func.coalesce(_COUNTED_FILES.c.count, 0),
    func.coalesce(_PREVIEW_OF_FILE, _PREVIEW_OF_LINK),
)  # fmt: skip
_ROWS = (
    select(*_ROW_COLUMNS)
    .join(Organisation, Organisation.id == Entry.organisation_id)
    .outerjoin(_COUNTED_FILES, _COUNTED_FILES.c.entry_id == Entry.id)
    .outerjoin(Attachment, Attachment.id == _COUNTED_FILES.c.first_id)
)
_ROW = _ROWS.where(Entry.id.in_(_IDS))
_OF: Any = bindparam("of")
_NAMED = aliased(Entry)
_RELATED = _ROWS.add_columns(
    select(Relation.state)
    .where(or_(
        and_(Relation.one_id == _OF, Relation.other_id == Entry.id),
        and_(Relation.other_id == _OF, Relation.one_id == Entry.id),
    ))
    .scalar_subquery()
).where(
    only_asked(Entry.status == Status.PUBLISHED),
    Entry.id.in_(union_all(
        select(_NAMED.id).where(_NAMED.id.in_(_IDS)),
        select(Relation.other_id).where(Relation.one_id == _OF, Relation.state == TOGETHER),
        select(Relation.one_id).where(Relation.other_id == _OF, Relation.state == TOGETHER),
    )),
)  # fmt: skip
_PLACES = (
    select(
        EntryCollection.entry_id,
        Collection.slug,
        Collection.title,
        Collection.colour,
        Section.title,
        EntryCollection.rank >= PINNED,
    )
    .join(Collection, Collection.id == EntryCollection.collection_id)
    .outerjoin(Section, Section.id == EntryCollection.section_id)
    .where(EntryCollection.entry_id.in_(_IDS))
    .order_by(EntryCollection.entry_id, EntryCollection.position)
)


def find_page(filters: Filters, sort: str, offset: int, limit: int) -> Sequence[Row]:
    """The published entries of one page of a list; the first pages are kept until anything searchable changes."""
    if offset >= KEPT_ROWS:
        return _find_page(filters, sort, offset, limit)
    return cached(("page", filters, sort, offset, limit), lambda: _find_page(filters, sort, offset, limit))


def _find_page(filters: Filters, sort: str, offset: int, limit: int) -> list[Row]:
    return rows_of(list(db.session.scalars(_ordered(_matching(filters), filters, sort).offset(offset).limit(limit))))


def find_board(filters: Filters, per_section: int) -> dict[int | None, list[Row]]:
    """The first entries of every section of the collection, by section number; None holds those without one."""
    place = func.row_number().over(
        partition_by=EntryCollection.section_id,
        order_by=BY_HAND,
    )
    numbered = (
        _matching(filters).with_only_columns(Entry.id, EntryCollection.section_id, place.label("place")).subquery()
    )
    found = db.session.execute(
        select(numbered.c.id, numbered.c.section_id).where(numbered.c.place <= per_section).order_by(numbered.c.place)
    ).all()
    rows = {row.id: row for row in rows_of([entry_id for entry_id, _ in found])}
    board: dict[int | None, list[Row]] = defaultdict(list)
    for entry_id, section_id in found:
        board[section_id].append(rows[entry_id])
    return dict(board)


def count_since(moment: datetime) -> tuple[int, dict[int, int]]:
    """How many entries were published after a moment, in all and by collection number."""
    everywhere = select(literal(0).label("collection_id"), func.count()).where(
        Entry.status == Status.PUBLISHED, Entry.published_at > moment
    )
    by_collection = (
        select(EntryCollection.collection_id, func.count())
        .where(EntryCollection.published_at > moment)
        .group_by(EntryCollection.collection_id)
    )
    found = {row[0]: row[1] for row in db.session.execute(union_all(everywhere, by_collection))}
    return found.pop(0), found


def find_newest_ids(limit: int) -> list[int]:
    """Numbers of the entries published last."""
    newest = select(Entry.id).where(Entry.status == Status.PUBLISHED)
    return list(db.session.scalars(newest.order_by(Entry.published_at.desc(), Entry.id.desc()).limit(limit)))


def load_in_order(actor: Actor, ids: Sequence[int]) -> list[Row]:
    """The entries of these numbers that the actor may see, in this order: the tables decide, not the index."""
    who = {"actor_id": actor.id, "actor_organisation_id": actor.organisation_id}
    return _rows(ids, _visible_row(actor.role, actor.id is None), who)


def rows_of(ids: Sequence[Any]) -> list[Row]:
    """Light rows in the order of the numbers, read in two queries."""
    return _rows(ids, _ROW, {})


def load_related(entry_id: int, ids: Sequence[int], limit: int) -> tuple[list[Row], list[Row]]:
    """Published entries that belong together with this one, by title; and of the others named, in this order, the
    first about which the office has not said that they do not. In two statements."""
    named = [i for i in ids if i != entry_id]
    states, found = {}, {}
    for *row, state in db.session.execute(_RELATED, {"of": entry_id, "ids": named}):
        states[row[0]], found[row[0]] = state, row
    together = sorted((i for i in found if states[i] == TOGETHER), key=lambda i: found[i][1].casefold())
    free = [i for i in named if i in found and states[i] is None][:limit]
    if not (together or free):
        return [], []
    places = _places_of([*together, *free])
    return [_row(found[i], places[i]) for i in together], [_row(found[i], places[i]) for i in free]


@cache
def _visible_row(role: Role, is_system: bool) -> Executable:
    """A row that somebody of this role may see; made once, for SQLAlchemy takes longer over a new statement."""
    somebody: Any = None if is_system else bindparam("actor_id")
    somewhere: Any = bindparam("actor_organisation_id")
    return _ROW.where(visible_to(Actor(id=somebody, name="", role=role, organisation_id=somewhere)))


def _rows(ids: Sequence[Any], statement: Executable, who: dict[str, Any]) -> list[Row]:
    if not ids:
        return []
    found = {row.id: row for row in db.session.execute(statement, {"ids": list(ids), **who})}
    if not found:
        return []
    places = _places_of(list(found))
    return [_row(found[i], places[i]) for i in ids if i in found]


def _places_of(ids: list[int]) -> dict[int, list[Place]]:
    places: dict[int, list[Place]] = defaultdict(list)
    for row in db.session.execute(_PLACES, {"ids": ids}):
        places[row[0]].append(Place(*row[1:]))
    return places


def _row(row: Any, places: list[Place]) -> Row:
    *values, file_type, file_size, file_count, preview_id = row
    values += [tuple(places), file_type, file_size, file_count, preview_id]
    return Row(*values)


def count_facets(filters: Filters) -> tuple[int, dict[str, list[tuple[str, str, int]]]]:
    """How many published entries fit, and per facet (value, label, count); a facet ignores its own choice.

    Kept in memory until anything searchable changes.
    """
    return cached(("facets", filters), lambda: _count_facets(filters))


def _count_facets(filters: Filters) -> tuple[int, dict[str, list[tuple[str, str, int]]]]:
    """One statement for everything; facets without a choice of their own share what fits."""
    fitting: dict[Filters, CTE] = {}

    def base(name: str) -> CTE:
        none_chosen: dict[str, Any] = {name: ()} if name else {}
        wanted = replace(filters, **none_chosen)
        if wanted not in fitting:
            columns: list[Any] = [Entry.id, Entry.kind, Entry.organisation_id, Entry.year, Entry.language]
            if filters.collection_id is not None:
                columns.append(EntryCollection.section_id)
            fitting[wanted] = _matching(wanted).with_only_columns(*columns).cte(f"fitting_{len(fitting)}")
        return fitting[wanted]

    names = [name for name in FACETS if name != "section" or filters.collection_id is not None]
    whole = base("")
    total = select(literal("total"), literal(""), literal(""), func.count(), literal(0)).select_from(whole)
    statement = union_all(total, *(_facet_statement(name, base(name)) for name in names))
    found: Sequence[Any] = db.session.execute(statement).all()
    facets: dict[str, list[tuple[str, str, int]]] = {name: [] for name in FACETS}
    for name, value, label, count, _rank in sorted((row for row in found if row[0] != "total"), key=_facet_order):
        facets[name].append((value, label, count))
    return next(row[3] for row in found if row[0] == "total"), facets


def _facet_statement(name: str, base: CTE) -> Any:
    """Rows of (facet, value, label, count, rank) for one facet."""
    count = func.count()
    if name == "organisation":
        return (
            select(literal(name), cast(Organisation.id, String), Organisation.label, count, literal(0))
            .join(base, base.c.organisation_id == Organisation.id)
            .group_by(Organisation.id, Organisation.label)
        )
    if name == "section":
        title = func.coalesce(Section.title, NO_SECTION)
        return (
            select(literal(name), title, title, count, func.coalesce(Section.position, 1_000_000))
            .select_from(base)
            .outerjoin(Section, Section.id == base.c.section_id)
            .group_by(Section.title, Section.position)
        )
    if name == "tag":
        most = (
            select(Tag.name, count.label("count"))
            .join(EntryTag, EntryTag.tag_id == Tag.id)
            .join(base, base.c.id == EntryTag.entry_id)
            .group_by(Tag.name)
            .order_by(count.desc(), Tag.name)
            .limit(FACET_LIMIT)
            .subquery()
        )
        return select(literal(name), most.c.name, most.c.name, most.c.count, literal(0))
    if name == "practice":
        return (
            select(literal(name), Practice.state, Practice.state, func.count(base.c.id.distinct()), literal(0))
            .join(base, base.c.id == Practice.entry_id)
            .where(practice_stands())
            .group_by(Practice.state)
        )
    if name == "practised":
        return (
            select(literal(name), cast(Organisation.id, String), Organisation.label, func.count(base.c.id), literal(0))
            .select_from(Practice)
            .join(Organisation, Organisation.id == Practice.organisation_id)
            .outerjoin(base, base.c.id == Practice.entry_id)
            .where(is_practised(in_sight=True))
            .group_by(Organisation.id, Organisation.label)
        )
    column = base.c[name]
    value = cast(column, String)
    return select(literal(name), value, value, count, literal(0)).where(column.is_not(None)).group_by(column)


def _facet_order(row: Any) -> tuple[Any, ...]:
    """Years: latest first; sections: as the office ordered them; the rest: the most frequent first."""
    name, value, label, count, rank = row
    return (rank,) if name == "section" else (-int(value),) if name == "year" else (-count, label)


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
        chosen = EntryCollection.section_id.in_(sections)
        without = EntryCollection.section_id.is_(None) if NO_SECTION in filters.section else false()
        statement = statement.where(or_(chosen, without))
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
    if filters.practice:
        practised = select(Practice.entry_id).where(Practice.state.in_(filters.practice), practice_stands())
        statement = statement.where(Entry.id.in_(practised))
    if filters.practised:
        somewhere = Practice.organisation_id.in_(_numbers(filters.practised))
        statement = statement.where(Entry.id.in_(select(Practice.entry_id).where(somewhere, is_practised())))
    return statement


def _ordered(statement: Select[tuple[int]], filters: Filters, sort: str) -> Select[tuple[int]]:
    if sort == "year":
        return statement.order_by(func.coalesce(Entry.year, 0).desc(), Entry.id.desc())
    if sort == "title":
        return statement.order_by(func.lower(Entry.title), Entry.id)
    if sort == ARRANGED and filters.collection_id is not None:
        return statement.order_by(*BY_HAND)
    if filters.collection_id is not None:
        return statement.order_by(EntryCollection.published_at.desc(), EntryCollection.entry_id.desc())
    return statement.order_by(Entry.published_at.desc(), Entry.id.desc())


def _numbers(values: Sequence[str]) -> list[int]:
    """The values that are numbers a column can hold; an odd value fits nothing."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 10]
