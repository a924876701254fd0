"""Pages of this room: pairs that may be the same thing, and two entries side by side."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.errors import Conflict, Refused
from hub.core.paging import page_number
from hub.core.permissions import Permission
from hub.duplicates import choosing, queries, words
from hub.duplicates.models import PairState
from hub.duplicates.service import deciding, merging
from hub.entries import queries as entry_queries
from hub.entries.models import KIND_LABELS, STATUS_LABELS, Kind, Status
from hub.web.flashes import flash_with_undo
from hub.web.guard import requires

bp = Blueprint("duplicates", __name__, url_prefix="/duplicates")
SIDES = {choosing.KEPT, choosing.GONE, choosing.BOTH}


@bp.get("")
@requires(Permission.ENTRY_REVIEW)
def pairs() -> ResponseReturnValue:
    """What waits, or with ?state=apart what was kept apart."""
    state = PairState.APART if request.args.get("state") == PairState.APART else PairState.OPEN
    found, page = queries.find_pairs(current_user._get_current_object(), state, page_number(request.args.get("page")))
    return render_template(
        "duplicates/pairs.html",
        pairs=found,
        page=page,
        is_apart=state == PairState.APART,
        page_url=lambda number: url_for("duplicates.pairs", state=request.args.get("state"), page=number),
        reason_text=words.reason_text,
        kinds={str(kind): KIND_LABELS[kind] for kind in Kind},
        statuses={str(status): STATUS_LABELS[status] for status in Status},
    )


@bp.get("/<int:pair_id>")
@requires(Permission.ENTRY_REVIEW)
def compare(pair_id: int) -> ResponseReturnValue:
    """Two entries side by side; ?keep= names the one that is left."""
    actor = current_user._get_current_object()
    pair = queries.get_pair(actor, pair_id)
    if pair.state == PairState.MERGED:
        flash(_("Diese Einträge sind schon zusammengeführt."), "info")
        return redirect(url_for("entries.show", entry_id=pair.one_id), 303)
    one, other = entry_queries.get_entry(actor, pair.one_id), entry_queries.get_entry(actor, pair.other_id)
    is_swapped = request.args.get("keep", type=int) == other.id
    if "keep" not in request.args:
        is_swapped = not one.is_published and other.is_published
    kept, gone = (other, one) if is_swapped else (one, other)
    return render_template(
        "duplicates/compare.html",
        pair=pair,
        kept=kept,
        gone=gone,
        lines=choosing.lines(kept, gone),
        reasons=words.reason_text(tuple(pair.reasons)),
        is_open=pair.state == PairState.OPEN,
        statuses={str(status): STATUS_LABELS[status] for status in Status},
    )


@bp.post("/<int:pair_id>/merge")
@requires(Permission.ENTRY_REVIEW)
def merge(pair_id: int) -> ResponseReturnValue:
    """Make one of two, with the values that were chosen."""
    actor = current_user._get_current_object()
    pair = queries.get_pair(actor, pair_id)
    kept_id, one_id, other_id = request.form.get("kept", 0, type=int), pair.one_id, pair.other_id
    gone_id = other_id if kept_id == one_id else one_id
    there = url_for("duplicates.compare", pair_id=pair_id, keep=kept_id)
    if kept_id not in (one_id, other_id):
        return redirect(url_for("duplicates.compare", pair_id=pair_id), 303)
    versions = (request.form.get("kept_version", -1, type=int), request.form.get("gone_version", -1, type=int))
    choice = {name: side for name, side in request.form.items() if side in SIDES}
    try:
        action = merging.merge_pair(actor, pair_id, _version(), kept_id, gone_id, versions, choice)
    except (Conflict, Refused) as error:
        flash(error.message, "warning")
        return redirect(there, 303)
    text = _("Zusammengeführt. Der alte Link, die alte Kennung und der alte Titel führen hierher.")
    flash_with_undo(text, url_for("undoing.undo", action_id=action))
    return redirect(url_for("entries.show", entry_id=kept_id), 303)


@bp.post("/<int:pair_id>/apart")
@requires(Permission.ENTRY_REVIEW)
def apart(pair_id: int) -> ResponseReturnValue:
    """These two are not the same thing."""
    done = deciding.keep_apart(current_user._get_current_object(), [(pair_id, _version())])
    if done.undo_id is None:
        flash(_("Über dieses Paar ist inzwischen entschieden worden."), "warning")
    else:
        text = _("Als „Kein Duplikat“ gemerkt. Dieses Paar wird nicht mehr vorgeschlagen.")
        flash_with_undo(text, url_for("undoing.undo", action_id=done.undo_id))
    return redirect(url_for("duplicates.pairs"), 303)


def _version() -> int:
    return request.form.get("version", -1, type=int)
