"""Reading what is recommended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, literal, null, select

from hub.collections.models import Collection
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db, only_asked
from hub.core.errors import Missing
from hub.curation.featuring import policy
from hub.curation.featuring.models import START, Featured
from hub.entries import queries as entries
from hub.entries.models import Entry, EntryCollection, Status
from hub.entries.queries import Row
from hub.indexing.generation import cached

MOST = 4
KEPT = "featured"
Standing = tuple[tuple[int, int, date | None], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A recommended entry; ``is_shown`` while it is published and its last day is not over."""

    row: Row
    last_on: date | None
    is_shown: bool


def find_featured_ids(place: int) -> tuple[int, ...]:
    """Numbers of the published entries recommended at a place today, in their order; kept until anything changes."""
    today = clock.today()
    found = cached(KEPT, _find_all)
    return tuple(number for at, number, last in found if at == place and (last is None or today <= last))[:MOST]


def _find_all() -> Standing:
    return standing_of(db.session.execute(statement()))


def statement() -> Any:
    """What is recommended anywhere, in the columns that the start page reads together with the notices; what has left
    the collection is not recommended in it."""
    is_filed = exists().where(
        EntryCollection.entry_id == Featured.entry_id, EntryCollection.collection_id == Featured.place
    )
    columns = (Featured.entry_id, literal(""), null(), Featured.last_on, Featured.place, Featured.position)
    rows = select(*columns).join(Entry, Entry.id == Featured.entry_id)
    return rows.where(only_asked(Entry.status == Status.PUBLISHED), (Featured.place == START) | is_filed)


def standing_of(rows: Iterable[Any]) -> Standing:
    """Place, entry and last day of these rows, in order."""
    ordered = sorted(rows, key=lambda row: (row[4], row[5], row[0]))
    return tuple((place, number, last) for number, _text, _first, last, place, _position in ordered)


def find_lines(actor: Actor, place: int) -> list[Line]:
    """What is recommended at a place, for the office, with what is over or hidden; no entry that the actor may not
    see."""
    require(policy.may_feature(actor))
    rows = select(Featured.entry_id, Featured.last_on).where(Featured.place == place)
    last = dict(db.session.execute(rows.order_by(Featured.position, Featured.entry_id)).all())
    today = clock.today()
    lines = []
    for row in entries.load_in_order(actor, list(last)):
        day = last[row.id]
        lines.append(Line(row, day, row.status == Status.PUBLISHED and (day is None or today <= day)))
    return lines


def get_place(slug: str) -> tuple[int, str]:
    """Number and title of a place: a collection by its address, the start page without one. Raises Missing."""
    if not slug:
        return START, ""
    found = db.session.execute(select(Collection.id, Collection.title).where(Collection.slug == slug)).one_or_none()
    if found is None:
        raise Missing
    return found.id, found.title
