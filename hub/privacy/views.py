"""Own data as a page and as JSON; erasing; how long what is kept."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from hub.accounts import queries as accounts
from hub.accounts import sessions
from hub.accounts.models import ROLE_LABELS, User
from hub.audit.details import detail_in_words
from hub.audit.events import THINGS, label_of
from hub.core import clock
from hub.core.actor import Proof
from hub.core.errors import Refused
from hub.core.permissions import Permission
from hub.entries.models import STATUS_LABELS
from hub.privacy import queries, retention, service
from hub.privacy.forms import EraseForm
from hub.privacy.inventory import COLUMNS, FATES
from hub.web.filters import day, minute, number
from hub.web.guard import fresh_sign_in, fresh_sign_in_to_send, requires
from hub.web.headers import clear_browser_data

bp = Blueprint("privacy", __name__)
LABELS: dict[str, Any] = {
    "role": ROLE_LABELS,
    "thing": THINGS,
    "status": STATUS_LABELS,
    "language": {"de": "Deutsch", "en": "English"},
    "purpose": {
        "sign_in": _l("Anmelden"),
        "invitation": _l("Einladung"),
        "first_admin": _l("Erste Verwaltung"),
        "example": _l("Beispielkonto"),
        "reset": _l("Neues Passwort"),
        "email": _l("E-Mail-Adresse ändern"),
    },
}
PROOFS = {
    Proof.PASSWORD: _l("Passwort"),
    Proof.LINK: _l("Link"),
    Proof.PASSKEY: _l("Passkey"),
    Proof.TIME_CODE: _l("Code aus der App"),
    Proof.RECOVERY_CODE: _l("Wiederherstellungscode"),
    Proof.SINGLE_SIGN_ON: _l("Anmeldedienst"),
    Proof.PROVIDER_FACTOR: _l("zweiter Faktor des Anmeldedienstes"),
}
SHOWN = 20
LONGEST_SHOWN = 300


@bp.get("/account/data")
@requires(Permission.ACCOUNT_OWN)
def own_data() -> ResponseReturnValue:
    """Everything the hub knows of the person, the newest of each kind."""
    sections = queries.find_data(current_user._get_current_object(), SHOWN)
    return render_template(
        "privacy/own_data.html", sections=sections, columns=COLUMNS, fates=FATES, in_words=in_words, shown=SHOWN
    )


@bp.post("/account/data.json")
@requires(Permission.ACCOUNT_OWN)
@fresh_sign_in
def own_data_file() -> ResponseReturnValue:
    """All of it as a file that programs can read."""
    answer = Response(queries.as_json(current_user._get_current_object()), mimetype="application/json")
    answer.headers["Content-Disposition"] = f"attachment; filename=meine-daten-{clock.today().isoformat()}.json"
    return answer


@bp.route("/account/data/erase", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
@fresh_sign_in_to_send
def erase_own() -> ResponseReturnValue:
    """Ask the person, then erase and sign out."""
    done, page = _erase(lambda: accounts.get_own_user(current_user), is_own=True)
    if not done:
        return page
    sessions.forget_in_answer()
    session.clear()
    flash(_("Ihr Konto und Ihre Angaben sind gelöscht."), "success")
    return clear_browser_data(make_response(redirect(url_for("accounts.sign_in"), 303)))


@bp.route("/people/<int:user_id>/erase", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_MANAGE)
@fresh_sign_in_to_send
def erase(user_id: int) -> ResponseReturnValue:
    """Ask the administration, then erase."""
    done, page = _erase(lambda: accounts.get_user(current_user, user_id), is_own=False)
    if not done:
        return page
    flash(_("Das Konto ist gelöscht. Die Beiträge bleiben unter „Ehemaliges Mitglied“."), "success")
    return redirect(url_for("accounts.people"), 303)


@bp.get("/privacy/periods")
@requires(Permission.ENTRY_READ)
def periods() -> ResponseReturnValue:
    """How long what is kept."""
    rows = [(str(period.what), retention.in_words(period)) for period in retention.periods()]
    return render_template("privacy/periods.html", rows=rows)


def in_words(name: str, value: Any) -> str:
    """A value of the inventory as a person reads it."""
    if isinstance(value, datetime):
        return minute(value)
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if name == "action":
        return label_of(value)
    if name in LABELS:
        return str(LABELS[name].get(value, value))
    if name == "proofs":
        return ", ".join(str(PROOFS.get(one, one)) for one in value.split())
    if isinstance(value, dict):
        return _short(detail_in_words(value))
    if name == "size":
        return number(value)
    return day(value) if isinstance(value, date) else _short(str(value))


def _erase(get_user: Callable[[], User], is_own: bool) -> tuple[bool, ResponseReturnValue]:
    user = get_user()
    form = EraseForm(request.form)
    if request.method == "POST" and form.validate():
        try:
            service.erase_person(current_user._get_current_object(), user, form.confirmation.data or "")
            return True, ""
        except Refused as error:
            form.confirmation.errors = [error.message]
            user = get_user()
    html = render_template("privacy/erase.html", form=form, user=user, is_own=is_own)
    return False, (html, 422 if form.errors else 200)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 2] + " …"
