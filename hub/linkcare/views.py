"""The office's pages about links: all verdicts, one link with its tries, and what is decided."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from hub.core.errors import Refused
from hub.core.findings import Settled
from hub.core.paging import page_number
from hub.core.permissions import Permission
from hub.linkcare import proposing, queries, service
from hub.linkcare.models import State
from hub.linkcare.outcomes import LABELS, LOOKS, REASONS, Outcome
from hub.web.flashes import flash_with_undo
from hub.web.guard import requires, safe_next

bp = Blueprint("linkcare", __name__, url_prefix="/links")
CHECK, MOST_CHOSEN, MOST_TITLES = "check", 500, 10
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
    """Do ?deed to the links that are ticked; ``deed:number:version`` names one alone."""
    deed, chosen = _wanted()
    actor = current_user._get_current_object()
    try:
        if not chosen:
            raise Refused(_("Bitte wählen Sie mindestens einen Link aus."))
        if len(chosen) > MOST_CHOSEN:
            raise Refused(_("Bitte wählen Sie höchstens %(most)s Links auf einmal.", most=MOST_CHOSEN))
        if deed == CHECK:
            count = service.check_now(actor, [number for number, _version in chosen])
            text = "%(num)s Link wird geprüft, sobald seine Website an der Reihe ist.", "%(num)s Links werden geprüft."
            flash(ngettext(*text, count), "success")
        else:
            _tell(deed, service.settle(actor, deed, chosen))
    except Refused as error:
        flash(error.message, "warning")
    target = request.form.get("next")
    return redirect(safe_next(target) if target else url_for("linkcare.overview"), 303)


def _wanted() -> tuple[str, list[tuple[int, int]]]:
    """The deed and the links it is for, with the versions that the page showed."""
    deed, _colon, alone = request.form.get("deed", "").partition(":")
    return deed, list(_pairs([alone] if alone else request.form.getlist("chosen")))


def _pairs(texts: Iterable[str]) -> Iterable[tuple[int, int]]:
    for text in texts:
        number, _colon, version = text.partition(":")
        if all(part.isascii() and part.isdigit() and len(part) < 10 for part in (number, version)):
            yield int(number), int(version)


def _tell(deed: str, done: Settled) -> None:
    if done.undo_id is not None:
        label = proposing.DEEDS[deed].label
        text = _("%(label)s: %(count)s.", label=label, count=done.count)
        flash_with_undo(text, url_for("undoing.undo", action_id=done.undo_id, next=url_for("linkcare.overview")))
    if done.conflicts:
        left = "; ".join(done.conflicts[:MOST_TITLES])
        flash(_("Inzwischen anders, deshalb nicht angetastet: %(titles)s", titles=left), "warning")


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
