"""What belongs to one person: the Merkliste and the own entries."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from hub.core.permissions import Permission
from hub.entries import beside, queries
from hub.entries.models import STATUS_LABELS
from hub.entries.queries.pending import find_own_changes
from hub.entries.queries.saving import find_unfinished
from hub.entries.service import bookmarks as service
from hub.entries.views.blueprint import bp
from hub.web.guard import requires, safe_next


@bp.get("/bookmarks")
@requires(Permission.BOOKMARK_KEEP)
def bookmarks() -> ResponseReturnValue:
    """The Merkliste."""
    return render_template("entries/bookmarks.html", rows=queries.find_bookmarked(current_user))


@bp.post("/entries/<int:entry_id>/bookmark")
@requires(Permission.BOOKMARK_KEEP)
def bookmark(entry_id: int) -> ResponseReturnValue:
    """Mark an entry (saved=1) or take the mark off; script gets an empty answer, everybody else the page again."""
    if request.form.get("saved"):
        service.add_bookmark(current_user, entry_id)
    else:
        service.remove_bookmark(current_user, entry_id)
    if request.headers.get("X-Requested-With") == "fetch":
        return "", 204
    return redirect(safe_next(request.form.get("next")), 303)


@bp.get("/account/entries")
@requires(Permission.ENTRY_SUBMIT)
def own() -> ResponseReturnValue:
    """What the person contributed, and where each entry stands."""
    rows = queries.find_own(current_user)
    return render_template(
        "entries/own.html",
        rows=rows,
        reports=beside.count_reports(current_user, [row.id for row in rows]),
        unfinished=find_unfinished(current_user),
        changes=find_own_changes(current_user),
        status_labels=STATUS_LABELS,
    )
