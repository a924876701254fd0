"""The office's pages about links: all verdicts, one link with its tries, and what is decided."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from hub.core import clock
from hub.core.actor import Actor
from hub.core.errors import Refused
from hub.core.paging import page_number
from hub.core.permissions import Permission
from hub.linkcare import choosing, many, proposing, queries
from hub.linkcare.models import State
from hub.linkcare.outcomes import LABELS, LOOKS, REASONS, Outcome
from hub.undoing.telling import flash_notes
from hub.undoing.working import IN_REQUEST
from hub.web.guard import requires, safe_next

bp = Blueprint("linkcare", __name__, url_prefix="/links")
LIST_LABELS = {
    queries.OPEN: _l("Zu entscheiden"),
    queries.CONFIRMED: _l("Bestätigt"),
    queries.DISMISSED: _l("Für in Ordnung erklärt"),
    queries.ALL: _l("Alle Links"),
    **{outcome.value: label for outcome, label in LABELS.items()},
}
STATE_LABELS = {
    State.OPEN: _l("wartet auf Entscheidung"),
    State.CONFIRMED: _l("Befund bestätigt"),
    State.DISMISSED: _l("für in Ordnung erklärt"),
    State.MENDED: _l("ersetzt"),
}


@bp.get("")
@requires(Permission.ENTRY_REVIEW)
def overview() -> ResponseReturnValue:
    """Links by ?show=, and how the checker stands."""
    wanted = request.args.get("show", "")
    which = wanted if wanted in queries.LISTS else queries.OPEN
    actor = current_user._get_current_object()
    lines, page = queries.find_links(actor, which, page_number(request.args.get("page")))
    return render_template(
        "linkcare/overview.html",
        lines=lines,
        page=page,
        which=which,
        counts=queries.count_by_list(actor),
        standing=queries.get_standing(actor),
        list_labels=LIST_LABELS,
        bulk=_bulk_deeds(lines),
        now=clock.now().isoformat(),
        page_url=lambda number: url_for("linkcare.overview", show=which, page=number if number > 1 else None),
        **_words(),
    )


@bp.get("/<int:link_id>")
@requires(Permission.ENTRY_REVIEW)
def link(link_id: int) -> ResponseReturnValue:
    """One link: the verdict, what can be done, and every try."""
    actor = current_user._get_current_object()
    line, tries = queries.get_line(actor, link_id)
    standing = queries.get_standing(actor)
    return render_template("linkcare/link.html", line=line, tries=tries, standing=standing, reasons=REASONS, **_words())


@bp.post("/settle")
@requires(Permission.ENTRY_REVIEW)
def settle() -> ResponseReturnValue:
    """Do ?deed to the links that are ticked, or to ?every of the list; ``deed:number:version`` names one alone."""
    actor, target = current_user._get_current_object(), request.form.get("next")
    back = safe_next(target) if target else url_for("linkcare.overview")
    try:
        deed, chosen = _wanted(actor)
        _say_what_stays(chosen)
        if len(chosen.pairs) > IN_REQUEST:
            number = many.do_later(actor, deed, chosen.pairs, back)
            return redirect(url_for("undoing.task", task_id=number), 303)
        if chosen.pairs:
            flash_notes(many.do(actor, deed, chosen.pairs), url_for("linkcare.overview"))
    except Refused as error:
        flash(error.message or _("Diese Aktion gibt es nicht."), "warning")
    return redirect(back, 303)


def _wanted(actor: Actor) -> tuple[str, choosing.Chosen]:
    """The deed and the links it is for, with the versions that the page showed."""
    deed, _colon, alone = request.form.get("deed", "").partition(":")
    if request.form.get("every") and not alone:
        until = clock.moment_of(request.form.get("until", ""))
        return deed, choosing.choose_every(actor, request.form.get("show", ""), deed, until)
    return deed, choosing.choose_ticked([alone] if alone else request.form.getlist("chosen"))


def _say_what_stays(chosen: choosing.Chosen) -> None:
    if chosen.others:
        text = ngettext(
            "Eine Zeile bietet das nicht an und bleibt.",
            "%(num)s Zeilen bieten das nicht an und bleiben.",
            chosen.others,
        )
        flash(text, "info")
    if chosen.newer:
        text = ngettext(
            "Ein Link ist inzwischen neu geprüft oder entschieden und bleibt.",
            "%(num)s Links sind inzwischen neu geprüft oder entschieden und bleiben.",
            chosen.newer,
        )
        flash(text, "info")


def _bulk_deeds(lines: list[queries.Line]) -> list[dict[str, Any]]:
    """What can be done with several at once: whatever fits one of the links of the page."""
    keys = {deed.key for line in lines for deed in line.deeds}
    return [
        {"name": "deed", "value": deed.key, "label": deed.label, "icon": deed.icon, "danger": False}
        for deed in proposing.DEEDS.values()
        if deed.key in keys
    ]


def _words() -> dict[str, Any]:
    return {"labels": LABELS, "looks": LOOKS, "state_labels": STATE_LABELS, "broken": Outcome}
