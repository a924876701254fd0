"""The own account: name, password, other devices."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts import queries
from hub.accounts.forms import NameForm, NewPasswordForm
from hub.accounts.models import ROLE_LABELS
from hub.accounts.service import people
from hub.accounts.service.confirming import WrongPassword
from hub.accounts.views.blueprint import bp
from hub.accounts.views.confirming import ask_again
from hub.core.errors import Refused
from hub.core.permissions import Permission, Role
from hub.web.guard import requires
from hub.web.parked import parked_form


@bp.route("/account", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
def own() -> ResponseReturnValue:
    """The own account; sending the form changes the name."""
    user = queries.get_own_user(current_user)
    form = NameForm(parked_form() or request.form, name=user.name)
    if request.method == "POST" and form.validate():
        people.change_own_name(current_user, form.name.data or "")
        flash(_("Ihr Name ist geändert."), "success")
        return redirect(url_for("accounts.own"), 303)
    return _page(form, NewPasswordForm(None, user.password_hash is not None))


@bp.post("/account/password")
@requires(Permission.ACCOUNT_OWN)
def change_password() -> ResponseReturnValue:
    """Change the own password; the other sessions end. The present one is the proof of who is there."""
    user = queries.get_own_user(current_user)
    if user.password_hash is None and not current_user.is_fresh:
        return ask_again()
    form = NewPasswordForm(request.form, user.password_hash is not None)
    if form.validate():
        try:
            _change_password(form)
        except WrongPassword as error:
            form.current_password.errors = [error.message]
        except Refused as error:
            form.new_password.errors = [error.message]
        else:
            flash(_("Ihr Passwort ist geändert. Auf anderen Geräten sind Sie abgemeldet."), "success")
            return redirect(url_for("accounts.own"), 303)
    return _page(NameForm(None, name=queries.get_own_user(current_user).name), form)


@bp.post("/account/sessions/end")
@requires(Permission.ACCOUNT_OWN)
def end_other_sessions() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    people.end_other_sessions(current_user)
    flash(_("Auf allen anderen Geräten sind Sie abgemeldet."), "success")
    return redirect(url_for("accounts.own"), 303)


def _change_password(form: NewPasswordForm) -> None:
    current, new = form.current_password.data or "", form.new_password.data or ""
    people.change_own_password(current_user, current, new, request.remote_addr or "")


def _page(name_form: NameForm, password_form: NewPasswordForm) -> ResponseReturnValue:
    user = queries.get_own_user(current_user)
    html = render_template(
        "accounts/own.html",
        user=user,
        role=ROLE_LABELS[Role(user.role)],
        name_form=name_form,
        password_form=password_form,
    )
    return html, 422 if name_form.errors or password_form.errors else 200
