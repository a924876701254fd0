"""The search page."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from hub.core.permissions import Permission
from hub.search.forms import SearchForm
from hub.search.shown import Shown
from hub.web.guard import requires

bp = Blueprint("search", __name__)


@bp.get("/search")
@requires(Permission.ENTRY_READ)
def results() -> ResponseReturnValue:
    """Hits for a text and filters; without either the newest entries."""
    shown = Shown(current_user._get_current_object(), SearchForm.read(request.args))
    return render_template("search/results.html", shown=shown, form=shown.form, found=shown.found)
