"""The own links with providers."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.errors import Refused
from hub.core.permissions import Permission
from hub.federating import queries
from hub.federating.service import linking
from hub.federating.views.blueprint import bp
from hub.web.guard import requires


@bp.get("/account/sign-ons")
@requires(Permission.ACCOUNT_OWN)
def own() -> ResponseReturnValue:
    """Which providers are linked with the own account, and which can be."""
    return render_template("federating/own.html", ways=queries.find_own_ways(current_user))


@bp.post("/account/sign-ons/identities/<int:identity_id>/unlink")
@requires(Permission.ACCOUNT_OWN)
def unlink(identity_id: int) -> ResponseReturnValue:
    """Part the own account and an identity."""
    try:
        linking.unlink(current_user, identity_id)
    except Refused as error:
        flash(error.message, "error")
    else:
        flash(_("Die Verbindung ist gelöst. Auf diesem Weg kommt niemand mehr in Ihr Konto."), "success")
    return redirect(url_for("federating.own"), 303)
