"""Who reports, who decides about reports, and who sees them."""

from hub.core.actor import Actor
from hub.core.permissions import Permission
from hub.entries import policy as entries
from hub.entries.models import Entry, Status
from hub.moderation.models import Report, ReportKind, ReportState


def may_report(actor: Actor, entry: Entry) -> bool:
    """Say that a published entry is wrong, or how it should read: everybody."""
    return actor.may(Permission.REPORT_SEND) and entry.is_published


def may_decide(actor: Actor) -> bool:
    """Decide about everything that is reported, and decline: the office."""
    return actor.may(Permission.ENTRY_REVIEW)


def may_accept(actor: Actor, report: Report, entry: Entry) -> bool:
    """Do what a report asks for: the office, and contributors what is proposed for their own entries."""
    return may_decide(actor) or (report.kind == ReportKind.PROPOSAL and may_settle(actor, entry))


def may_settle(actor: Actor, entry: Entry) -> bool:
    """Say that a report is dealt with: the office, and contributors for their own entries."""
    # A report stays when its entry is taken back; who may settle it does not change then.
    return actor.reaches(Permission.REPORT_SETTLE, Status.PUBLISHED, entry.organisation_id, entry.contributor_id)


def may_reopen(actor: Actor, report: Report, entry: Entry) -> bool:
    """Undo a decision: the office, and contributors what they settled or took over themselves."""
    if may_decide(actor):
        return True
    is_own_deed = report.decided_by_id == actor.id and report.state in (ReportState.SETTLED, ReportState.ACCEPTED)
    return is_own_deed and entries.is_own(actor, entry)


def may_read_notes(actor: Actor, entry: Entry) -> bool:
    """The notes about an entry that was handed in: the office, the contributor, their coordination."""
    return entry.status != Status.DRAFT and entries.may_see_history(actor, entry)


def may_write_note(actor: Actor, entry: Entry) -> bool:
    """Write one: the office and the contributor."""
    return may_read_notes(actor, entry) and (may_decide(actor) or entries.is_own(actor, entry))
