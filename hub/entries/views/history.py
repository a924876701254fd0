"""The versions of an entry: who changed what when; two of them side by side; setting back."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.errors import Conflict, Refused
from hub.core.paging import Page, page_number
from hub.core.permissions import Permission
from hub.entries import policy
from hub.entries.differences import Change
from hub.entries.models import Entry
from hub.entries.queries import revisions
from hub.entries.queries.merged import find_merged_into
from hub.entries.queries.revisions import Revision
from hub.entries.service import revisions as service
from hub.entries.service.holding import must_wait
from hub.entries.versions import action_label, differences
from hub.entries.views.blueprint import bp
from hub.web.guard import requires

PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class Step:
    """A version as the page shows it, with what changed since the one before."""

    revision: Revision
    what: str
    changes: list[Change]
    is_first: bool


@bp.get("/entries/<int:entry_id>/history")
@requires(Permission.ENTRY_READ)
def history(entry_id: int) -> ResponseReturnValue:
    """The versions of an entry, newest first; ``old`` and ``new`` compare any two."""
    entry = revisions.get_entry_with_history(current_user, entry_id)
    total = revisions.count_revisions(current_user, entry)
    page = Page(page_number(request.args.get("page"), Page(1, PER_PAGE, total).last), PER_PAGE, total)
    found = revisions.find_revisions(current_user, entry, page.offset, PER_PAGE + 1)
    if not total:
        found = [revisions.present_version(entry)]
    return render_template(
        "entries/history.html",
        entry=entry,
        steps=_steps(found),
        page=page,
        page_url=lambda number: url_for("entries.history", entry_id=entry_id, page=number),
        numbers=[revision.number for revision in found[:PER_PAGE]],
        compared=_compared(entry),
        merged=find_merged_into(current_user, entry_id),
        may_set_back=policy.may_edit(current_user, entry),
    )


@bp.post("/entries/<int:entry_id>/history/<int:number>/restore")
@requires(Permission.ENTRY_SUBMIT)
def set_back(entry_id: int, number: int) -> ResponseReturnValue:
    """Let an entry say again what it said in an earlier version; ``version`` is the one the person looked at."""
    there = redirect(url_for("entries.history", entry_id=entry_id), 303)
    version = request.form.get("version", -1, type=int)
    try:
        lost = service.set_back(current_user, entry_id, number, version)
    except Refused as error:
        flash(
            _("Auf diese Fassung lässt sich der Eintrag nicht zurücksetzen: %(reason)s", reason=error.message), "error"
        )
        return there
    except Conflict:
        flash(_("Der Eintrag wurde inzwischen geändert. Bitte prüfen Sie den Verlauf noch einmal."), "warning")
        return there
    entry = revisions.get_entry_with_history(current_user, entry_id)
    if entry.is_published and must_wait(current_user):
        text = _("Die frühere Fassung ist als Änderung eingereicht. Bis zur Freigabe sehen alle die bisherige.")
        flash(text, "success")
    else:
        flash(_("Der Eintrag steht wieder auf Fassung %(number)d.", number=number), "success")
    if lost:
        flash(_("Nicht mehr vorhanden: %(names)s. Bitte laden Sie sie neu hoch.", names=", ".join(lost)), "warning")
    return there


def _steps(found: list[Revision]) -> list[Step]:
    """One more version than shown is read, so that the last one shown has something to differ from."""
    steps = []
    for place, revision in enumerate(found[:PER_PAGE]):
        before = found[place + 1] if place + 1 < len(found) else None
        changes = differences(before, revision) if before else []
        steps.append(Step(revision, action_label(revision), changes, before is None))
    return steps


def _compared(entry: Entry) -> tuple[Revision, Revision, list[Change]] | None:
    old, new = request.args.get("old", type=int), request.args.get("new", type=int)
    if old is None or new is None:
        return None
    before, after = revisions.get_revisions(current_user, entry, sorted((old, new)))
    return before, after, differences(before, after, shortened=False)
