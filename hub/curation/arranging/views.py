"""The page on which the office arranges a board: by buttons, and by dragging where there is script."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.actor import Actor
from hub.core.errors import Conflict, Refused
from hub.core.permissions import Permission
from hub.curation.arranging import queries, service
from hub.curation.arranging.forms import PlaceForm
from hub.curation.arranging.service import Moved
from hub.web.flashes import flash_with_undo
from hub.web.guard import requires

bp = Blueprint("arranging", __name__, url_prefix="/collections-manage/<slug>/board")
LARGEST = 2**31 - 1
BUTTONS = ("up", "down", "first", "pin")


@bp.get("")
@requires(Permission.COLLECTION_EDIT)
def board(slug: str) -> ResponseReturnValue:
    """All sections with their entries; ?section= shows more of one, ?at= and ?by= say where the focus goes."""
    return _page(slug)


@bp.post("/<int:entry_id>/move")
@requires(Permission.COLLECTION_EDIT)
def move(slug: str, entry_id: int) -> ResponseReturnValue:
    """One place up or down, or to the beginning."""
    step = request.args.get("step", "")
    try:
        moved = service.move_entry(_person(), slug, entry_id, step, _number("seen") or 0)
    except Conflict as conflict:
        return _stale(slug, conflict)
    if moved.undo_id is None:
        place = {"down": _("ganz unten")}.get(step, _("ganz oben"))
        flash(_("„%(title)s“ steht schon %(place)s.", title=moved.title, place=place), "info")
        return _back(slug, entry_id, step)
    return _done(slug, entry_id, step, moved)


@bp.post("/<int:entry_id>/pin")
@requires(Permission.COLLECTION_EDIT)
def pin(slug: str, entry_id: int) -> ResponseReturnValue:
    """Stay on top, or no longer."""
    try:
        moved = service.pin_entry(_person(), slug, entry_id, request.args.get("pin") == "1", _number("seen") or 0)
    except Conflict as conflict:
        return _stale(slug, conflict)
    return _done(slug, entry_id, "pin", moved)


@bp.post("/<int:entry_id>/drop")
@requires(Permission.COLLECTION_EDIT)
def drop(slug: str, entry_id: int) -> ResponseReturnValue:
    """Before another entry of this board, or at the end of a section: what dragging does."""
    versions = (_number("seen") or 0, _number("from") or 0)
    try:
        moved = service.drop_entry(
            _person(), slug, entry_id, _number("to") or None, _number("before") or None, versions
        )
    except (Conflict, Refused) as conflict:
        return _stale(slug, conflict)
    return _done(slug, entry_id, "up", moved)


@bp.route("/<int:entry_id>/place", methods=["GET", "POST"])
@requires(Permission.COLLECTION_EDIT)
def place(slug: str, entry_id: int) -> ResponseReturnValue:
    """Another section or collection: instead of this place, or as one more."""
    entry, here = queries.get_placed(_person(), slug, entry_id)
    form = PlaceForm(request.form)
    form.offer(queries.find_targets(_person()))
    if request.method == "POST" and form.validate() and form.version.data is not None:
        collection_id, section_id = form.place()
        is_more = request.form.get("do") == "add"
        try:
            moved = service.file_entry(_person(), slug, entry_id, collection_id, section_id, form.version.data, is_more)
        except (Refused, Conflict) as refused:
            form.target.errors = [refused.message]
        else:
            values = {"title": moved.title, "where": moved.section}
            text = _("„%(title)s“ steht jetzt hier: %(where)s.", **values)
            if is_more:
                text = _("„%(title)s“ steht jetzt auch hier: %(where)s.", **values)
            flash_with_undo(text, _undo(slug, moved))
            return _back(slug, entry_id, "up")
        entry, here = queries.get_placed(_person(), slug, entry_id)
    form.version.data, form.version.raw_data = entry.version, None
    if request.method == "GET":
        form.target.data = f"{here.collection_id}:{here.section_id or 0}"
    status = 422 if request.method == "POST" else 200
    return render_template("curation/place.html", entry=entry, here=here, form=form, slug=slug), status


@bp.post("/<int:entry_id>/remove")
@requires(Permission.COLLECTION_EDIT)
def remove(slug: str, entry_id: int) -> ResponseReturnValue:
    """Out of this collection, when it stands in another one, too."""
    try:
        moved = service.remove_entry(_person(), slug, entry_id, _number("version") or 0)
    except (Refused, Conflict) as refused:
        flash(refused.message or _("Der Eintrag wurde inzwischen geändert."), "error")
        return redirect(url_for("arranging.place", slug=slug, entry_id=entry_id), 303)
    text = _("„%(title)s“ steht nicht mehr in „%(from)s“.", **{"title": moved.title, "from": moved.section})
    flash_with_undo(text, _undo(slug, moved))
    return redirect(url_for("arranging.board", slug=slug), 303)


def _page(slug: str, message: str = "") -> str:
    return render_template(
        "curation/board.html",
        board=queries.get_board(_person(), slug, _number("section")),
        only=_number("section"),
        at=_number("at"),
        by=by if (by := request.args.get("by")) in BUTTONS else "up",
        message=message,
    )


def _done(slug: str, entry_id: int, step: str, moved: Moved) -> ResponseReturnValue:
    """Say where it stands now, with the way back; the focus stays on the button that was used."""
    values = {"title": moved.title, "section": moved.section, "n": moved.place, "of": moved.count}
    text = _("„%(title)s“ steht jetzt auf Platz %(n)s von %(of)s.", **values)
    if moved.section:
        text = _("„%(title)s“ steht jetzt in „%(section)s“ auf Platz %(n)s von %(of)s.", **values)
    if moved.undo_id is None:
        flash(text, "info")
    else:
        flash_with_undo(text, _undo(slug, moved))
    return _back(slug, entry_id, step)


def _undo(slug: str, moved: Moved) -> str:
    return url_for("undoing.undo", action_id=moved.undo_id, next=url_for("arranging.board", slug=slug))


def _back(slug: str, entry_id: int, step: str) -> ResponseReturnValue:
    address = url_for("arranging.board", slug=slug, section=_number("section"), at=entry_id, by=step)
    return redirect(address, 303)


def _stale(slug: str, conflict: Conflict | Refused) -> ResponseReturnValue:
    text = conflict.message or _("Diese Reihenfolge wurde inzwischen von jemand anderem geändert.")
    return _page(slug, text), 409 if isinstance(conflict, Conflict) else 422


def _number(name: str) -> int | None:
    value = request.values.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def _person() -> Actor:
    return current_user._get_current_object()
