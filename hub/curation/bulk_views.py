"""Many entries at once: the table, the sheet, the preview, its progress and its result."""

import tempfile

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from hub.core import clock
from hub.core.errors import Refused
from hub.core.paging import page_number
from hub.core.permissions import Permission
from hub.curation import bulk_queries as queries
from hub.curation import bulk_service as service
from hub.curation.bulk_forms import FilterForm, SheetForm, WishForm
from hub.curation.models import BulkChange, BulkState
from hub.curation.sheets import Sheet, read_sheet, write_sheet
from hub.curation.wishes import Known, NotPossible
from hub.entries.models import KIND_LABELS
from hub.fetching.extract.result import Unreadable
from hub.fetching.extract.running import read_rows
from hub.web.filters import number as written
from hub.web.flashes import flash_with_undo
from hub.web.guard import requires, takes_files

bp = Blueprint("bulk", __name__, url_prefix="/bulk")
MOST_MB = 8
MOST_SHEET_BYTES = MOST_MB * 1024 * 1024
LARGEST = 2**31 - 1
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOVING = (BulkState.WAITING, BulkState.RUNNING)


@bp.get("")
@requires(Permission.ENTRY_REVIEW)
def table() -> ResponseReturnValue:
    """Published entries with filters; picked ones change together."""
    known = queries.find_known()
    return _table_page(known, WishForm(None, known))


@bp.post("/preview")
@requires(Permission.ENTRY_REVIEW)
def preview() -> ResponseReturnValue:
    """Work out what changes in each picked entry; the table again when something is missing."""
    known = queries.find_known()
    form = WishForm(request.form, known)
    if form.validate():
        try:
            filters, picked = _picked(known)
            back = url_for("bulk.table", page=_page_of_table(), **filters.told)
            number = service.plan_by_table(current_user._get_current_object(), form.wish(), picked, back)
            return redirect(url_for("bulk.change", change_id=number), 303)
        except Refused as error:
            form.form_errors.append(error.message)
    return _table_page(known, form), 422


@bp.post("/export")
@requires(Permission.ENTRY_REVIEW)
def export() -> ResponseReturnValue:
    """The picked entries as a spreadsheet."""
    known = queries.find_known()
    picked = _picked(known)[1]
    if not picked:
        form = WishForm(None, known)
        form.form_errors.append(_("Bitte wählen Sie mindestens einen Eintrag."))
        return _table_page(known, form), 422
    states = service.list_entries(current_user._get_current_object(), list(picked))
    answer = Response(write_sheet(states, known), mimetype=XLSX)
    answer.headers["Content-Disposition"] = f"attachment; filename=eintraege-{clock.today().isoformat()}.xlsx"
    return answer


@bp.route("/sheet", methods=["GET", "POST"])
@requires(Permission.ENTRY_REVIEW)
@takes_files
def sheet() -> ResponseReturnValue:
    """Take a sheet back and show how it differs."""
    form = SheetForm(request.form)
    file = request.files.get("file")
    if request.method == "POST":
        try:
            content = file.stream.read(MOST_SHEET_BYTES + 1) if file is not None else b""
            number = service.plan_by_sheet(current_user._get_current_object(), _read(content), url_for("bulk.sheet"))
            return redirect(url_for("bulk.change", change_id=number), 303)
        except (Refused, NotPossible) as error:
            form.file.errors = [str(error)]
    page = render_template("curation/sheet.html", form=form, most_mb=MOST_MB)
    return page, 422 if form.errors else 200


@bp.get("/<int:change_id>")
@requires(Permission.ENTRY_REVIEW)
def change(change_id: int) -> ResponseReturnValue:
    """The preview; while it is done its progress, then its result."""
    found = queries.get_change(current_user._get_current_object(), change_id)
    if found.state in MOVING:
        return render_template("curation/progress.html", change=found)
    shown = "left" if request.args.get("show") == "left" or not found.row_count else "rows"
    rows, page = queries.find_rows(found, shown == "left", page_number(request.args.get("page")))
    return render_template(
        "curation/change.html",
        change=found,
        rows=rows,
        page=page,
        shown=shown,
        page_url=lambda number: url_for(
            "bulk.change",
            change_id=change_id,
            page=number if number > 1 else None,
            show="left" if shown == "left" else None,
        ),
    )


@bp.get("/<int:change_id>/progress")
@requires(Permission.ENTRY_REVIEW)
def progress(change_id: int) -> ResponseReturnValue:
    """How far it is, for script."""
    found = queries.get_change(current_user._get_current_object(), change_id)
    return {"moves": found.state in MOVING, "text": progress_text(found), "done": found.done_count}


@bp.post("/<int:change_id>/apply")
@requires(Permission.ENTRY_REVIEW)
def apply(change_id: int) -> ResponseReturnValue:
    """Do it."""
    done = service.start_change(current_user._get_current_object(), change_id)
    if done.state == BulkState.DONE and done.action_id is not None:
        text = ngettext("%(num)s Eintrag geändert.", "%(num)s Einträge geändert.", done.changed_count)
        here = url_for("bulk.change", change_id=change_id)
        flash_with_undo(text, url_for("undoing.undo", action_id=done.action_id, next=done.back or here))
        if not done.left and not done.problem_count and done.back:
            return redirect(done.back, 303)
    elif done.state == BulkState.FAILED:
        flash(done.error, "error")
    return redirect(url_for("bulk.change", change_id=change_id), 303)


@bp.app_template_global("bulk_progress")
def progress_text(change: BulkChange) -> str:
    """How far it is, in words."""
    if change.state == BulkState.WAITING:
        return _("Gleich geht es los …")
    read, every = written(change.done_count), written(change.row_count)
    if change.done_count < change.row_count:
        return _("%(done)s von %(all)s Einträgen gelesen …", done=read, all=every)
    return _("Alle %(all)s Einträge sind gelesen und werden jetzt zusammen geschrieben …", all=every)


def _table_page(known: Known, form: WishForm) -> str:
    wanted = FilterForm(request.args, known)
    filters = wanted.filters_()
    found = queries.find_table(current_user._get_current_object(), filters, _page_of_table() or 1)
    chosen = {_pick(value)[0] for value in request.form.getlist("pick")}
    return render_template(
        "curation/table.html",
        filter_form=wanted,
        filters=filters.told,
        form=form,
        found=found,
        known=known,
        kind_labels=KIND_LABELS,
        chosen=chosen,
        is_all="all" in request.form,
        most=queries.MOST_ENTRIES,
        page_url=lambda number: url_for("bulk.table", page=number if number > 1 else None, **filters.told),
    )


def _page_of_table() -> int | None:
    number = page_number(request.args.get("page"))
    return number if number > 1 else None


def _picked(known: Known) -> tuple[queries.Filters, dict[int, int]]:
    """Which entries, with the versions that the page showed; all that fit when that was ticked."""
    filters = FilterForm(request.args, known).filters_()
    if "all" in request.form:
        seen = page_number(request.form.get("seen"), LARGEST)
        return filters, service.pick_all(current_user._get_current_object(), filters, seen)
    picks = [_pick(value) for value in request.form.getlist("pick")[: queries.MOST_ENTRIES]]
    return filters, {number: version for number, version in picks if number}


def _pick(value: str) -> tuple[int, int]:
    """A row as the page names it: number and version."""
    number, _mark, version = value.partition(":")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in (number, version)):
        return 0, 0
    return int(number), int(version)


def _read(content: bytes) -> Sheet:
    if not content:
        raise Refused(_("Bitte wählen Sie die Datei."))
    if len(content) > MOST_SHEET_BYTES:
        raise Refused(
            _("Die Datei ist größer als %(n)s MB. Bitte teilen Sie die Tabelle auf.", n=MOST_SHEET_BYTES // 2**20)
        )
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        try:
            rows, is_cut = read_rows(file)
        except Unreadable as error:
            raise Refused(_unreadable(error.reason)) from error
    if is_cut or len(rows) > queries.MOST_ENTRIES + 1:
        raise Refused(_("Die Tabelle hat mehr als %(n)s Zeilen. Bitte teilen Sie sie auf.", n=queries.MOST_ENTRIES))
    return read_sheet(rows)


def _unreadable(reason: str) -> str:
    if reason == "encrypted":
        return _("Diese Tabelle ist mit einem Passwort geschützt. Bitte speichern Sie sie ohne.")
    if reason in ("bomb", "output", "slow", "memory"):
        return _("Diese Tabelle ist zu groß. Bitte teilen Sie sie auf.")
    return _("Diese Tabelle lässt sich nicht lesen. Bitte speichern Sie sie als Excel-Datei (XLSX) ohne Makros.")
