"""The page on which the office says what belongs together with an entry."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.errors import Conflict, Missing, Refused
from hub.core.permissions import Permission
from hub.curation.relating import service
from hub.entries import queries as entries
from hub.entries.models import APART, TOGETHER
from hub.entries.queries.meant import find_meant
from hub.entries.queries.related import find_related
from hub.web.flashes import flash_with_undo
from hub.web.guard import requires, safe_next

bp = Blueprint("relating", __name__, url_prefix="/entries/<int(max=2147483647):entry_id>/related")
PROPOSED, LINE_LENGTH = 12, 300
STATES = {"together": TOGETHER, "apart": APART, "none": ""}


@bp.get("")
@requires(Permission.ENTRY_REVIEW)
def related(entry_id: int) -> ResponseReturnValue:
    """What belongs together with it, what may, and by ?q= any other entry."""
    entry = entries.get_entry(current_user, entry_id)
    if not entry.is_published:
        raise Missing
    text = request.args.get("q", "")[:LINE_LENGTH]
    found = find_related(entry_id, PROPOSED)
    known = {row.id for row in found.together}
    return render_template(
        "curation/related.html",
        entry=entry,
        related=found,
        text=text,
        found=[row for row in find_meant(current_user, entry_id, text) if row.id not in known],
        here=url_for("relating.related", entry_id=entry_id, q=text or None),
    )


@bp.post("/<int(max=2147483647):other_id>")
@requires(Permission.ENTRY_REVIEW)
def relate(entry_id: int, other_id: int) -> ResponseReturnValue:
    """?state= says what two entries are to each other, ?next= names the page that asked."""
    if (state := STATES.get(request.args.get("state", ""))) is None:
        raise Missing
    given = request.args.get("next")
    target = safe_next(given) if given else url_for("entries.show", entry_id=entry_id)
    try:
        said = service.relate_entries(current_user._get_current_object(), entry_id, other_id, state)
    except (Conflict, Refused) as refused:
        flash(refused.message or _("Der Eintrag wurde inzwischen geändert."), "error")
        return redirect(target, 303)
    if said.undo_id is None:
        flash(_text(said.other_title, state), "info")
    else:
        undo = url_for("undoing.undo", action_id=said.undo_id, next=target)
        flash_with_undo(_text(said.other_title, state), undo)
    return redirect(target, 303)


def _text(title: str, state: str) -> str:
    if state == TOGETHER:
        return _("„%(title)s“ steht jetzt als zusammengehörig auf beiden Seiten.", title=title)
    if state == APART:
        return _("„%(title)s“ wird hier nicht mehr vorgeschlagen.", title=title)
    return _("„%(title)s“ ist nicht mehr verbunden.", title=title)
