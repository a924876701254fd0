"""Deeds about many things, done by a worker, with a page that shows how far they are.

What is asked for is kept as a row (``OfficeTask``) with the rows it is about; a worker reads ahead what it can, telling
how far it is, and then does all of it in one unit of work, which also holds that it is done: a second run finds nothing
left to do. How far the unit itself is, is told by what it counts (``hub.core.progress``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from hub.core import clock, progress
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import HubError, Missing
from hub.core.precedence import awaited
from hub.core.unit_of_work import unit_of_work
from hub.jobs.service import enqueue
from hub.undoing import policy
from hub.undoing.models import LABEL_LENGTH, OfficeTask, TaskState

JOB, IN_REQUEST = "office_task", 100
KEPT_FOR = timedelta(days=2)
MOVING = (TaskState.WAITING, TaskState.RUNNING)
Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Note:
    """A line about what was done; ``undo_id`` is the action that takes it back."""

    category: str
    text: str
    undo_id: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """How a kind of task is done. ``read(payload, tell)`` runs before the unit of work opens, ``do`` inside it with
    what was read."""

    do: Callable[[Actor, dict[str, Any], Any], list[Note]]
    read: Callable[[dict[str, Any], Tell], Any]


_works: dict[str, Work] = {}
_find_actor: list[Callable[[int], Actor | None]] = []


def on_work(
    kind: str,
    do: Callable[[Actor, dict[str, Any], Any], list[Note]],
    read: Callable[[dict[str, Any], Tell], Any] = lambda _payload, _tell: None,
) -> None:
    """Register what does tasks of this kind; ``hub.wiring`` is the only caller."""
    _works[kind] = Work(do, read)


def on_actors(find_actor: Callable[[int], Actor | None]) -> None:
    """Register who knows people as actors by number; None for those who may no longer do anything."""
    _find_actor[:] = [find_actor]


def begin(actor: Actor, kind: str, label: str, count: int, payload: dict[str, Any], back: str) -> int:
    """Leave a deed about many things to a worker; the number of its page. ``back`` is where the person came from."""
    require(policy.may_undo(actor))
    if kind not in _works:
        raise LookupError(f"nothing is registered that does {kind}")
    with unit_of_work() as session:
        task = OfficeTask(
            actor_id=actor.id,
            kind=kind,
            label=label[:LABEL_LENGTH],
            language=str(get_locale()),
            payload=payload,
            thing_count=count,
            back=back,
            created_at=clock.now(),
        )
        session.add(task)
        session.flush()
        enqueue(JOB, str(task.id), {"id": task.id})
    return task.id


def get_task(actor: Actor, task_id: int) -> OfficeTask:
    """A task of the actor; raises Missing."""
    require(policy.may_undo(actor))
    task = db.session.get(OfficeTask, task_id, populate_existing=True)
    if task is None or task.actor_id != actor.id:
        raise Missing
    return task


def find_tasks(actor: Actor) -> Sequence[OfficeTask]:
    """What the actor asked for in the last two days, newest first, so that it is found again."""
    require(policy.may_undo(actor))
    mine = select(OfficeTask).where(OfficeTask.actor_id == actor.id, OfficeTask.created_at > clock.now() - KEPT_FOR)
    return list(db.session.scalars(mine.order_by(OfficeTask.id.desc()).limit(10)))


def done_of(task: OfficeTask) -> int:
    """How many things of a task are read, or then dealt with in its unit of work."""
    if task.state != TaskState.RUNNING:
        return task.done_count
    return min(max(task.done_count, progress.reached(_name(task.id))), task.thing_count)


def do_task(payload: dict[str, Any]) -> None:
    """The worker's job."""
    task = db.session.get(OfficeTask, int(payload["id"]), populate_existing=True)
    if task is None or task.state not in MOVING:
        return
    with force_locale(task.language):
        actor = _find_actor[0](task.actor_id) if task.actor_id else None
        if actor is None:
            _fail(task.id, _("Das Konto darf das nicht mehr."))
            return
        try:
            with awaited():
                _work(actor, task.id, _works[task.kind], task.payload)
        except HubError as error:
            _fail(
                task.id,
                error.message or _("Währenddessen hat sich etwas geändert. Bitte versuchen Sie es noch einmal."),
            )


def sweep(_payload: dict[str, Any]) -> None:
    """The nightly duty: what was done two days ago. What undoes it is kept longer."""
    with unit_of_work() as session:
        session.execute(delete(OfficeTask).where(OfficeTask.created_at < clock.now() - KEPT_FOR))


def _work(actor: Actor, task_id: int, work: Work, payload: dict[str, Any]) -> None:
    _tell(task_id, 0)
    read = work.read(payload, lambda done: _tell(task_id, done))
    with progress.told_as(_name(task_id)), unit_of_work() as session:
        task = session.get_one(OfficeTask, task_id, populate_existing=True, with_for_update=True)
        if task.state not in MOVING:
            return
        notes = work.do(actor, payload, read)
        task.notes = [[note.category, note.text, note.undo_id] for note in notes]
        task.state, task.done_count, task.finished_at = TaskState.DONE, task.thing_count, clock.now()


def _name(task_id: int) -> str:
    return f"task-{task_id}"


def _tell(task_id: int, done: int) -> None:
    with unit_of_work() as session:
        moving = update(OfficeTask).where(OfficeTask.id == task_id, OfficeTask.state.in_(MOVING))
        session.execute(moving.values(state=TaskState.RUNNING, done_count=done))


def _fail(task_id: int, message: str) -> None:
    with unit_of_work() as session:
        moving = update(OfficeTask).where(OfficeTask.id == task_id, OfficeTask.state.in_(MOVING))
        session.execute(moving.values(state=TaskState.FAILED, error=message, finished_at=clock.now()))
