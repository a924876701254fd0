"""Who may do what, for the office: the table that is in force, not a description of it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from hub.accounts.models import ROLE_LABELS
from hub.accounts.rights import tell_rights
from hub.accounts.views.blueprint import bp
from hub.core.permissions import Permission
from hub.web.guard import requires


@bp.get("/people/rights")
@requires(Permission.RIGHTS_SEE)
def rights() -> ResponseReturnValue:
    """Role × action × state."""
    return render_template("accounts/rights.html", actions=list(tell_rights()), roles=list(ROLE_LABELS.values()))
