"""Answering whether entries still hold, the list of the spring clean, and what the office keeps of it."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.actor import require
from hub.core.db import db
from hub.core.errors import Missing, Refused
from hub.core.permissions import Permission
from hub.entries import policy as entry_policy
from hub.entries import queries as entries
from hub.entries.models import KIND_LABELS, Kind
from hub.entries.queries.meant import find_meant, number_of
from hub.entries.service import dating
from hub.freshness import queries, service
from hub.freshness.models import ANSWER_LABELS, Answer
from hub.freshness.queries import Line
from hub.web.flashes import flash_with_undo
from hub.web.guard import requires, safe_next

bp = Blueprint("freshness", __name__)
ONE_CLICK = (Answer.HOLDS, Answer.OUTDATED, Answer.LATER)
LINE_LENGTH, NOTE_LENGTH = 300, 2000


@bp.post("/entries/<int:entry_id>/check/<answer>")
@requires(Permission.ENTRY_CHECK)
def answer(entry_id: int, answer: str) -> ResponseReturnValue:
    """One click: still right, outdated, or later; ?version= is the one the page showed, ?next= where to go on."""
    if answer not in ONE_CLICK:
        raise Missing
    version = request.args.get("version", 0, type=int)
    given = service.answer_entry(current_user._get_current_object(), entry_id, Answer(answer), version)
    flash_with_undo(_said(given.answer), url_for("freshness.undo", answer_id=given.id, next=_target(entry_id)))
    return redirect(_target(entry_id), 303)


@bp.route("/entries/<int:entry_id>/replace", methods=["GET", "POST"])
@requires(Permission.ENTRY_CHECK)
def replace(entry_id: int) -> ResponseReturnValue:
    """Choose the entry that replaces this one, by words, number or address."""
    entry = entries.get_entry(current_user, entry_id)
    require(entry_policy.may_check(current_user, entry))
    error, status = "", 200
    if request.method == "POST":
        named = request.form.get("successor", "")[:LINE_LENGTH]
        note, version = request.form.get("note", "")[:NOTE_LENGTH], request.form.get("version", 0, type=int)
        try:
            given = service.answer_entry(
                current_user._get_current_object(), entry_id, Answer.REPLACED, version, note, number_of(named)
            )
        except Refused as refused:
            error, status = refused.message, 422
        else:
            flash_with_undo(_said(given.answer), url_for("freshness.undo", answer_id=given.id, next=_target(entry_id)))
            return redirect(_target(entry_id), 303)
    text = request.args.get("q", "")[:LINE_LENGTH]
    found = find_meant(current_user, entry_id, text)
    page = render_template("freshness/replace.html", entry=entry, text=text, found=found, error=error, next=_next())
    return page, status


@bp.post("/checks/<int:answer_id>/undo")
@requires(Permission.ENTRY_CHECK)
def undo(answer_id: int) -> ResponseReturnValue:
    """Take an answer back."""
    given = service.undo_answer(current_user._get_current_object(), answer_id)
    flash(_("Rückgängig gemacht."), "success")
    return redirect(_target(given.entry_id), 303)


@bp.get("/spring-clean")
@requires(Permission.ENTRY_CHECK)
def spring_clean() -> ResponseReturnValue:
    """The list of the person's organisation."""
    clean, lines = queries.find_list(current_user)
    answered = [line for line in lines if line.answer]
    return render_template(
        "freshness/spring_clean.html",
        clean=clean,
        lines=lines,
        answered=len(answered),
        labels=ANSWER_LABELS,
        next_open=_next_open(lines),
    )


@bp.route("/freshness", methods=["GET", "POST"])
@requires(Permission.ENTRY_REVIEW)
def overview() -> ResponseReturnValue:
    """The periods of the kinds, and how far organisations are with their lists."""
    months: dict[str, Any] = {kind.value: wait for kind, wait in _stored().items()}
    error = ""
    if request.method == "POST":
        typed = {kind: request.form.get(f"months_{kind.value}", "").strip()[:9] for kind in KIND_LABELS}
        try:
            service.keep_presets(current_user, {kind: _number(text) for kind, text in typed.items()})
        except Refused as refused:
            error, months = refused.message, {kind.value: text for kind, text in typed.items()}
        else:
            flash(_("Die Fristen gelten ab jetzt für alles, was veröffentlicht oder geprüft wird."), "success")
            return redirect(url_for("freshness.overview"), 303)
    page = render_template(
        "freshness/overview.html",
        kinds=KIND_LABELS,
        months=months,
        error=error,
        progress=queries.find_progress(current_user),
    )
    return page, 422 if error else 200


def _next_open(lines: Sequence[Line]) -> dict[int, int]:
    """For each entry the one that a keyboard goes on with: the next without an answer, or else itself."""
    found: dict[int, int] = {}
    following = None
    for line in reversed(lines):
        found[line.entry_id] = following or line.entry_id
        following = following if line.answer else line.entry_id
    return found


def _stored() -> dict[Kind, int | None]:
    found = dating.months_by_kind(db.session())
    return {kind: found.get(kind.value) for kind in KIND_LABELS}


def _number(text: str) -> int | None:
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() else 0


def _next() -> str:
    target = request.args.get("next")
    return safe_next(target) if target else ""


def _target(entry_id: int) -> str:
    return _next() or url_for("entries.show", entry_id=entry_id)


def _said(given: str) -> str:
    if given == Answer.HOLDS:
        return _("Vielen Dank. Der Eintrag ist als geprüft vermerkt.")
    if given == Answer.LATER:
        return _("Notiert: Sie kümmern sich später.")
    if given == Answer.REPLACED:
        return _("Der Eintrag ist als überholt markiert und verweist auf seinen Ersatz.")
    return _("Der Eintrag ist als überholt markiert.")
