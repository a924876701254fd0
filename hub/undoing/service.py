"""Remembering what can be taken back, taking it back, and forgetting it after 30 days."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Missing
from hub.core.unit_of_work import notes_of, unit_of_work
from hub.undoing import policy
from hub.undoing.models import LABEL_LENGTH, UndoableAction, UndoableRow
from hub.undoing.queries import KEPT_FOR


@dataclass(frozen=True, slots=True)
class Row:
    """A thing before an action; ``after_version`` tells whether somebody has changed it since."""

    thing_id: int
    before: dict[str, Any]
    after_version: int


@dataclass(frozen=True, slots=True)
class Undone:
    """How many things stand as before, the titles of those that were changed since and left alone, and what else the
    office must know (a letter that had left already)."""

    label: str
    count: int
    conflicts: tuple[str, ...]
    remarks: tuple[str, ...] = ()


SetBack = Callable[[Actor, Any], tuple[int, tuple[str, ...]]]
Tell = Callable[[int], None]
ReadAhead = Callable[[Sequence[Row], Tell], Any]
_set_back: dict[str, tuple[SetBack, ReadAhead]] = {}
_REMARKS = "undo_remarks"


def on_undo(kind: str, set_back: SetBack, read_ahead: ReadAhead | None = None) -> None:
    """Register what sets the things of this kind of action back, in the open unit of work.

    It gets the rows as remembered and returns how many it set back and the titles of those that it left alone because
    they have another version by now. For thousands of rows ``read_ahead(rows, tell)`` may read what it needs before the
    unit opens, telling how many it has read; ``set_back`` gets its answer instead. ``hub.wiring`` is the only caller.
    """
    _set_back[kind] = set_back, read_ahead or _rows_alone


def remember(actor: Actor, kind: str, label: str, rows: Iterable[Row]) -> int:
    """Keep how things stood before an action, inside its open unit of work; returns the number that undoes it.

    ``label`` says in words what was done. The rows must carry the versions after the action: flush before.
    """
    session = db.session()
    if notes_of(session) is None:
        raise RuntimeError("an action is remembered inside its unit of work")
    if kind not in _set_back:
        raise LookupError(f"nothing is registered that undoes {kind}")
    kept = [asdict(row) for row in rows]
    action = UndoableAction(
        actor_id=actor.id, kind=kind, label=label[:LABEL_LENGTH], at=clock.now(), thing_count=len(kept)
    )
    session.add(action)
    session.flush()
    session.execute(insert(UndoableRow), [{"action_id": action.id, **row} for row in kept])
    return action.id


def remark(text: str) -> None:
    """Say while setting back what cannot be set back; the office reads it beside what was undone."""
    notes = notes_of(db.session())
    if notes is not None:
        notes.setdefault(_REMARKS, []).append(text)


def undo_action(actor: Actor, action_id: int) -> Undone:
    """Set back what an action changed, except what was changed again since; all in one unit of work, once.

    Raises Missing when there is no such action, and Conflict when it is undone already, longer ago than 30 days, or
    everything in it has moved on.
    """
    require(policy.may_undo(actor))
    return take_back(actor, action_id, look_at(action_id))


def find_size(actor: Actor, action_id: int) -> tuple[str, int]:
    """What an action is called and how many things it changed; raises Missing, and Conflict as ``undo_action``."""
    require(policy.may_undo(actor))
    action = db.session.get(UndoableAction, action_id)
    if action is None:
        raise Missing
    _refuse_late(action)
    return action.label, action.thing_count


def look_at(action_id: int, tell: Tell = lambda _done: None) -> Any:
    """What undoing an action needs to know, read before its unit of work opens; ``tell`` hears how many are read."""
    kind = db.session.scalar(select(UndoableAction.kind).where(UndoableAction.id == action_id))
    if kind is None:
        raise Missing
    return _set_back[kind][1](_find_rows(action_id), tell)


def take_back(actor: Actor, action_id: int, read: Any) -> Undone:
    """``undo_action`` with what ``look_at`` found."""
    require(policy.may_undo(actor))
    with unit_of_work() as session:
        action = session.get(UndoableAction, action_id, with_for_update=True, populate_existing=True)
        if action is None:
            raise Missing
        _refuse_late(action)
        count, conflicts = _set_back[action.kind][0](actor, read)
        if not count:
            raise Conflict(_("Seitdem ist alles davon noch einmal geändert worden. Es bleibt, wie es jetzt ist."))
        action.undone_at, action.undone_by_id = clock.now(), actor.id
        record(actor, "action.undone", action_id, kind=action.kind, count=count, left_alone=len(conflicts))
        remarks = tuple((notes_of(session) or {}).get(_REMARKS, ()))
    return Undone(action.label, count, conflicts, remarks)


def sweep(_payload: dict[str, Any]) -> None:
    """The nightly duty: actions of more than 30 days ago; their rows go along."""
    with unit_of_work() as session:
        session.execute(delete(UndoableAction).where(UndoableAction.at < clock.now() - KEPT_FOR))


def _rows_alone(rows: Sequence[Row], _tell: Tell) -> Sequence[Row]:
    return rows


def _find_rows(action_id: int) -> list[Row]:
    columns = (UndoableRow.thing_id, UndoableRow.before, UndoableRow.after_version)
    rows = select(*columns).where(UndoableRow.action_id == action_id).order_by(UndoableRow.thing_id)
    return [Row(*row) for row in db.session.execute(rows)]


def _refuse_late(action: UndoableAction) -> None:
    if action.undone_at is not None:
        raise Conflict(_("Das ist schon rückgängig gemacht."))
    if action.at <= clock.now() - KEPT_FOR:
        raise Conflict(_("Das liegt mehr als 30 Tage zurück und lässt sich nicht mehr rückgängig machen."))
