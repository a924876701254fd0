"""What this room brings to the desk: entries handed in, changes of published entries, reports of readers."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from hub.accounts.models import Organisation, User
from hub.collections.models import Collection
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Refused
from hub.core.findings import Deed, Finding, Settled
from hub.entries import policy
from hub.entries.models import KIND_LABELS, Attachment, Entry, EntryCollection, Kind, PendingChange, Status
from hub.entries.queries import visible_to
from hub.entries.queries.pending import WAITING_CHANGE
from hub.entries.versions import FIELD_LABELS
from hub.moderation import proposals, report_service, service, settling
from hub.moderation.models import REASON_LABELS, Reason, Report, ReportKind, ReportState

APPROVE = Deed("approve", _l("Freigeben"), "check")
RETURN = Deed("return", _l("Rückfrage"), "messages", needs_text=True)
REJECT = Deed("reject", _l("Ablehnen"), "x", needs_text=True)
ACCEPT = Deed("accept", _l("Übernehmen"), "check")
SETTLE = Deed("settle", _l("Erledigt"), "check")
DECLINE = Deed("decline", _l("Nicht übernehmen"), "x", needs_text=True)
DECISIONS = {APPROVE.key: Status.PUBLISHED, RETURN.key: Status.RETURNED, REJECT.key: Status.REJECTED}
TWIN = aliased(Entry)
Chosen = Iterable[tuple[int, int]]


class Submissions:
    """What members hand in."""

    name = "submission"
    label = _l("Eingang")

    def count(self, actor: Actor) -> Select[Any]:
        """All that was handed in and waits."""
        require(policy.may_review(actor))
        return select(func.count()).select_from(Entry).where(Entry.status == Status.SUBMITTED, visible_to(actor))

    def find(self, actor: Actor, limit: int) -> Sequence[Finding]:
        """Those that wait longest first."""
        require(policy.may_review(actor))
        rows = db.session.execute(_submitted(actor).order_by(Entry.submitted_at, Entry.id).limit(limit))
        return [_submission(row) for row in rows]

    def settle(self, actor: Actor, deed: str, chosen: Chosen, text: str) -> Settled:
        """Approve, send back with a note, or reject with a reason."""
        if deed not in DECISIONS:
            raise Refused
        return service.decide_entries(actor, DECISIONS[deed], dict(chosen), text)


class Changes:
    """What members want to change in published entries."""

    name = "change"
    label = _l("Änderungen")

    def count(self, actor: Actor) -> Select[Any]:
        """All that wait."""
        require(policy.may_review(actor))
        return select(func.count()).select_from(PendingChange).where(WAITING_CHANGE)

    def find(self, actor: Actor, limit: int) -> Sequence[Finding]:
        """Those that wait longest first."""
        require(policy.may_review(actor))
        rows = db.session.execute(
            select(PendingChange, Entry.title, User.name.label("author"))
            .join(Entry, Entry.id == PendingChange.entry_id)
            .join(User, User.id == PendingChange.author_id)
            .where(PendingChange.is_returned.is_(False), Entry.status == Status.PUBLISHED)
            .order_by(PendingChange.sent_at, PendingChange.entry_id)
            .limit(limit)
        )
        return [_change(row) for row in rows]

    def settle(self, actor: Actor, deed: str, chosen: Chosen, text: str) -> Settled:
        """Write the changes into their entries, or give them back with a note."""
        if deed == APPROVE.key:
            return settling.approve_changes(actor, chosen)
        if deed == RETURN.key:
            return settling.return_changes(actor, chosen, text)
        raise Refused


class Reports:
    """What readers say about entries."""

    name = "report"
    label = _l("Meldungen und Vorschläge")

    def count(self, actor: Actor) -> Select[Any]:
        """All that are open."""
        require(policy.may_review(actor))
        return select(func.count()).select_from(Report).where(Report.state == ReportState.OPEN)

    def find(self, actor: Actor, limit: int) -> Sequence[Finding]:
        """Those that wait longest first."""
        require(policy.may_review(actor))
        rows = db.session.execute(
            select(Report, Entry.title, Entry.version, Organisation.label.label("origin"))
            .join(Entry, Entry.id == Report.entry_id)
            .outerjoin(User, User.id == Report.reporter_id)
            .outerjoin(Organisation, Organisation.id == User.organisation_id)
            .where(Report.state == ReportState.OPEN)
            .order_by(Report.created_at, Report.id)
            .limit(limit)
        )
        return [_report(row) for row in rows]

    def settle(self, actor: Actor, deed: str, chosen: Chosen, text: str) -> Settled:
        """Do what is proposed, say thanks, or say why not."""
        plain = {SETTLE.key: report_service.settle_report, DECLINE.key: report_service.decline_report}
        if deed != ACCEPT.key and deed not in plain:
            raise Refused

        def decide(report_id: int, version: int) -> Report:
            if deed == ACCEPT.key:
                return report_service.accept_report(actor, report_id, version, text, tells=False)
            return plain[deed](actor, report_id, text, tells=False)

        return settling.settle_reports(actor, chosen, decide)


SUBMISSIONS, CHANGES, REPORTS = Submissions(), Changes(), Reports()


def _submitted(actor: Actor) -> Any:
    home = (
        select(Collection.title)
        .join(EntryCollection, EntryCollection.collection_id == Collection.id)
        .where(EntryCollection.entry_id == Entry.id)
        .order_by(EntryCollection.position)
        .limit(1)
        .scalar_subquery()
    )
    extension = (
        select(Attachment.extension)
        .where(Attachment.entry_id == Entry.id)
        .order_by(Attachment.id)
        .limit(1)
        .scalar_subquery()
    )
    is_twin = TWIN.id != Entry.id, TWIN.status.in_((Status.PUBLISHED, Status.SUBMITTED))
    # Two questions: each finds its index, while with "or" in one SQLite reads all entries for every row.
    has_twin = exists().where(*is_twin, TWIN.address == Entry.address) | exists().where(*is_twin, TWIN.doi == Entry.doi)
    return (
        select(
            Entry.id, Entry.version, Entry.title, Entry.kind, Entry.url, Entry.submitted_at, Entry.created_at,
            (Entry.summary + Entry.text).label("words"), Organisation.label.label("origin"), home.label("place"),
            extension.label("extension"), has_twin.label("has_twin"),
        )
        .join(Organisation, Organisation.id == Entry.organisation_id)
        .where(Entry.status == Status.SUBMITTED, visible_to(actor))
    )  # fmt: skip


def _submission(row: Any) -> Finding:
    finding, tone, icon = _check(row)
    form = row.extension.upper() if row.extension else _("Webseite") if row.url else _("Text")
    return Finding(
        source=SUBMISSIONS.name,
        thing_id=row.id,
        version=row.version,
        title=row.title,
        finding=finding,
        tone=tone,
        icon=icon,
        deeds=(APPROVE, RETURN, REJECT),
        since=row.submitted_at or row.created_at,
        about=f"{KIND_LABELS[Kind(row.kind)]} · {form}",
        place=row.place or "",
        origin=row.origin,
        address=url_for("entries.show", entry_id=row.id),
        entry_id=row.id,
    )


def _check(row: Any) -> tuple[str, str, str]:
    """What a look at the entry shows at once: words, tone, icon."""
    if row.has_twin:
        return _("ähnlicher Eintrag"), "warn", "copy"
    if not row.place:
        return _("Sammlung fehlt"), "info", "folder"
    if not row.words.strip():
        return _("Beschreibung fehlt"), "info", "file-text"
    return _("keine Auffälligkeit"), "ok", "circle-check"


def _change(row: Any) -> Finding:
    pending: PendingChange = row.PendingChange
    names = [str(FIELD_LABELS[name]) for name in pending.changes if name in FIELD_LABELS]
    return Finding(
        source=CHANGES.name,
        thing_id=pending.entry_id,
        version=pending.version,
        title=row.title,
        finding=_("Änderung wartet"),
        tone="info",
        icon="edit",
        deeds=(APPROVE, RETURN),
        since=pending.sent_at,
        about=", ".join(names) or _("Angaben und Dateien"),
        origin=row.author,
        address=f"{url_for('changes.queue')}#aenderung-{pending.entry_id}",
        entry_id=pending.entry_id,
    )


def _report(row: Any) -> Finding:
    report: Report = row.Report
    is_problem = report.kind == ReportKind.PROBLEM
    return Finding(
        source=REPORTS.name,
        thing_id=report.id,
        version=row.version,
        title=row.title,
        finding=_report_words(report),
        tone="warn" if is_problem else "info",
        icon="flag" if is_problem else "edit",
        deeds=(SETTLE, DECLINE) if is_problem else (ACCEPT, DECLINE, SETTLE),
        since=report.created_at,
        about=_report_about(report),
        origin=row.origin or "",
        address=f"{url_for('reports.queue')}#meldung-{report.id}",
        entry_id=report.entry_id,
    )


def _report_words(report: Report) -> str:
    if report.kind == ReportKind.WISH:
        return _("Wunsch: weitere Sammlung")
    if report.kind == ReportKind.PROPOSAL:
        return _("Änderungsvorschlag")
    return str(REASON_LABELS[Reason(report.reason)])


def _report_about(report: Report) -> str:
    changes = report.changes or {}
    if report.kind == ReportKind.WISH:
        return str(changes.get("collection", ""))
    return ", ".join(str(proposals.LABELS[name]) for name in changes if name in proposals.LABELS) or report.text[:120]
