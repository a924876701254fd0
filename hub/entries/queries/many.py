"""Many entries at once as plain values, for changes that do not load them one by one."""

from collections import defaultdict
from collections.abc import Collection as Numbers
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, select
from sqlalchemy.orm import Session

from hub.entries.models import Entry, EntryCollection, EntryTag, Tag

AT_ONCE = 500
# What can be written in many entries at once; places and keywords stand in tables of their own.
COLUMNS = (
    "title", "has_stopgap_title", "summary", "publisher", "year", "kind", "organisation_id", "details",
    "review_on", "url",
)  # fmt: skip
PLACE_COLUMNS = tuple(
    column.name
    for column in EntryCollection.__table__.columns
    if column.name != "entry_id" and not isinstance(getattr(column.type, "impl", column.type), DateTime)
)
Place = dict[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """An entry at this moment. ``values`` can be kept as JSON: the columns above, ``places`` in order, ``tags``."""

    id: int
    version: int
    status: str
    published_at: datetime | None
    values: dict[str, Any]

    @property
    def title(self) -> str:
        """What people call it."""
        return str(self.values["title"])

    @property
    def url(self) -> str | None:
        """Where it links to."""
        url: str | None = self.values["url"]
        return url


def find_states(session: Session, entry_ids: Numbers[int]) -> dict[int, State]:
    """The entries as the tables hold them, past the rows in memory, in three statements for every 500."""
    found: dict[int, State] = {}
    for ids in portions(sorted(entry_ids)):
        places, tags = _places(session, ids), _tags(session, ids)
        columns = [getattr(Entry, name) for name in COLUMNS]
        rows = select(Entry.id, Entry.version, Entry.status, Entry.published_at, *columns)
        for number, version, status, moment, *values in session.execute(rows.where(Entry.id.in_(ids))):
            told = dict(zip(COLUMNS, map(_kept, values), strict=True)) | {
                "places": places[number],
                "tags": tags[number],
            }
            found[number] = State(number, version, status, moment, told)
    return found


def portions(numbers: Iterable[Any]) -> Iterator[list[Any]]:
    """Parts that fit into one statement."""
    kept = list(numbers)
    for start in range(0, len(kept), AT_ONCE):
        yield kept[start : start + AT_ONCE]


def _kept(value: Any) -> Any:
    """A value as JSON can hold it."""
    return value.isoformat() if isinstance(value, date) else value


def _places(session: Session, ids: Sequence[int]) -> dict[int, list[Place]]:
    found: dict[int, list[Place]] = defaultdict(list)
    columns = [getattr(EntryCollection, name) for name in PLACE_COLUMNS]
    rows = select(EntryCollection.entry_id, *columns).where(EntryCollection.entry_id.in_(ids))
    for number, *values in session.execute(rows.order_by(EntryCollection.position, EntryCollection.collection_id)):
        found[number].append(dict(zip(PLACE_COLUMNS, values, strict=True)))
    return found


def _tags(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = select(EntryTag.entry_id, Tag.name).join(Tag, Tag.id == EntryTag.tag_id).where(EntryTag.entry_id.in_(ids))
    for number, name in session.execute(rows.order_by(Tag.key)):
        found[number].append(name)
    return found
