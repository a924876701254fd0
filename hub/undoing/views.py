"""The list of what the office did, with the way back, and how far a worker is with what takes longer."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from hub.core.actor import Actor
from hub.core.paging import page_number
from hub.core.permissions import Permission
from hub.undoing import queries, service, working
from hub.undoing.models import OfficeTask, TaskState
from hub.undoing.service import Undone
from hub.undoing.working import Note, Tell
from hub.web.filters import number as written
from hub.web.guard import requires, safe_next

bp = Blueprint("undoing", __name__, url_prefix="/undo")
MOST_TITLES = 10
UNDO = "undo"
_names_of: list[Callable[[Sequence[int]], dict[int, str]]] = []


def on_people(names_of: Callable[[Sequence[int]], dict[int, str]]) -> None:
    """Register what knows names of people by number."""
    _names_of[:] = [names_of]


@bp.get("")
@requires(Permission.ENTRY_REVIEW)
def actions() -> ResponseReturnValue:
    """What the office did in the last 30 days, newest first."""
    found, page = queries.find_actions(current_user._get_current_object(), page_number(request.args.get("page")))
    people = {line.actor_id for line in found} | {line.undone_by_id for line in found}
    return render_template(
        "undoing/actions.html",
        actions=found,
        page=page,
        tasks=working.find_tasks(current_user._get_current_object()),
        moving=working.MOVING,
        page_url=lambda number: url_for("undoing.actions", page=number if number > 1 else None),
        names=_names_of[0](sorted(person_id for person_id in people if person_id is not None)),
    )


@bp.post("/<int:action_id>")
@requires(Permission.ENTRY_REVIEW)
def undo(action_id: int) -> ResponseReturnValue:
    """Take an action back; ?next= names the page that offered it. With many things a worker does it."""
    actor, target = current_user._get_current_object(), request.args.get("next")
    back = safe_next(target) if target else url_for("undoing.actions")
    label, count = service.find_size(actor, action_id)
    if count > working.IN_REQUEST:
        label = _("Rückgängig machen: %(label)s", label=label)
        task_id = working.begin(actor, UNDO, label, count, {"action_id": action_id}, back)
        return redirect(url_for("undoing.task", task_id=task_id), 303)
    for note in _told(service.undo_action(actor, action_id)):
        flash(note.text, note.category)
    return redirect(back, 303)


@bp.get("/tasks/<int:task_id>")
@requires(Permission.ENTRY_REVIEW)
def task(task_id: int) -> ResponseReturnValue:
    """How far a worker is with what was asked for, then what became of it."""
    found = working.get_task(current_user._get_current_object(), task_id)
    return render_template(
        "undoing/task.html", task=found, moves=found.state in working.MOVING, done=working.done_of(found)
    )


@bp.get("/tasks/<int:task_id>/progress")
@requires(Permission.ENTRY_REVIEW)
def progress(task_id: int) -> ResponseReturnValue:
    """How far it is, for script."""
    found = working.get_task(current_user._get_current_object(), task_id)
    return {"moves": found.state in working.MOVING, "text": task_text(found), "done": working.done_of(found)}


@bp.app_template_global("task_progress")
def task_text(task: OfficeTask) -> str:
    """How far it is, in words."""
    if task.state == TaskState.WAITING:
        return _("Gleich geht es los …")
    if task.state == TaskState.FAILED:
        return _("Nicht erledigt.")
    if task.state == TaskState.DONE:
        return _("Erledigt.")
    done = working.done_of(task)
    if done < task.thing_count:
        return _("%(done)s von %(all)s vorbereitet …", done=written(done), all=written(task.thing_count))
    return _("Alle %(all)s sind vorbereitet und werden jetzt zusammen geschrieben …", all=written(task.thing_count))


def read_undo(payload: dict[str, Any], tell: Tell) -> Any:
    """The worker's part of undoing before the unit of work opens."""
    return service.look_at(payload["action_id"], tell)


def do_undo(actor: Actor, payload: dict[str, Any], read: Any) -> list[Note]:
    """The worker's part of undoing inside the unit of work."""
    return _told(service.take_back(actor, payload["action_id"], read))


def _told(undone: Undone) -> list[Note]:
    text = _("Rückgängig gemacht: %(label)s (%(count)s).", label=undone.label, count=undone.count)
    warnings = [_left_alone(undone.conflicts)] if undone.conflicts else []
    return [Note("success", text), *(Note("warning", str(warning)) for warning in [*warnings, *undone.remarks])]


def _left_alone(titles: Sequence[str]) -> str:
    """Which things were changed since; of many the first ten by title."""
    text = _("Seitdem noch einmal geändert und deshalb nicht angetastet:") + " " + "; ".join(titles[:MOST_TITLES])
    more = len(titles) - MOST_TITLES
    return text + (" " + ngettext("und %(num)s weiterer.", "und %(num)s weitere.", more) if more > 0 else "")
