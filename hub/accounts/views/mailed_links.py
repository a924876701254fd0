"""Asking for a link by mail: to sign in without a password, or for a new one."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts.mail_forms import AddressForm
from hub.accounts.service import mailed_links
from hub.accounts.views.blueprint import bp
from hub.accounts.views.signing_in import draw_member_map
from hub.core.errors import Missing
from hub.mailing.service import is_configured
from hub.web.guard import public, safe_next

SECONDS_TO_WAIT = 300


@bp.route("/login/link", methods=["GET", "POST"])
@public
def ask_for_link() -> ResponseReturnValue:
    """One address, two buttons; the answer is the same whether or not there is an account."""
    if current_user.is_authenticated:
        return redirect(safe_next(None), 303)
    if not is_configured():
        raise Missing
    form = AddressForm(request.form)
    if request.method == "GET" or not form.validate():
        return _page(form, 422 if form.errors else 200)
    purpose = request.form.get("purpose", "sign_in")
    if not mailed_links.ask_for_link(form.email.data or "", purpose, request.remote_addr or ""):
        form.form_errors.append(_("Es wurden zu viele Links angefordert. Bitte warten Sie fünf Minuten."))
        response = make_response(_page(form, 429))
        response.headers["Retry-After"] = str(SECONDS_TO_WAIT)
        return response
    return redirect(url_for("accounts.ask_for_link", sent=purpose), 303)


def _page(form: AddressForm, status: int) -> tuple[str, int]:
    sent = request.args.get("sent", "")
    return render_template("accounts/ask_for_link.html", form=form, sent=sent, map_big=draw_member_map()), status
