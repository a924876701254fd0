"""Reports of readers: sent, taken over, declined, settled, and all of it undone."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.audit.service import record
from hub.collections.models import Collection
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.core.text import clean_text
from hub.core.unit_of_work import notes_of, unit_of_work
from hub.entries import queries
from hub.entries.models import Entry
from hub.entries.queries.many import portions
from hub.entries.queries.pending import pending_of
from hub.entries.service.contributing import add_to_collection, revise_entry, take_from_collection
from hub.entries.service.holding import must_wait
from hub.moderation import notices, policy, proposals
from hub.moderation.models import Report, ReportKind, ReportState

MOST_A_DAY = 20
LARGEST_ID = 2**31 - 1
DAY = timedelta(days=1)
_HELD = "reports"


def report_problem(actor: Actor, entry_id: int, reason: str, text: str) -> Report:
    """Say what is wrong with an entry. Sending the same twice is one report; raises Refused beyond the daily limit."""
    return _send(actor, entry_id, ReportKind.PROBLEM, reason, text, None)


def wish_for_collection(actor: Actor, entry_id: int, collection: Collection) -> Report:
    """Tell the office that an entry belongs into a further collection."""
    changes = {"collection_id": collection.id, "collection": collection.title}
    return _send(actor, entry_id, ReportKind.WISH, "", "", changes)


def propose_change(actor: Actor, entry_id: int, values: Mapping[str, Any], text: str) -> Report:
    """Say how an entry should read; only what differs is kept. Raises Refused when nothing does."""
    entry = queries.get_entry(actor, entry_id)
    changes = proposals.changed(proposals.values_of(entry), values)
    if not changes:
        raise Refused(_("Bitte ändern Sie mindestens eine Angabe."))
    return _send(actor, entry_id, ReportKind.PROPOSAL, "", text, changes)


def accept_report(actor: Actor, report_id: int, entry_version: int, answer: str = "", tells: bool = True) -> Report:
    """Do what a proposal or a wish asks for; report and entry change together or not at all.

    What contributors take over into their own published entry waits for the office as any change of theirs does.
    Without ``tells`` whoever decides about several writes to those who sent them. Raises Conflict when somebody has
    decided already, or changed the entry since the difference was shown.
    """
    with unit_of_work() as session:
        report, entry = _open_report(session, actor, report_id)
        require(policy.may_accept(actor, report, entry))
        if report.kind == ReportKind.WISH:
            report.replaced = _place(session, actor, report, entry)
        elif report.kind == ReportKind.PROPOSAL:
            report.replaced = _write(actor, report, entry, entry_version)
        else:
            raise Refused(_("Hier gibt es nichts zu übernehmen."))
        _decide(actor, report, entry, ReportState.ACCEPTED, answer, tells)
    return report


def decline_report(actor: Actor, report_id: int, answer: str, tells: bool = True) -> Report:
    """Leave the entry as it is, and say why; ``tells`` as in ``accept_report``."""
    require(policy.may_decide(actor))
    if not clean_text(answer):
        raise Refused(_("Bitte schreiben Sie dazu, warum. Die Antwort geht an die Person, die sich gemeldet hat."))
    with unit_of_work() as session:
        report, entry = _open_report(session, actor, report_id)
        _decide(actor, report, entry, ReportState.DECLINED, answer, tells)
    return report


def settle_report(actor: Actor, report_id: int, answer: str = "", tells: bool = True) -> Report:
    """It is dealt with; the person who reported it reads a word of thanks. ``tells`` as in ``accept_report``."""
    with unit_of_work() as session:
        report, entry = _open_report(session, actor, report_id)
        require(policy.may_settle(actor, entry))
        _decide(actor, report, entry, ReportState.SETTLED, answer, tells)
    return report


def reopen_report(actor: Actor, report_id: int) -> Report:
    """Undo a decision; what was taken over from a proposal is set back.

    Raises Conflict when what was taken over has been changed since.
    """
    with unit_of_work() as session:
        report, entry = _report_and_entry(session, actor, report_id)
        if report.state == ReportState.OPEN:
            raise Conflict(_("Die Meldung ist schon wieder offen."))
        require(policy.may_reopen(actor, report, entry))
        if report.state == ReportState.ACCEPTED:
            _set_back(actor, report, entry)
        report.state, report.answer, report.replaced = ReportState.OPEN, "", None
        report.decided_by_id = report.decided_at = report.seen_at = None
        record(actor, "report.reopened", report.id, entry_id=report.entry_id)
    return report


def mark_seen(actor: Actor, report_id: int) -> None:
    """The reporter has read what became of the report."""
    with unit_of_work() as session:
        report = session.get(Report, report_id) if 0 < report_id <= LARGEST_ID else None
        if report is None or report.reporter_id != actor.id or report.state == ReportState.OPEN:
            raise Missing
        report.seen_at = report.seen_at or clock.now()


def _send(
    actor: Actor, entry_id: int, kind: ReportKind, reason: str, text: str, changes: dict[str, Any] | None
) -> Report:
    with unit_of_work() as session:
        entry = queries.get_entry(actor, entry_id)
        require(policy.may_report(actor, entry))
        # One after the other for each person, so that the limit is reached exactly and a second click finds the first.
        session.execute(select(User.id).where(User.id == actor.id).with_for_update())
        known = _same(session, actor, entry_id, kind, reason, clean_text(text), changes)
        if known is not None:
            return known
        _refuse_flood(session, actor)
        report = Report(
            entry_id=entry_id, reporter_id=actor.id, kind=kind, reason=reason, text=clean_text(text), changes=changes
        )
        session.add(report)
        session.flush()
        record(actor, "report.sent", report.id, entry_id=entry_id)
    return report


def _same(
    session: Session,
    actor: Actor,
    entry_id: int,
    kind: ReportKind,
    reason: str,
    text: str,
    changes: dict[str, Any] | None,
) -> Report | None:
    sent = session.scalars(
        select(Report).where(
            Report.entry_id == entry_id,
            Report.reporter_id == actor.id,
            Report.kind == kind,
            Report.reason == reason,
            Report.state == ReportState.OPEN,
        )
    )
    return next((report for report in sent if report.text == text and report.changes == changes), None)


def _refuse_flood(session: Session, actor: Actor) -> None:
    since = clock.now() - DAY
    sent = session.scalar(
        select(func.count()).select_from(Report).where(Report.reporter_id == actor.id, Report.created_at > since)
    )
    if (sent or 0) >= MOST_A_DAY:
        raise Refused(
            _("Heute haben Sie schon %(count)d Meldungen geschickt. Morgen geht es weiter.", count=MOST_A_DAY)
        )


def hold_reports(session: Session, report_ids: Iterable[int]) -> dict[int, Report]:
    """Reports as they stand, locked until the open unit of work ends, which reads each of them once."""
    notes = notes_of(session)
    held: dict[int, Report] = {} if notes is None else notes.setdefault(_HELD, {})
    wanted = [number for number in report_ids if 0 < number <= LARGEST_ID and number not in held]
    for some in portions(wanted):
        rows = select(Report).where(Report.id.in_(some)).order_by(Report.id)
        found = session.scalars(rows.with_for_update().execution_options(populate_existing=True))
        held |= {report.id: report for report in found}
    return held


def _open_report(session: Session, actor: Actor, report_id: int) -> tuple[Report, Entry]:
    report, entry = _report_and_entry(session, actor, report_id)
    if report.state != ReportState.OPEN:
        raise Conflict(_("Über diese Meldung hat inzwischen schon jemand entschieden."))
    return report, entry


def _report_and_entry(session: Session, actor: Actor, report_id: int) -> tuple[Report, Entry]:
    """A report, for the office and the contributor of its entry; for others it is Missing."""
    report = hold_reports(session, [report_id]).get(report_id)
    if report is None:
        raise Missing
    entry = queries.get_entry(actor, report.entry_id)
    if not policy.may_settle(actor, entry):
        raise Missing if report.reporter_id != actor.id else NotAllowed
    return report, entry


def _place(session: Session, actor: Actor, report: Report, entry: Entry) -> dict[str, Any]:
    """Take the entry into the wished collection, unless it stands there by now; says whether it was done."""
    number = (report.changes or {}).get("collection_id", 0)
    if session.get(Collection, number) is None:
        raise Refused(_("Diese Sammlung gibt es nicht mehr."))
    is_new = all(place.collection_id != number for place in entry.places)
    if is_new:
        add_to_collection(actor, entry.id, [number])
    return {"placed": is_new}


def _write(actor: Actor, report: Report, entry: Entry, entry_version: int) -> dict[str, Any]:
    """Write the proposed values into the entry, or into the own change that waits beside it; what stood there."""
    before = proposals.values_of(entry)
    changes = proposals.changed(before, report.changes or {})
    if changes:
        pending = pending_of(actor, entry) if must_wait(actor) and entry.is_published else None
        details = proposals.details_with(entry, changes, pending.changes if pending else {})
        held, removed = (pending.held, pending.removed) if pending else ([], [])
        revise_entry(actor, entry, details, entry_version, held, removed)
    return {name: value for name, value in before.items() if name in changes}


def _decide(actor: Actor, report: Report, entry: Entry, state: ReportState, answer: str, tells: bool) -> None:
    report.state, report.answer = state, clean_text(answer)
    report.decided_by_id, report.decided_at, report.seen_at = actor.id, clock.now(), None
    record(actor, f"report.{state}", report.id, entry_id=report.entry_id)
    if tells:
        notices.tell_reports_decided(actor, [(report, entry)])


def _set_back(actor: Actor, report: Report, entry: Entry) -> None:
    replaced = report.replaced or {}
    if report.kind == ReportKind.WISH:
        if replaced.get("placed"):
            take_from_collection(actor, entry.id, (report.changes or {})["collection_id"])
        return
    taken = {name: value for name, value in (report.changes or {}).items() if name in replaced}
    pending = pending_of(actor, entry)
    if pending is not None and pending.author_id == actor.id and pending.changes.keys() >= taken.keys():
        left = {name: value for name, value in pending.changes.items() if name not in taken}
        details = proposals.details_with(entry, {}, left)
        revise_entry(actor, entry, details, entry.version, pending.held, pending.removed)
    elif not proposals.changed(proposals.values_of(entry), replaced):
        return  # what was taken over still waits for the office, or was taken back by hand
    elif proposals.changed(proposals.values_of(entry), taken):
        raise Conflict(_("Der Eintrag wurde inzwischen weiter bearbeitet. Bitte ändern Sie ihn selbst."))
    else:
        revise_entry(actor, entry, proposals.details_with(entry, replaced), entry.version)
