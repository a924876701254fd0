"""Pages about reports: for readers who send them, for contributors, and the list of the office."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.actor import Actor, require
from hub.core.errors import Refused
from hub.core.permissions import Permission
from hub.entries import queries as entries
from hub.entries.models import Entry
from hub.entries.service.holding import must_wait
from hub.moderation import policy, proposals
from hub.moderation import report_queries as queries
from hub.moderation import report_service as service
from hub.moderation.models import REASON_LABELS, Report
from hub.moderation.report_forms import AnswerForm, ProposalForm, ReportForm
from hub.web.guard import requires, safe_next
from hub.web.parked import parked_form

bp = Blueprint("reports", __name__)
MOST_CASES = 50
DECIDED = "decided_report"
Decide = Callable[[Actor, int, AnswerForm], Report]


@bp.app_context_processor
def for_templates() -> dict[str, Any]:
    """The words of the reasons, for all pages that show reports."""
    return {"reason_labels": REASON_LABELS}


@bp.route("/entries/<int:entry_id>/report", methods=["GET", "POST"])
@requires(Permission.REPORT_SEND)
def send(entry_id: int) -> ResponseReturnValue:
    """Say that an entry is outdated or wrong."""
    entry = _reported_entry(entry_id)
    form = ReportForm(parked_form() or request.form)
    if request.method == "POST" and form.validate():
        try:
            service.report_problem(current_user, entry_id, form.reason.data, form.text.data or "")
        except Refused as error:
            form.form_errors.append(error.message)
        else:
            return _thanks(entry_id)
    page = render_template("moderation/report.html", entry=entry, form=form)
    return page, 422 if form.errors else 200


@bp.route("/entries/<int:entry_id>/propose", methods=["GET", "POST"])
@requires(Permission.REPORT_SEND)
def propose(entry_id: int) -> ResponseReturnValue:
    """Say how an entry should read."""
    entry = _reported_entry(entry_id)
    form = _proposal_form(entry)
    if request.method == "POST" and form.validate():
        try:
            service.propose_change(current_user, entry_id, form.proposed(), form.text.data or "")
        except Refused as error:
            form.form_errors.append(error.message)
        else:
            return _thanks(entry_id)
    page = render_template("moderation/propose.html", entry=entry, form=form)
    return page, 422 if form.errors else 200


@bp.get("/account/reports")
@requires(Permission.REPORT_SEND)
def own() -> ResponseReturnValue:
    """What was reported about the own entries, and what the person reported."""
    return _own_page()


@bp.post("/reports/<int:report_id>/settle")
@requires(Permission.REPORT_SEND)
def settle_own(report_id: int) -> ResponseReturnValue:
    """A contributor has dealt with a report."""
    form = AnswerForm(request.form).stand_at(report_id)
    if not form.validate():
        return _own_page(report_id, form), 422
    _remember(service.settle_report(current_user, report_id, form.answer.data or ""))
    return redirect(url_for("reports.own"), 303)


@bp.post("/reports/<int:report_id>/accept")
@requires(Permission.REPORT_SEND)
def accept_own(report_id: int) -> ResponseReturnValue:
    """A contributor takes a proposal over."""
    form = AnswerForm(request.form).stand_at(report_id)
    if not form.validate():
        return _own_page(report_id, form), 422
    _remember(_accept(current_user, report_id, form))
    if must_wait(current_user):
        flash(_("Ihre Änderung ist eingereicht. Bis zur Freigabe sehen alle die bisherige Fassung."), "success")
    return redirect(url_for("reports.own"), 303)


@bp.post("/reports/<int:report_id>/reopen")
@requires(Permission.REPORT_SEND)
def reopen(report_id: int) -> ResponseReturnValue:
    """Undo a decision; what was taken over is set back."""
    service.reopen_report(current_user, report_id)
    flash(_("Die Meldung ist wieder offen."), "success")
    office = current_user.may(Permission.ENTRY_REVIEW)
    return redirect(url_for("reports.queue" if office else "reports.own"), 303)


@bp.post("/reports/<int:report_id>/seen")
@requires(Permission.REPORT_SEND)
def mark_seen(report_id: int) -> ResponseReturnValue:
    """The reporter has read the thanks."""
    service.mark_seen(current_user, report_id)
    return redirect(safe_next(request.form.get("next")), 303)


@bp.get("/moderation/reports")
@requires(Permission.ENTRY_REVIEW)
def queue() -> ResponseReturnValue:
    """What readers report, oldest first; what was decided by ?decided=1."""
    return _queue_page(is_open=request.args.get("decided") != "1")


@bp.post("/moderation/reports/<int:report_id>/accept")
@requires(Permission.ENTRY_REVIEW)
def accept(report_id: int) -> ResponseReturnValue:
    """Write a proposal into its entry."""
    return _decide(report_id, _accept)


@bp.post("/moderation/reports/<int:report_id>/settle")
@requires(Permission.ENTRY_REVIEW)
def settle(report_id: int) -> ResponseReturnValue:
    """It is dealt with."""
    return _decide(report_id, lambda actor, number, form: service.settle_report(actor, number, form.answer.data or ""))


@bp.post("/moderation/reports/<int:report_id>/decline")
@requires(Permission.ENTRY_REVIEW)
def decline(report_id: int) -> ResponseReturnValue:
    """The entry stays as it is."""
    return _decide(report_id, lambda actor, number, form: service.decline_report(actor, number, form.answer.data or ""))


def _accept(actor: Actor, report_id: int, form: AnswerForm) -> Report:
    return service.accept_report(actor, report_id, form.entry_version.data or 0, form.answer.data or "")


def _decide(report_id: int, decide: Decide) -> ResponseReturnValue:
    form = AnswerForm(request.form).stand_at(report_id)
    if not form.validate():
        return _queue_page(True, report_id, form), 422
    try:
        _remember(decide(current_user, report_id, form))
    except Refused as error:
        form.answer.errors = [error.message]
        return _queue_page(True, report_id, form), 422
    return redirect(url_for("reports.queue"), 303)


def _remember(report: Report) -> None:
    """The next page says what was done and offers to undo it."""
    session[DECIDED] = {"id": report.id, "state": str(report.state)}


def _reported_entry(entry_id: int) -> Entry:
    entry = entries.get_entry(current_user, entry_id)
    require(policy.may_report(current_user, entry))
    return entry


def _proposal_form(entry: Entry) -> ProposalForm:
    values = proposals.values_of(entry)
    values["tags"] = ", ".join(values["tags"])
    return ProposalForm(parked_form() or request.form, known=entry.language, **values)


def _thanks(entry_id: int) -> ResponseReturnValue:
    flash(_("Danke. Die Geschäftsstelle schaut es sich an und gibt Ihnen Bescheid."), "success")
    return redirect(url_for("entries.show", entry_id=entry_id), 303)


def _own_page(failed_id: int | None = None, failed: AnswerForm | None = None) -> str:
    about_own = queries.find_about_own(current_user)
    return render_template(
        "moderation/own_reports.html",
        about_own=about_own,
        sent=queries.find_sent(current_user),
        forms=_forms(about_own, failed_id, failed),
        failed=failed,
        decided=session.pop(DECIDED, None),
    )


def _queue_page(is_open: bool, failed_id: int | None = None, failed: AnswerForm | None = None) -> str:
    """A list of the office; a case whose answer was refused stands on top with what was typed."""
    cases = queries.find_cases(current_user, is_open, MOST_CASES)
    cases.sort(key=lambda case: case.id != failed_id)
    return render_template(
        "moderation/reports.html",
        is_open=is_open,
        cases=cases,
        open_count=queries.count_open(current_user),
        forms=_forms(cases, failed_id, failed),
        failed=failed,
        decided=session.pop(DECIDED, None),
    )


def _forms(cases: list[queries.ReportCase], failed_id: int | None, failed: AnswerForm | None) -> dict[int, AnswerForm]:
    forms = {case.id: AnswerForm(entry_version=case.entry_version).stand_at(case.id) for case in cases if case.is_open}
    return forms | ({failed_id: failed} if failed_id is not None and failed is not None else {})
