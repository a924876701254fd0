"""Putting submissions into another collection before they are decided, many at once."""

from collections.abc import Mapping, Sequence

from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from hub.audit.service import record
from hub.collections.models import Collection
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.findings import Settled
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy
from hub.entries.models import Entry, EntryCollection, Status
from hub.moderation import meanwhile
from hub.undoing.service import Row, remember

UNDO = "places"


def move_entries(actor: Actor, collection_id: int, chosen: Mapping[int, int]) -> Settled:
    """File waiting entries under this collection alone; ``chosen`` is the version by number that was shown."""
    require(policy.may_review(actor))
    with unit_of_work() as session:
        collection = session.get(Collection, collection_id)
        if collection is None:
            raise Missing
        waiting = [e for e in _load(list(chosen)) if e.status == Status.SUBMITTED and e.version == chosen[e.id]]
        before = {entry.id: {"places": _places(entry)} for entry in waiting}
        for entry in waiting:
            _file(entry, [(collection_id, _section_in(entry, collection_id), 0)])
            record(actor, "entry.moved", entry.id, collection=collection.slug)
        session.flush()
        rows = [Row(entry.id, before[entry.id], entry.version) for entry in waiting]
        label = ngettext(
            "Ein Eintrag nach „%(title)s“", "%(num)s Einträge nach „%(title)s“", len(rows), title=collection.title
        )
        undo_id = remember(actor, UNDO, label, rows) if rows else None
        return Settled(len(rows), meanwhile.name_entries(sorted(chosen.keys() - before.keys())), undo_id)


def set_back_places(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo ``move_entries``."""
    by_number = {row.thing_id: row for row in rows}
    done, left = 0, []
    for entry in _load(list(by_number)):
        row = by_number[entry.id]
        if entry.version != row.after_version:
            left.append(entry.title)
            continue
        _file(entry, [tuple(place) for place in row.before["places"]])
        record(actor, "entry.moved", entry.id)
        done += 1
    return done, tuple(left)


def _load(numbers: Sequence[int]) -> Sequence[Entry]:
    statement = (
        select(Entry)
        .where(Entry.id.in_(numbers))
        .options(selectinload(Entry.places))
        .order_by(Entry.id)
        .with_for_update(of=Entry)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(statement).all()


def _places(entry: Entry) -> list[list[int | None]]:
    return [[place.collection_id, place.section_id, place.position] for place in entry.places]


def _section_in(entry: Entry, collection_id: int) -> int | None:
    """The section stays when the entry stood in this collection already."""
    return next((place.section_id for place in entry.places if place.collection_id == collection_id), None)


def _file(entry: Entry, places: Sequence[tuple[int, int | None, int]]) -> None:
    wanted = {collection_id: (section_id, position) for collection_id, section_id, position in places}
    for place in list(entry.places):
        if place.collection_id in wanted:
            place.section_id, place.position = wanted.pop(place.collection_id)
        else:
            entry.places.remove(place)
    shown_at = entry.published_at if entry.is_published else None
    for collection_id, (section_id, position) in wanted.items():
        entry.places.append(
            EntryCollection(
                collection_id=collection_id, section_id=section_id, position=position, published_at=shown_at
            )
        )
    entry.updated_at = clock.now()
