"""Putting submissions into another collection before they are decided, many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import ngettext

from hub.audit.service import record
from hub.collections.models import Collection
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.findings import Settled
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy
from hub.entries.models import Status
from hub.entries.queries.many import State, find_states, portions
from hub.entries.service.many import Changed, EntryChange, Prepared, change_entries, prepare_changes
from hub.moderation import meanwhile
from hub.undoing.service import Row, Tell, remember

UNDO, MOVED = "places", "entry.moved"
Back = tuple[list[Prepared], list[str]]


@dataclass(frozen=True, slots=True)
class Looked:
    """What moving needs to know, read before its unit opens: what moves, and who stands there alone already."""

    moving: list[Prepared] = field(default_factory=list)
    there: set[int] = field(default_factory=set)


def move_entries(actor: Actor, collection_id: int, chosen: Mapping[int, int]) -> Settled:
    """File waiting entries under this collection alone; ``chosen`` is the version by number that was shown."""
    require(policy.may_review(actor))
    return write_move(actor, collection_id, chosen, read_move(collection_id, chosen))


def read_move(collection_id: int, chosen: Mapping[int, int], tell: Tell = lambda _done: None) -> Looked:
    """Read what becomes of the entries, telling how many are read."""
    looked, session, done = Looked(), db.session(), 0
    for some in portions(sorted(chosen)):
        states = find_states(session, some).values()
        waiting = [one for one in states if one.status == Status.SUBMITTED and one.version == chosen[one.id]]
        places = {one.id: _places_in(one, collection_id) for one in waiting}
        same = {one.id for one in waiting if one.values["places"] == places[one.id]}
        moves = [
            EntryChange(one.id, one.version, {"places": places[one.id]}, Status.SUBMITTED)
            for one in waiting
            if one.id not in same
        ]
        looked.there.update(same)
        looked.moving.extend(prepare_changes(session, moves)[0])
        done += len(some)
        tell(done)
    return looked


def write_move(actor: Actor, collection_id: int, chosen: Mapping[int, int], looked: Looked) -> Settled:
    """``move_entries`` with what ``read_move`` found, in one unit of work; what has moved on is left and named."""
    require(policy.may_review(actor))
    with unit_of_work() as session:
        collection = session.get(Collection, collection_id)
        if collection is None:
            raise Missing
        slug, title = collection.slug, collection.title
        changed = change_entries(actor, looked.moving, MOVED).changed
        for one in changed:
            record(actor, MOVED, one.entry_id, collection=slug)
        rows = [_as_row(one) for one in changed]
        label = ngettext("Ein Eintrag nach „%(title)s“", "%(num)s Einträge nach „%(title)s“", len(rows), title=title)
        undo_id = remember(actor, UNDO, label, rows) if rows else None
        done = looked.there | {row.thing_id for row in rows}
        return Settled(len(done), meanwhile.name_entries(sorted(chosen.keys() - done)), undo_id)


def read_places(rows: Sequence[Row], tell: Tell) -> Back:
    """What undoing needs to know, read before its unit opens."""
    prepared: list[Prepared] = []
    left: list[str] = []
    for some in portions(rows):
        changes = [
            EntryChange(
                row.thing_id, row.after_version, {"places": [_place(kept) for kept in row.before["places"]]}, None
            )
            for row in some
        ]
        ready, moved_on = prepare_changes(db.session(), changes)
        prepared += ready
        left += moved_on
        tell(len(prepared) + len(left))
    return prepared, left


def set_back_places(actor: Actor, read: Back) -> tuple[int, tuple[str, ...]]:
    """Undo ``move_entries``."""
    prepared, left = read
    outcome = change_entries(actor, prepared, MOVED)
    for one in outcome.changed:
        record(actor, MOVED, one.entry_id)
    return len(outcome.changed), (*left, *outcome.left)


def _places_in(state: State, collection_id: int) -> list[dict[str, Any]]:
    """This collection alone; the section stays when the entry stood there already."""
    before = next((place for place in state.values["places"] if place["collection_id"] == collection_id), None)
    return [(before or {"collection_id": collection_id, "section_id": None, "rank": 0}) | {"position": 0}]


def _as_row(changed: Changed) -> Row:
    return Row(changed.entry_id, changed.before, changed.version)


def _place(kept: Any) -> dict[str, Any]:
    """A place as it is remembered; up to now it was only collection, section and position in this order."""
    return (
        dict(kept)
        if isinstance(kept, dict)
        else dict(zip(("collection_id", "section_id", "position"), kept, strict=True))
    )
