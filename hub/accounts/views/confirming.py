"""Showing again who one is, before a sensitive step; then it goes on where the person was."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts import browsers, queries, sessions
from hub.accounts.forms import CodeForm, ConfirmForm, PasskeyForm
from hub.accounts.service import confirming, factors, passkeys
from hub.accounts.service.confirming import WrongPassword
from hub.accounts.views.blueprint import bp
from hub.accounts.views.signing_in import draw_member_map
from hub.accounts.views.ways import own_ways
from hub.core.permissions import Permission
from hub.web import parked
from hub.web.guard import SAFE_METHODS, background, before_set_up, browser_mark, here, requires, safe_next


@bp.route("/confirm", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
@before_set_up
def confirm() -> ResponseReturnValue:
    """Ask again who is there; with the right answer the person comes back to ``next``."""
    target = safe_next(request.values.get("next"))
    if request.method == "GET" and current_user.is_fresh:
        return redirect(target, 303)
    if request.method == "GET":
        return _page()
    if "code" in request.form:
        return _confirm_code(target)
    if confirming.may_confirm_by_click(queries.get_own_user(current_user)):
        confirming.confirm_example(current_user)
        return _go_on(target)
    form = ConfirmForm(request.form)
    if form.validate():
        try:
            confirming.confirm_by_password(current_user, form.password.data or "", request.remote_addr or "")
            return _go_on(target)
        except WrongPassword as error:
            form.password.errors = [error.message]
    return _page(form=form)


@bp.post("/confirm/passkey")
@requires(Permission.ACCOUNT_OWN)
@before_set_up
def confirm_passkey() -> ResponseReturnValue:
    """Confirm with a passkey."""
    form = ConfirmForm(None)
    try:
        answer = PasskeyForm(request.form).credential.data or ""
        confirming.confirm_by_passkey(current_user, browser_mark(), answer, _known_name())
    except WrongPassword as error:
        form.form_errors.append(error.message)
        return _page(form=form)
    return _go_on(safe_next(request.form.get("next")))


@bp.post("/confirm/options")
@requires(Permission.ACCOUNT_OWN)
@before_set_up
@background
def confirm_options() -> ResponseReturnValue:
    """What the browser needs to show a passkey of the person who is signed in."""
    options = passkeys.begin(browser_mark(), passkeys.CONFIRM, current_user.id)
    return Response(options, mimetype="application/json")


def ask_again() -> ResponseReturnValue:
    """A request that needs a fresh proof: the person proves it and comes back; what was typed waits."""
    if request.method in SAFE_METHODS:
        return redirect(url_for("accounts.confirm", next=here()), 303)
    form = parked.form_of_request(is_asked_again=True)
    if form.is_button and not form.has_page:
        return redirect(url_for("accounts.confirm", next=form.next_page(), repeats=1), 303)
    sessions.park(current_user.session_id, form.to_dict())
    return redirect(url_for("accounts.confirm", next=form.next_page()), 303)


def _confirm_code(target: str) -> ResponseReturnValue:
    form = CodeForm(request.form)
    if form.validate():
        try:
            confirming.confirm_by_code(current_user, form.code.data or "", _known_name())
            return _go_on(target)
        except WrongPassword as error:
            form.code.errors = [error.message]
    return _page(code_form=form)


def _page(form: ConfirmForm | None = None, code_form: CodeForm | None = None) -> ResponseReturnValue:
    user = queries.get_own_user(current_user)
    known = factors.find(user.id)
    wrong = code_form or form
    html = render_template(
        "accounts/confirm.html",
        form=form or ConfirmForm(None),
        code_form=code_form or CodeForm(None),
        wrong=wrong,
        user=user,
        has_code=known.has_any and (known.time_code_since is not None or known.codes_left > 0),
        has_passkey=bool(known.passkeys) and passkeys.are_possible(),
        by_click=confirming.may_confirm_by_click(user),
        target=safe_next(request.values.get("next")),
        repeats=request.values.get("repeats"),
        ways=own_ways(user.id),
        map_big=draw_member_map(),
    )
    return html, 422 if wrong is not None else 200


def _known_name() -> str | None:
    return browsers.from_cookie(request.cookies.get(browsers.COOKIE)).name_for(current_user.id)


def _go_on(target: str) -> ResponseReturnValue:
    if request.form.get("repeats"):
        flash(_("Danke. Bitte wiederholen Sie jetzt den letzten Schritt."), "success")
    return redirect(target, 303)
