"""The search page."""

from dataclasses import replace
from functools import partial

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_login import current_user

from hub.core.permissions import Permission
from hub.entries.queries.vocabulary import kept_names
from hub.search.forms import SearchForm
from hub.search.offering import find_offers
from hub.search.service.misses import count_miss, is_miss
from hub.search.shown import Shown
from hub.web.afterwards import afterwards
from hub.web.guard import requires

bp = Blueprint("search", __name__)


@bp.get("/search")
@requires(Permission.ENTRY_READ)
def results() -> ResponseReturnValue:
    """Hits for a text and filters; without either the newest entries."""
    actor = current_user._get_current_object()
    form = SearchForm.read(request.args)
    if "tag" in form.filters:  # an old address may name a keyword that has another name now
        form = replace(form, filters=form.filters | {"tag": kept_names(form.filters["tag"])})
    shown = Shown(actor, form)
    if is_miss(shown.wanted, shown.found):
        afterwards(partial(count_miss, actor, shown.wanted.text, shown.found.total))
    return render_template("search/results.html", shown=shown, form=shown.form, found=shown.found)


@bp.get("/search/suggest")
@requires(Permission.ENTRY_READ)
def suggest() -> ResponseReturnValue:
    """What fits the text so far, as a piece of a page; 204 when there is nothing to offer."""
    offers = find_offers(current_user._get_current_object(), request.args.get("q", ""))
    if not offers:
        return "", 204
    said = ngettext("%(num)s Vorschlag", "%(num)s Vorschläge", len(offers))
    return render_template("search/_suggest.html", offers=offers, said=said)
