"""The office looks into the search: why something is found, and what was not."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.errors import Missing
from hub.core.paging import page_number
from hub.core.permissions import Permission
from hub.core.text import clean_line
from hub.indexing.errors import IndexUnusable
from hub.search.explaining import Account, explain_hit, zone_weights
from hub.search.forms import LONGEST_TEXT
from hub.search.misses import find_misses
from hub.search.service.misses import dismiss_miss
from hub.web.guard import requires

bp = Blueprint("inspecting", __name__)
LARGEST_ID = 2**31 - 1


@bp.get("/search/explain")
@requires(Permission.SEARCH_INSPECT)
def explain() -> ResponseReturnValue:
    """Why an entry stands where it stands for a search, and how the order comes about in general."""
    text = clean_line(request.args.get("q", ""))[:LONGEST_TEXT]
    entry = request.args.get("entry", "").strip().lstrip("#")
    account, problem = _account(text, entry)
    return render_template(
        "search/explain.html", text=text, entry=entry[:12], account=account, problem=problem, zones=zone_weights()
    )


@bp.get("/search/misses")
@requires(Permission.SEARCH_INSPECT)
def misses() -> ResponseReturnValue:
    """What was searched for in vain, at least twice."""
    found, page = find_misses(page_number(request.args.get("page")))
    return render_template(
        "search/misses.html",
        misses=found,
        page=page,
        page_url=lambda number: url_for("inspecting.misses", page=number if number > 1 else None),
        may_edit=current_user.may(Permission.THESAURUS_EDIT),
    )


@bp.post("/search/misses/dismiss")
@requires(Permission.SEARCH_INSPECT)
def dismiss() -> ResponseReturnValue:
    """Take a search off the list."""
    dismiss_miss(current_user._get_current_object(), request.form.get("fingerprint", ""))
    flash(_("Die Suche steht nicht mehr auf der Liste. Wird sie wieder zweimal gestellt, kommt sie zurück."), "success")
    return redirect(url_for("inspecting.misses"), 303)


def _account(text: str, entry: str) -> tuple[Account | None, str]:
    """The account, or what is missing for one, in words."""
    if not text or not entry:
        return None, ""
    if not (entry.isascii() and entry.isdigit()) or int(entry[:12]) > LARGEST_ID:
        return None, _("Die Nummer eines Eintrags steht am Ende seiner Adresse; sie besteht nur aus Ziffern.")
    try:
        return explain_hit(current_user._get_current_object(), text, int(entry)), ""
    except Missing:
        return None, _("Diesen Eintrag gibt es in der Suche nicht. Gesucht wird nur in veröffentlichten Einträgen.")
    except IndexUnusable:
        return None, _("Der Suchindex wird gerade neu aufgebaut. Bitte versuchen Sie es in einer Minute noch einmal.")
