"""Beginning: accepting an invitation, and agreeing to terms of use that have changed."""

from collections.abc import Callable

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from hub.accounts import queries
from hub.accounts.forms import AcceptForm, TermsForm
from hub.accounts.service import inviting, terms
from hub.accounts.views.blueprint import bp
from hub.core.errors import Refused
from hub.core.permissions import Permission
from hub.web.guard import SAFE_METHODS, before_set_up, here, requires, safe_next

OPEN_WITHOUT_TERMS = {
    "accounts.agree_to_terms",
    "accounts.confirm",
    "accounts.close_own",
    "pages.show",
    "accounts.kept",
}


def accept(
    token: str, found: queries.Link, enter: Callable[..., ResponseReturnValue], map_big: Markup
) -> ResponseReturnValue:
    """The page behind an invitation; the view of one-time links calls it and says how people are let in."""
    version = terms.current_version()
    needs_agreement = found.user.terms_version < version
    form = AcceptForm(request.form, needs_agreement, name=found.user.name)
    if request.method == "POST" and form.validate():
        try:
            done = inviting.accept_invitation(
                token, form.name.data or "", form.new_password.data or "", form.terms.data or 0
            )
        except Refused as error:
            form.new_password.errors = [error.message]
        else:
            if done is not None:
                return enter(done, safe_next(None))
            form.form_errors.append(_("Die Nutzungsbedingungen haben sich gerade geändert. Bitte lesen Sie sie."))
    form.terms.data, form.terms.raw_data = version, None
    html = render_template(
        "accounts/accept.html", form=form, user=found.user, needs_agreement=needs_agreement, map_big=map_big
    )
    return html, 422 if form.errors else 200


@bp.route("/terms", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
@before_set_up
def agree_to_terms() -> ResponseReturnValue:
    """The terms of use, with a tick for those who have not agreed to them yet."""
    target = safe_next(request.values.get("next"))
    form = TermsForm(request.form)
    if request.method == "POST" and form.validate():
        if terms.accept_own(current_user, form.terms.data or 0):
            flash(_("Danke. Ihre Zustimmung ist vermerkt."), "success")
            return redirect(target, 303)
        form.form_errors.append(_("Die Nutzungsbedingungen haben sich gerade geändert. Bitte lesen Sie sie."))
    form.terms.data, form.terms.raw_data = terms.current_version(), None
    html = render_template("accounts/terms.html", form=form, owes=current_user.owes_terms, target=target)
    return html, 422 if form.errors else 200


@bp.before_app_request
def ask_for_agreement() -> ResponseReturnValue | None:
    """Before any other page: terms that everybody has to agree to. What is being sent at this moment still arrives."""
    if request.method not in SAFE_METHODS or not current_user.is_authenticated or not current_user.owes_terms:
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    if request.endpoint in OPEN_WITHOUT_TERMS or getattr(view, "is_public", False):
        return None
    return redirect(url_for("accounts.agree_to_terms", next=here()), 303)
