"""The list of what the office did, with the way back."""

from collections.abc import Callable, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from hub.core.paging import page_number
from hub.core.permissions import Permission
from hub.undoing import queries, service
from hub.web.guard import requires, safe_next

bp = Blueprint("undoing", __name__, url_prefix="/undo")
MOST_TITLES = 10
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
        page_url=lambda number: url_for("undoing.actions", page=number if number > 1 else None),
        names=_names_of[0](sorted(number for number in people if number is not None)),
    )


@bp.post("/<int(max=2147483647):action_id>")
@requires(Permission.ENTRY_REVIEW)
def undo(action_id: int) -> ResponseReturnValue:
    """Take an action back; ?next= names the page that offered it."""
    undone = service.undo_action(current_user._get_current_object(), action_id)
    flash(_("Rückgängig gemacht: %(label)s (%(count)s).", label=undone.label, count=undone.count), "success")
    if undone.conflicts:
        flash(_left_alone(undone.conflicts), "warning")
    for remark in undone.remarks:
        flash(remark, "warning")
    target = request.args.get("next")
    return redirect(safe_next(target) if target else url_for("undoing.actions"), 303)


def _left_alone(titles: Sequence[str]) -> str:
    """Which things were changed since; of many the first ten by title."""
    text = _("Seitdem noch einmal geändert und deshalb nicht angetastet:") + " " + "; ".join(titles[:MOST_TITLES])
    more = len(titles) - MOST_TITLES
    return text + (" " + ngettext("und %(num)s weiterer.", "und %(num)s weitere.", more) if more > 0 else "")
