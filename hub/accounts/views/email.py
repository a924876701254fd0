"""The own mail address and the letters that go there."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts import queries
from hub.accounts.mail_forms import LettersForm, NewAddressForm
from hub.accounts.service import changing_email, people
from hub.accounts.views.blueprint import bp
from hub.accounts.views.signing_in import draw_member_map
from hub.core.errors import Missing, Refused
from hub.core.permissions import Permission
from hub.web.guard import fresh_sign_in_to_send, public, requires, safe_next
from hub.web.parked import parked_form


@bp.route("/account/email", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
@fresh_sign_in_to_send
def email() -> ResponseReturnValue:
    """Address and wishes; sending the form asks for another address."""
    form = NewAddressForm(parked_form() or request.form)
    if request.method == "POST" and form.validate():
        try:
            changing_email.ask_for_email(current_user, form.email.data or "")
        except Refused as error:
            form.email.errors = [error.message]
        else:
            flash(
                _(
                    "Wir haben einen Link an %(email)s geschickt. Die neue Adresse gilt, sobald Sie ihn benutzt haben.",
                    email=form.email.data,
                ),
                "success",
            )
            return redirect(url_for("accounts.email"), 303)
    user = queries.get_own_user(current_user)
    letters = LettersForm(None, about_entries=user.wants_letters, about_questions=user.wants_questions)
    html = render_template("accounts/email.html", form=form, letters_form=letters, user=user)
    return html, 422 if form.errors else 200


@bp.post("/account/letters")
@requires(Permission.ACCOUNT_OWN)
def choose_letters() -> ResponseReturnValue:
    """Which letters the person wants."""
    form = LettersForm(request.form)
    people.choose_letters(current_user, bool(form.about_entries.data), bool(form.about_questions.data))
    flash(_("Ihre Auswahl ist gespeichert."), "success")
    return redirect(url_for("accounts.email"), 303)


@bp.post("/account/keys")
@requires(Permission.ACCOUNT_OWN)
def choose_keys() -> ResponseReturnValue:
    """Whether single keys do something on pages."""
    people.choose_keys(current_user, request.form.get("keys") == "on")
    flash(_("Ihre Auswahl ist gespeichert."), "success")
    return redirect(safe_next(request.form.get("next")), 303)


@bp.route("/email/<token>", methods=["GET", "POST"])
@public
def confirm_email(token: str) -> ResponseReturnValue:
    """The link in the new mailbox: looking at it changes nothing, the button confirms the address."""
    found = changing_email.find_email_link(token)
    if found is None:
        return _dead_link(token)
    message = ""
    if request.method == "POST":
        try:
            return _confirm(token)
        except Missing:  # used in another window a moment ago
            return _dead_link(token)
        except Refused as error:
            message = error.message
    user, address = found
    values = {"user": user, "email": address, "message": message, "map_big": draw_member_map()}
    return render_template("accounts/confirm_email.html", **values), 409 if message else 200


def _confirm(token: str) -> ResponseReturnValue:
    is_signed_in = current_user.is_authenticated
    user = changing_email.confirm_email(token, current_user.session_id if is_signed_in else None)
    flash(_("Ihre neue Adresse gilt: %(email)s. Auf anderen Geräten sind Sie abgemeldet.", email=user.email), "success")
    return redirect(url_for("accounts.email" if is_signed_in else "accounts.sign_in"), 303)


def _dead_link(token: str) -> ResponseReturnValue:
    link = queries.find_link(token)
    html = render_template("accounts/link_over.html", link=link, map_big=draw_member_map())
    return html, 404 if link is None else 410
