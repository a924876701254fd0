"""The own account: name, and where the rest is."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.accounts import queries
from hub.accounts.forms import NameForm
from hub.accounts.models import ROLE_LABELS
from hub.accounts.service import people
from hub.accounts.views.blueprint import bp
from hub.accounts.views.ways import other_ways
from hub.core.permissions import Permission, Role
from hub.web.guard import requires
from hub.web.parked import parked_form


@bp.route("/account", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_OWN)
def own() -> ResponseReturnValue:
    """The own account; sending the form changes the name."""
    waiting = parked_form()
    user = queries.get_own_user(current_user)
    form = NameForm(waiting or request.form, name=user.name)
    if request.method == "POST" and form.validate():
        people.change_own_name(current_user, form.name.data or "")
        flash(_("Ihr Name ist geändert."), "success")
        return redirect(url_for("accounts.own"), 303)
    role = ROLE_LABELS[Role(user.role)]
    html = render_template("accounts/own.html", user=user, role=role, name_form=form, ways=other_ways())
    return html, 422 if form.errors else 200
