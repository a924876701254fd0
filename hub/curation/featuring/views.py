"""The page on which the office recommends entries, on the start page or (?collection=) in a collection."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.actor import Actor
from hub.core.errors import Conflict, Refused
from hub.core.permissions import Permission
from hub.curation.featuring import queries, service
from hub.entries.queries import Row
from hub.entries.queries.meant import find_meant
from hub.web.flashes import flash_with_undo
from hub.web.guard import requires

bp = Blueprint("featuring", __name__, url_prefix="/featured")
LINE_LENGTH = 300


@bp.get("")
@requires(Permission.COLLECTION_EDIT)
def featured() -> ResponseReturnValue:
    """What is recommended at the place, and by ?q= what may be."""
    place, title = queries.get_place(_slug())
    lines = queries.find_lines(_person(), place)
    text = request.args.get("q", "")[:LINE_LENGTH]
    known = {line.row.id for line in lines if line.is_shown}
    return render_template(
        "curation/featured.html",
        slug=_slug(),
        title=title,
        lines=lines,
        is_full=len(known) >= queries.MOST,
        text=text,
        found=[row for row in find_meant(_person(), 0, text) if row.id not in known and _is_filed(row)],
    )


@bp.post("/<int(max=2147483647):entry_id>/add")
@requires(Permission.COLLECTION_EDIT)
def add(entry_id: int) -> ResponseReturnValue:
    """Recommend it, after the others."""
    place, _title = queries.get_place(_slug())
    try:
        undo_id = service.feature_entry(_person(), place, entry_id)
    except (Conflict, Refused) as refused:
        return _refused(refused)
    return _done(_("Der Eintrag ist empfohlen."), undo_id)


@bp.post("/<int(max=2147483647):entry_id>/move")
@requires(Permission.COLLECTION_EDIT)
def move(entry_id: int) -> ResponseReturnValue:
    """?step=: one place up or down."""
    place, _title = queries.get_place(_slug())
    undo_id = service.move_entry(_person(), place, entry_id, request.args.get("step", ""))
    return _done(_("Die Reihenfolge ist geändert."), undo_id)


@bp.post("/<int(max=2147483647):entry_id>/until")
@requires(Permission.COLLECTION_EDIT)
def until(entry_id: int) -> ResponseReturnValue:
    """Recommend it up to a day."""
    place, _title = queries.get_place(_slug())
    try:
        undo_id = service.date_entry(_person(), place, entry_id, _day(request.form.get("last_on", "")))
    except (Conflict, Refused) as refused:
        return _refused(refused)
    return _done(_("Die Empfehlung ist befristet, wie Sie es angegeben haben."), undo_id)


@bp.post("/<int(max=2147483647):entry_id>/remove")
@requires(Permission.COLLECTION_EDIT)
def remove(entry_id: int) -> ResponseReturnValue:
    """Recommend it no longer."""
    place, _title = queries.get_place(_slug())
    return _done(_("Der Eintrag ist nicht mehr empfohlen."), service.drop_entry(_person(), place, entry_id))


def _is_filed(row: Row) -> bool:
    return not _slug() or _slug() in [place.slug for place in row.places]


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        raise Refused(_("Bitte geben Sie einen Tag an, zum Beispiel 2026-03-01.")) from None


def _done(text: str, undo_id: int | None) -> ResponseReturnValue:
    if undo_id is None:
        flash(_("Das steht dort schon so."), "info")
    else:
        flash_with_undo(text, url_for("undoing.undo", action_id=undo_id, next=_here()))
    return redirect(_here(), 303)


def _refused(refused: Conflict | Refused) -> ResponseReturnValue:
    flash(refused.message or _("Der Eintrag wurde inzwischen geändert."), "error")
    return redirect(_here(), 303)


def _here() -> str:
    return url_for("featuring.featured", collection=_slug() or None)


def _slug() -> str:
    return request.args.get("collection", "")[:LINE_LENGTH]


def _person() -> Actor:
    return current_user._get_current_object()
