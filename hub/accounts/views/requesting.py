"""Asking for access, and deciding about it. Offered only where letters leave: the link to the address is the proof."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts.forms import RequestForm
from hub.accounts.service import requesting as service
from hub.accounts.service import terms
from hub.accounts.views.blueprint import bp
from hub.accounts.views.signing_in import draw_member_map
from hub.core.errors import Missing, Refused
from hub.core.permissions import Permission
from hub.mailing import service as mailing
from hub.web.guard import fresh_sign_in_to_send, public, requires

REQUEST = "/people/requests/<int:request_id>"


@bp.route("/request", methods=["GET", "POST"])
@public
def ask_for_access() -> ResponseReturnValue:
    """The form; whatever the address, the answer is the same."""
    _refuse_without_mail()
    form = RequestForm(request.form)
    version = terms.current_version()
    if request.method == "POST" and form.validate():
        if form.terms.data == version:
            email, name = form.email.data or "", form.name.data or ""
            service.ask(email, name, request.remote_addr or "", str(get_locale()), version)
            return render_template("accounts/requested.html", email=email, map_big=draw_member_map())
        form.form_errors.append(_("Die Nutzungsbedingungen haben sich gerade geändert. Bitte lesen Sie sie."))
    form.terms.data, form.terms.raw_data = version, None
    html = render_template("accounts/request.html", form=form, map_big=draw_member_map())
    return html, 422 if form.errors else 200


@bp.route("/request/<token>", methods=["GET", "POST"])
@public
def confirm_request(token: str) -> ResponseReturnValue:
    """The link in the letter: looking changes nothing, the button confirms."""
    found = service.find_unconfirmed(token)
    if request.method == "POST":
        try:
            service.confirm(token)
        except Missing:
            found = None
        else:
            return render_template("accounts/request_link.html", state="done", map_big=draw_member_map())
    state = "over" if found is None else "open"
    html = render_template("accounts/request_link.html", state=state, asked=found, map_big=draw_member_map())
    return html, 404 if found is None else 200


@bp.get("/people/requests")
@requires(Permission.ACCOUNT_TEND)
def requests() -> ResponseReturnValue:
    """Who waits for a decision."""
    return render_template("accounts/requests.html", rows=service.find_requests(current_user))


@bp.post(f"{REQUEST}/approve")
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
def approve_request(request_id: int) -> ResponseReturnValue:
    """Let the person in."""
    try:
        user = service.approve(current_user, request_id)
    except Refused as error:
        flash(error.message, "error")
    else:
        flash(_("%(name)s erhält einen Link per Mail.", name=user.name), "success")
    return redirect(url_for("accounts.requests"), 303)


@bp.post(f"{REQUEST}/decline")
@requires(Permission.ACCOUNT_TEND)
@fresh_sign_in_to_send
def decline_request(request_id: int) -> ResponseReturnValue:
    """Say no, with a reason if there is one to tell."""
    name = service.decline(current_user, request_id, request.form.get("reason", "")[:500])
    flash(_("Der Antrag von %(name)s ist abgelehnt. Die Person erhält eine E-Mail.", name=name), "success")
    return redirect(url_for("accounts.requests"), 303)


def _refuse_without_mail() -> None:
    if not mailing.is_configured():
        raise Missing
