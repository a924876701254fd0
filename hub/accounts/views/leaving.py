"""Going: closing an account with a successor, and the yearly question who still belongs to an organisation."""

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts import queries, sessions
from hub.accounts.forms import LeaveForm
from hub.accounts.models import ROLE_LABELS, User
from hub.accounts.service import leaving as service
from hub.accounts.service import reviewing
from hub.accounts.views.blueprint import bp
from hub.accounts.views.people import PERSON
from hub.core.errors import Refused
from hub.core.permissions import Permission, Role
from hub.web.flashes import flash_with_undo
from hub.web.guard import fresh_sign_in_to_send, requires
from hub.web.headers import clear_browser_data


@bp.route(f"{PERSON}/close", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
def close(user_id: int) -> ResponseReturnValue:
    """A person goes; somebody is chosen who takes over."""
    user = queries.get_user(current_user, user_id)
    form = _form(user)
    if request.method == "POST" and form.validate():
        name = user.name
        try:
            successor = service.close_account(current_user, user, form.successor.data)
        except Refused as error:
            form.form_errors.append(error.message)
        else:
            _tell(name, user_id, successor)
            return redirect(url_for("accounts.person", user_id=user_id), 303)
    return _page(form, queries.get_user(current_user, user_id), is_own=False)


@bp.route("/account/close", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
@fresh_sign_in_to_send
def close_own() -> ResponseReturnValue:
    """Going oneself; afterwards nobody is signed in."""
    user = queries.get_own_user(current_user)
    form = _form(user)
    if request.method == "POST" and form.validate():
        try:
            service.close_account(current_user, user, form.successor.data)
        except Refused as error:
            form.form_errors.append(error.message)
        else:
            sessions.forget_in_answer()
            session.clear()
            flash(_("Ihr Konto ist geschlossen. Danke für alles, was Sie beigetragen haben."), "success")
            return clear_browser_data(make_response(redirect(url_for("accounts.sign_in"), 303)))
    return _page(form, queries.get_own_user(current_user), is_own=True)


@bp.post(f"{PERSON}/reopen")
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
def reopen(user_id: int) -> ResponseReturnValue:
    """Undo a leaving."""
    user = queries.get_user(current_user, user_id)
    service.reopen_account(current_user, user)
    flash(_("Das Konto von %(name)s ist wieder offen.", name=user.name), "success")
    return redirect(url_for("accounts.person", user_id=user_id), 303)


@bp.get("/people/review")
@requires(Permission.ACCOUNT_TEND)
def review() -> ResponseReturnValue:
    """Sind das noch Ihre Leute? One click for each."""
    return render_template(
        "accounts/review.html",
        people=reviewing.find_people(current_user),
        said_at=reviewing.said_at,
        is_due=reviewing.is_due,
        role_labels=ROLE_LABELS,
        own_id=current_user.id,
        organisation=current_user.organisation_name,
    )


@bp.post(f"{PERSON}/stays")
@requires(Permission.ACCOUNT_TEND)
def stays(user_id: int) -> ResponseReturnValue:
    """The person still belongs here."""
    user = queries.get_user(current_user, user_id)
    service.confirm_staying(current_user, user)
    flash(_("%(name)s bleibt.", name=user.name), "success")
    return redirect(url_for("accounts.review"), 303)


@bp.post(f"{PERSON}/leaves")
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
def leaves(user_id: int) -> ResponseReturnValue:
    """The person has gone: the account is closed, whoever is likeliest takes over, and it can be undone."""
    user = queries.get_user(current_user, user_id)
    name = user.name
    try:
        _tell(name, user_id, service.close_account(current_user, user))
    except Refused as error:
        flash(error.message, "error")
    return redirect(url_for("accounts.review"), 303)


def _tell(name: str, user_id: int, successor: User) -> None:
    text = _(
        "Das Konto von %(name)s ist geschlossen. Die Einträge übernimmt %(successor)s.",
        name=name,
        successor=successor.name,
    )
    flash_with_undo(text, url_for("accounts.reopen", user_id=user_id))


def _form(user: User) -> LeaveForm:
    found = service.find_successors(user)
    return LeaveForm(request.form, [(one.id, f"{one.name} ({ROLE_LABELS[Role(one.role)]})") for one in found])


def _page(form: LeaveForm, user: User, is_own: bool) -> ResponseReturnValue:
    html = render_template("accounts/close.html", form=form, user=user, is_own=is_own)
    return html, 422 if form.errors else 200
