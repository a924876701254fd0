"""Passkeys: signing in with one, adding, naming and removing one's own."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts import agents
from hub.accounts.forms import PasskeyForm, SignInForm
from hub.accounts.service import passkeys
from hub.accounts.service.opening import Refusal
from hub.accounts.views.blueprint import bp
from hub.accounts.views.security import show_codes
from hub.accounts.views.signing_in import enter, refuse_passkey
from hub.core.errors import Missing, Refused
from hub.core.permissions import Permission
from hub.web import parked
from hub.web.guard import background, before_set_up, browser_mark, fresh_sign_in, public, requires, safe_next

PASSKEY = "/account/security/passkeys/<int:passkey_id>"


@bp.post("/login/passkey/options")
@public
@background
def sign_in_options() -> ResponseReturnValue:
    """What the browser needs to show a passkey of the hub, whoever it belongs to."""
    if not passkeys.are_possible():
        raise Missing
    return _json(passkeys.begin(browser_mark(), passkeys.SIGN_IN))


@bp.post("/login/passkey")
@public
def sign_in_by_passkey() -> ResponseReturnValue:
    """Sign in by a passkey alone, without address and password."""
    form = SignInForm(request.form)
    answer = PasskeyForm(request.form).credential.data or ""
    done = passkeys.sign_in(browser_mark(), answer, request.remote_addr or "", form.keep.data)
    if isinstance(done, Refusal):
        return refuse_passkey(form, done)
    return enter(done, safe_next(form.next.data), parked.from_json(form.parked.data))


@bp.route("/account/security/passkeys/new", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
@before_set_up
@fresh_sign_in
def add_passkey() -> ResponseReturnValue:
    """Name a new passkey and make it in the browser."""
    if not passkeys.are_possible():
        raise Missing
    suggestion = agents.describe(request.user_agent.string)
    form = PasskeyForm(request.form, name=suggestion)
    if request.method == "POST" and form.validate():
        try:
            codes = passkeys.add(current_user, browser_mark(), form.credential.data or "", form.name.data or suggestion)
        except Refused as error:
            form.form_errors.append(error.message)
        else:
            return show_codes(codes, _("Der Passkey ist hinzugefügt."))
    return render_template("accounts/passkey.html", form=form), 422 if form.errors else 200


@bp.post("/account/security/passkeys/options")
@requires(Permission.ACCOUNT_OWN)
@before_set_up
@fresh_sign_in
@background
def add_options() -> ResponseReturnValue:
    """What the browser needs to make a passkey."""
    if not passkeys.are_possible():
        raise Missing
    return _json(passkeys.begin_adding(current_user, browser_mark()))


@bp.post(f"{PASSKEY}/rename")
@requires(Permission.ACCOUNT_OWN)
def rename_passkey(passkey_id: int) -> ResponseReturnValue:
    """Give a passkey another name."""
    passkeys.rename(current_user, passkey_id, request.form.get("name", ""))
    flash(_("Der Name ist geändert."), "success")
    return redirect(url_for("accounts.security"), 303)


@bp.post(f"{PASSKEY}/remove")
@requires(Permission.ACCOUNT_OWN)
@fresh_sign_in
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Forget a passkey; the other sessions end."""
    try:
        passkeys.remove(current_user, passkey_id)
    except Refused as error:
        flash(error.message, "error")
    else:
        flash(_("Der Passkey ist entfernt. Auf anderen Geräten sind Sie abgemeldet."), "success")
    return redirect(url_for("accounts.security"), 303)


def _json(options: str) -> Response:
    return Response(options, mimetype="application/json")
