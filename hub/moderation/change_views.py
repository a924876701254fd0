"""Pages about changes of published entries: what waits for the office, and for whom changes wait."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts.models import ROLE_LABELS
from hub.core.errors import Refused
from hub.core.permissions import Permission, Role
from hub.entries.differences import Change
from hub.entries.queries import pending as queries
from hub.entries.queries.pending import WaitingChange
from hub.entries.service import holding
from hub.entries.versions import field_changes
from hub.moderation import change_service as service
from hub.moderation.forms import NoteForm
from hub.web.guard import requires

bp = Blueprint("changes", __name__, url_prefix="/moderation/changes")
WAITS, AT_ONCE = "waits", "at_once"
APPROVED = "approved_change"


@dataclass(frozen=True, slots=True)
class ChangeCase:
    """A waiting change with its difference and the form for a note."""

    change: WaitingChange
    differences: list[Change]
    form: NoteForm


@bp.get("")
@requires(Permission.ENTRY_REVIEW)
def queue() -> ResponseReturnValue:
    """What members want to change in published entries, oldest first."""
    return _queue_page()


@bp.post("/<int:entry_id>/approve")
@requires(Permission.ENTRY_REVIEW)
def approve(entry_id: int) -> ResponseReturnValue:
    """Write a change into its entry."""
    entry = service.approve_change(current_user, entry_id, request.form.get("version", -1, type=int))
    session[APPROVED] = {"id": entry.id, "title": entry.title}
    return redirect(url_for("changes.queue"), 303)


@bp.post("/<int:entry_id>/undo")
@requires(Permission.ENTRY_REVIEW)
def undo(entry_id: int) -> ResponseReturnValue:
    """Let an approved change wait again."""
    entry = service.undo_approval(current_user, entry_id)
    flash(_("Die Änderung an „%(title)s“ wartet wieder.", title=entry.title), "success")
    return redirect(url_for("changes.queue"), 303)


@bp.post("/<int:entry_id>/return")
@requires(Permission.ENTRY_REVIEW)
def give_back(entry_id: int) -> ResponseReturnValue:
    """Give a change back with a note."""
    form = NoteForm(request.form).stand_at(entry_id)
    if not form.validate():
        return _queue_page(entry_id, form), 422
    version = request.form.get("version", -1, type=int)
    try:
        entry = service.return_change(current_user, entry_id, version, form.note.data or "")
    except Refused as error:
        form.note.errors = [error.message]
        return _queue_page(entry_id, form), 422
    flash(_("Die Änderung an „%(title)s“ ist zurückgegeben.", title=entry.title), "success")
    return redirect(url_for("changes.queue"), 303)


@bp.route("/rules", methods=["GET", "POST"])
@requires(Permission.ENTRY_REVIEW)
def rules() -> ResponseReturnValue:
    """For which roles changes of published entries wait, and for which they are visible at once."""
    if request.method == "POST":
        holding.set_rules(current_user, [role for role in holding.RULED if request.form.get(role) != AT_ONCE])
        flash(_("Die Regeln sind gespeichert."), "success")
        return redirect(url_for("changes.rules"), 303)
    free = queries.find_free_roles()
    roles = [(str(role), ROLE_LABELS[Role(role)], role not in free) for role in holding.RULED]
    return render_template("moderation/rules.html", roles=roles)


def _queue_page(failed_id: int | None = None, failed: NoteForm | None = None) -> str:
    cases = [
        ChangeCase(
            change,
            field_changes(change.before, change.after),
            failed if failed is not None and change.entry_id == failed_id else NoteForm().stand_at(change.entry_id),
        )
        for change in queries.find_waiting_changes(current_user)
    ]
    approved = session.pop(APPROVED, None)
    return render_template("moderation/changes.html", cases=cases, failed=failed, approved=approved)
