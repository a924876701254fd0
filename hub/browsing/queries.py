"""What the start page and the collection pages put together; shared answers are kept until anything changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import func, select, union_all

from hub.accounts.models import Organisation
from hub.collections.models import Collection, Section
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.text import plain_from_markdown, render_markdown
from hub.curation.featuring import queries as featuring
from hub.entries import queries as entries
from hub.entries.models import Entry, EntryCollection, Status
from hub.entries.queries import Filters, Row
from hub.indexing.generation import cached
from hub.pages import announcing

PER_SECTION = 8


@dataclass(frozen=True, slots=True)
class Shelf:
    """A collection as plain data: its introduction as it is read and in plain words, sections as (number, title),
    how much is in it and when that last grew."""

    id: int
    slug: str
    title: str
    introduction: Markup
    summary: str
    icon: str
    colour: str
    sections: tuple[tuple[int, str], ...]
    count: int
    newest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Member:
    """An organisation with the number of its published entries."""

    id: int
    name: str
    label: str
    kind: str
    longitude: float | None
    latitude: float | None
    count: int


def find_shelves() -> tuple[Shelf, ...]:
    """All collections in their order."""
    return cached("shelves", _find_shelves)


def get_shelf(slug: str) -> Shelf:
    """A collection by its short address; raises Missing."""
    for shelf in find_shelves():
        if shelf.slug == slug:
            return shelf
    raise Missing


def find_members() -> tuple[Member, ...]:
    """All organisations by name."""
    return cached("members", _find_members)


def get_member(organisation_id: int) -> Member:
    """An organisation by its number; raises Missing."""
    for member in find_members():
        if member.id == organisation_id:
            return member
    raise Missing


def count_published() -> int:
    """How many entries every member sees."""
    return sum(member.count for member in find_members())


def find_newest_ids(limit: int) -> tuple[int, ...]:
    """Numbers of the entries published last."""
    return cached(("newest", limit), lambda: tuple(entries.find_newest_ids(limit)))


def read_front() -> None:
    """Read notices and recommended entries in one statement, before each is asked for by itself."""
    cached("front", _read_front)


def _read_front() -> bool:
    rows = db.session.execute(union_all(announcing.statement(), featuring.statement())).all()
    cached(announcing.KEPT, lambda: announcing.shown_of(row for row in rows if row[4] < 0))
    cached(featuring.KEPT, lambda: featuring.standing_of(row for row in rows if row[4] >= 0))
    return True


def find_rows(ids: tuple[int, ...]) -> dict[int, Row]:
    """Light rows by number, of entries that the caller has found for a person who may see them."""
    return cached(("rows", ids), lambda: {row.id: row for row in entries.rows_of(ids)})


def count_since(moment: datetime) -> tuple[int, dict[int, int]]:
    """How many entries were published since a moment, in all and by collection number."""
    return cached(("since", moment), lambda: entries.count_since(moment))


def find_board(filters: Filters) -> dict[int | None, list[Row]]:
    """The newest entries of each section of a collection."""
    return cached(("board", filters), lambda: entries.find_board(filters, PER_SECTION))


def _find_shelves() -> tuple[Shelf, ...]:
    held = (
        select(
            EntryCollection.collection_id,
            func.count().label("count"),
            func.max(EntryCollection.published_at).label("newest_at"),
        )
        .where(EntryCollection.published_at.is_not(None))
        .group_by(EntryCollection.collection_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Collection.id, Collection.slug, Collection.title, Collection.introduction, Collection.icon,
            Collection.colour, func.coalesce(held.c.count, 0), held.c.newest_at, Section.id, Section.title,
        )
        .outerjoin(held, held.c.collection_id == Collection.id)
        .outerjoin(Section, Section.collection_id == Collection.id)
        .order_by(Collection.position, Collection.id, Section.position, Section.id)
    )  # fmt: skip
    sections: dict[int, list[tuple[int, str]]] = {}
    heads: dict[int, list[Any]] = {}
    for *head, section_id, section_title in rows:
        heads[head[0]] = head
        held_sections = sections.setdefault(head[0], [])
        if section_id is not None:
            held_sections.append((section_id, section_title))
    return tuple(_shelf(head, sections[number]) for number, head in heads.items())


def _shelf(head: list[Any], sections: list[tuple[int, str]]) -> Shelf:
    words = head[3]
    values = [*head[:3], render_markdown(words), plain_from_markdown(words), *head[4:6], tuple(sections), *head[6:]]
    return Shelf(*values)


def _find_members() -> tuple[Member, ...]:
    held = (
        select(Entry.organisation_id, func.count().label("count"))
        .where(Entry.status == Status.PUBLISHED)
        .group_by(Entry.organisation_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Organisation.id, Organisation.name, Organisation.label, Organisation.kind, Organisation.longitude,
            Organisation.latitude, func.coalesce(held.c.count, 0),
        )
        .outerjoin(held, held.c.organisation_id == Organisation.id)
        .order_by(Organisation.name)
    )  # fmt: skip
    return tuple(Member(*row) for row in rows)


def reach_database() -> None:
    """Ask the database for the cheapest of answers; raises an SQLAlchemyError when it does not come."""
    db.session.execute(select(1))
