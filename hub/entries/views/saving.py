"""Forms that save themselves: what script sends while somebody types, and what is offered when they come back."""

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from hub.core import clock
from hub.core.errors import Conflict, Missing, Refused
from hub.core.permissions import Permission
from hub.core.tokens import new_token
from hub.entries.queries import saving as queries
from hub.entries.queries.saving import Unfinished
from hub.entries.service import saving as service
from hub.entries.service.saving import Writer
from hub.entries.views.blueprint import bp
from hub.web.flashes import flash_with_undo
from hub.web.guard import background, requires, safe_next
from hub.web.parked import form_of_request

OFFERED = 3
NOT_TYPED = {"saved", "saved_tab", "saved_step", "saved_turn", "saved_entry", "draft", "fetch", "next"}


@dataclass(frozen=True, slots=True)
class Saving:
    """What a form needs to save itself: its key, how often it changed hands, when it was saved if it goes on."""

    key: str
    turn: int
    saved_at: datetime | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """A begun form that somebody goes on with."""

    fields: MultiDict[str, str]
    entry_version: int
    saving: Saving


@bp.post("/entries/saved")
@requires(Permission.ENTRY_SUBMIT)
@background
def save() -> ResponseReturnValue:
    """Keep what was typed so far; answers script in JSON. 409 gives a new key: another page goes on with this form."""
    fields = [pair for pair in form_of_request().fields if pair[0] not in NOT_TYPED]
    entry_id = request.form.get("saved_entry", type=int)
    try:
        service.save_form(current_user, _writer(), fields, entry_id, request.form.get("version", 0, type=int))
    except Refused as error:
        return {"error": error.message}, 422
    except Conflict:
        return {"key": new_token()}, 409
    return {"text": _("Gespeichert um %(time)s", time=f"{clock.local(clock.now()):%H:%M}")}


@bp.post("/entries/saved/<int:saved_id>/discard")
@requires(Permission.ENTRY_SUBMIT)
def discard(saved_id: int) -> ResponseReturnValue:
    """Throw a begun form away; the message offers to undo it."""
    service.discard_form(current_user, saved_id)
    flash_with_undo(_("Die Angaben sind verworfen."), url_for("entries.take_back", saved_id=saved_id))
    return redirect(_back(), 303)


@bp.post("/entries/saved/<int:saved_id>/restore")
@requires(Permission.ENTRY_SUBMIT)
def take_back(saved_id: int) -> ResponseReturnValue:
    """Undo throwing a form away."""
    service.take_back_form(current_user, saved_id)
    flash(_("Die Angaben sind wieder da."), "success")
    return redirect(_back(), 303)


def finish_saved_form() -> None:
    """The form of this request was taken."""
    service.finish_form(current_user, form_key())


def form_key() -> str:
    """What names the form of this request among those that save themselves."""
    return request.form.get("saved", "")


def resumed_form() -> Resumed | None:
    """The begun form that ``saved`` in the address names; None without one, Missing when it is nobody's or gone."""
    if "saved" not in request.args:
        return None
    number = request.args.get("saved", type=int)
    if number is None:
        raise Missing
    saved = queries.get_saved(current_user, number)
    fields: MultiDict[str, str] = MultiDict([(name, value) for name, value in saved.fields])
    return Resumed(fields, saved.entry_version, Saving(saved.key, saved.turn, saved.saved_at, saved.id))


def saving_of(typed: MultiDict[str, str]) -> Saving:
    """The key that came with the form, or a new one."""
    key = typed.get("saved", "")[:64]
    return Saving(key, queries.find_turn(current_user, key)) if key else Saving(new_token(), 0)


def unfinished_forms(entry_id: int | None) -> list[Unfinished]:
    """What the person has begun in this form before, to go on with or throw away."""
    return queries.of_form(queries.find_unfinished(current_user), entry_id)[:OFFERED]


def _writer() -> Writer:
    number = request.form.get
    return Writer(
        key=request.form.get("saved", ""),
        tab=request.form.get("saved_tab", ""),
        step=min(number("saved_step", 0, type=int), queries.LARGEST_ID),
        turn=number("saved_turn", 0, type=int),
    )


def _back() -> str:
    """The page the button stood on, without the form that is gone."""
    return safe_next(request.form.get("next", "").partition("?")[0])
