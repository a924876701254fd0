"""Showing again who one is, before a sensitive step; then it goes on where the person was."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts import queries, sessions
from hub.accounts.forms import ConfirmForm
from hub.accounts.service import confirming
from hub.accounts.service.confirming import WrongPassword
from hub.accounts.views.blueprint import bp
from hub.core.permissions import Permission
from hub.web import parked
from hub.web.guard import SAFE_METHODS, here, requires, safe_next


@bp.route("/confirm", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
def confirm() -> ResponseReturnValue:
    """Ask again who is there; with the right answer the person comes back to ``next``."""
    target = safe_next(request.values.get("next"))
    if request.method == "GET" and current_user.is_fresh:
        return redirect(target, 303)
    user = queries.get_own_user(current_user)
    by_click = confirming.may_confirm_by_click(user)
    form = ConfirmForm(request.form)
    if request.method == "POST" and (by_click or form.validate()):
        try:
            return _confirm(form, by_click, target)
        except WrongPassword as error:
            form.password.errors = [error.message]
    html = render_template(
        "accounts/confirm.html",
        form=form,
        user=user,
        by_click=by_click,
        target=target,
        repeats=request.values.get("repeats"),
    )
    return html, 422 if form.errors else 200


def ask_again() -> ResponseReturnValue:
    """A request that needs a fresh proof: the person proves it and comes back; what was typed waits."""
    if request.method in SAFE_METHODS:
        return redirect(url_for("accounts.confirm", next=here()), 303)
    form = parked.form_of_request(is_asked_again=True)
    if form.is_button and not form.has_page:
        return redirect(url_for("accounts.confirm", next=form.next_page(), repeats=1), 303)
    sessions.park(current_user.session_id, form.to_dict())
    return redirect(url_for("accounts.confirm", next=form.next_page()), 303)


def _confirm(form: ConfirmForm, by_click: bool, target: str) -> ResponseReturnValue:
    if by_click:
        confirming.confirm_example(current_user)
    else:
        confirming.confirm_by_password(current_user, form.password.data or "", request.remote_addr or "")
    if request.form.get("repeats"):
        flash(_("Danke. Bitte wiederholen Sie jetzt den letzten Schritt."), "success")
    return redirect(target, 303)
