"""The bin: what was deleted, by whom, how long it stays; taking out and deleting for good."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.permissions import Permission
from hub.entries import policy
from hub.entries.queries.binning import find_bin, get_binned_entry
from hub.entries.service import binning as service
from hub.entries.views.blueprint import bp
from hub.web.flashes import flash_with_undo
from hub.web.guard import requires


@bp.get("/bin")
@requires(Permission.ENTRY_SUBMIT)
def bin_page() -> ResponseReturnValue:
    """The office sees every deleted entry, others their own drafts."""
    return render_template(
        "entries/bin.html", rows=find_bin(current_user), may_delete=policy.may_empty_bin(current_user)
    )


@bp.post("/entries/<int:entry_id>/delete")
@requires(Permission.ENTRY_SUBMIT)
def delete(entry_id: int) -> ResponseReturnValue:
    """Put an entry into the bin; the message offers to undo it."""
    entry = service.bin_entry(current_user, entry_id)
    text = _("„%(title)s“ liegt im Papierkorb.", title=entry.title)
    flash_with_undo(text, url_for("entries.take_out", entry_id=entry_id))
    return redirect(url_for("entries.own" if policy.is_own(current_user, entry) else "entries.bin_page"), 303)


@bp.post("/bin/<int:entry_id>/restore")
@requires(Permission.ENTRY_SUBMIT)
def take_out(entry_id: int) -> ResponseReturnValue:
    """Take an entry out of the bin; it stands again where it stood."""
    entry = service.take_out(current_user, entry_id)
    flash(_("„%(title)s“ ist aus dem Papierkorb geholt.", title=entry.title), "success")
    return redirect(url_for("entries.show", entry_id=entry_id), 303)


@bp.route("/bin/<int:entry_id>/delete", methods=["GET", "POST"])
@requires(Permission.ENTRY_REVIEW)
def delete_for_good(entry_id: int) -> ResponseReturnValue:
    """Ask once, then delete for good."""
    entry = get_binned_entry(current_user, entry_id)
    if request.method == "GET":
        was_published = entry.published_at is not None
        return render_template("entries/delete_for_good.html", entry=entry, was_published=was_published)
    title = entry.title
    service.delete_for_good(current_user, entry_id)
    flash(_("„%(title)s“ ist endgültig gelöscht.", title=title), "success")
    return redirect(url_for("entries.bin_page"), 303)
