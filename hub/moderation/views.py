"""Pages of this room: the lists of the office and its decisions."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.actor import Actor
from hub.core.errors import Missing, Refused
from hub.core.paging import Page, page_number
from hub.core.permissions import Permission
from hub.entries import queries as entries
from hub.entries.models import Entry, Status
from hub.entries.queries import count_without_text, find_without_text
from hub.moderation import noting, policy, queries, service
from hub.moderation.forms import NoteForm
from hub.moderation.models import NOTE_LABELS
from hub.web.guard import requires
from hub.web.parked import parked_form

bp = Blueprint("moderation", __name__, url_prefix="/moderation")
MOST_CASES = 50
MOST_FILES = 50
DECIDED = "decided"


@bp.get("")
@requires(Permission.ENTRY_REVIEW)
def queue() -> ResponseReturnValue:
    """What waits, oldest first; the other lists by ?status=."""
    wanted = request.args.get("status", "")
    return _queue_page(Status(wanted) if wanted in queries.LISTS else Status.SUBMITTED)


@bp.get("/files")
@requires(Permission.ENTRY_REVIEW)
def files() -> ResponseReturnValue:
    """The files that the search cannot look into, and why."""
    total = count_without_text(current_user)
    last = Page(1, MOST_FILES, total).last
    page = Page(page_number(request.args.get("page"), last), MOST_FILES, total)
    rows = find_without_text(current_user, page.offset, page.per_page)
    return render_template("moderation/files.html", rows=rows, page=page)


@bp.post("/entries/<int:entry_id>/approve")
@requires(Permission.ENTRY_REVIEW)
def approve(entry_id: int) -> ResponseReturnValue:
    """Publish a waiting entry."""
    return _decided(service.approve_entry(current_user, entry_id))


@bp.post("/entries/<int:entry_id>/return")
@requires(Permission.ENTRY_REVIEW)
def return_to_contributor(entry_id: int) -> ResponseReturnValue:
    """Give a waiting entry back with a note."""
    return _decide_with_note(entry_id, service.return_entry)


@bp.post("/entries/<int:entry_id>/reject")
@requires(Permission.ENTRY_REVIEW)
def reject(entry_id: int) -> ResponseReturnValue:
    """Refuse a waiting entry with a reason."""
    return _decide_with_note(entry_id, service.reject_entry)


@bp.post("/entries/<int:entry_id>/undo")
@requires(Permission.ENTRY_REVIEW)
def undo(entry_id: int) -> ResponseReturnValue:
    """Put an entry back into the queue."""
    entry = service.undo_decision(current_user, entry_id)
    flash(_("„%(title)s“ ist wieder im Eingang.", title=entry.title), "success")
    return redirect(url_for("moderation.queue"), 303)


@bp.route("/entries/<int:entry_id>/notes", methods=["GET", "POST"])
@requires(Permission.ENTRY_SUBMIT)
def notes(entry_id: int) -> ResponseReturnValue:
    """What office and contributor wrote each other about an entry, and the next word."""
    entry = entries.get_entry(current_user, entry_id)
    if not policy.may_read_notes(current_user, entry):
        raise Missing
    form = NoteForm(parked_form() or request.form)
    if request.method == "POST" and form.validate():
        try:
            noting.write_note(current_user._get_current_object(), entry_id, form.note.data or "")
        except Refused as error:
            form.note.errors = [error.message]
        else:
            flash(_("Ihre Nachricht ist gespeichert."), "success")
            return redirect(url_for("moderation.notes", entry_id=entry_id), 303)
    page = render_template(
        "moderation/notes.html",
        entry=entry,
        form=form,
        notes=noting.find_notes(current_user, entry),
        may_write=policy.may_write_note(current_user, entry),
        labels=NOTE_LABELS,
    )
    return page, 422 if form.errors else 200


def _decide_with_note(entry_id: int, decide: Callable[[Actor, int, str], Entry]) -> ResponseReturnValue:
    form = NoteForm(request.form).stand_at(entry_id)
    if not form.validate():
        return _queue_page(Status.SUBMITTED, entry_id, form), 422
    try:
        return _decided(decide(current_user, entry_id, form.note.data or ""))
    except Refused as error:
        form.note.errors = [error.message]
        return _queue_page(Status.SUBMITTED, entry_id, form), 422


def _decided(entry: Entry) -> ResponseReturnValue:
    """Back to the queue, which says what was done and offers to undo it."""
    session[DECIDED] = {"id": entry.id, "title": entry.title, "status": str(entry.status)}
    return redirect(url_for("moderation.queue"), 303)


def _queue_page(status: Status, failed_id: int | None = None, failed: NoteForm | None = None) -> str:
    """A list of the office; the case whose note was refused stands on top, open, with what was typed."""
    ids = queries.find_case_ids(current_user, status, MOST_CASES)
    if failed_id is not None:
        ids = [failed_id, *(i for i in ids if i != failed_id)]
    cases = queries.load_cases(current_user, ids)
    counts = queries.count_lists(current_user)
    return render_template(
        "moderation/queue.html",
        status=str(status),
        cases=cases,
        counts=counts,
        total=counts[str(status)],
        report_count=counts[queries.REPORTS],
        change_count=counts[queries.CHANGES],
        forms={case.row.id: NoteForm().stand_at(case.row.id) for case in cases}
        | ({failed_id: failed} if failed else {}),
        failed_id=failed_id,
        failed=failed,
        textless_count=count_without_text(current_user),
        decided=session.pop(DECIDED, None),
    )
