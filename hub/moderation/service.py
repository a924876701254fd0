"""Decisions about submitted entries."""

from flask_babel import gettext as _

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Conflict, Refused
from hub.core.text import clean_text
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy, queries
from hub.entries.models import Entry, Status
from hub.moderation import notices

DECISIONS = {Status.PUBLISHED: "entry.approved", Status.RETURNED: "entry.returned", Status.REJECTED: "entry.rejected"}


def approve_entry(actor: Actor, entry_id: int) -> Entry:
    """Publish a submitted entry; raises Conflict when somebody else has decided already."""
    return _decide(actor, entry_id, Status.PUBLISHED, "")


def return_entry(actor: Actor, entry_id: int, note: str) -> Entry:
    """Give an entry back to its contributor with a note that says what is missing."""
    if not clean_text(note):
        raise Refused(_("Bitte schreiben Sie dazu, was noch fehlt."))
    return _decide(actor, entry_id, Status.RETURNED, note)


def reject_entry(actor: Actor, entry_id: int, reason: str) -> Entry:
    """Refuse an entry with a reason that goes to the contributor."""
    if not clean_text(reason):
        raise Refused(_("Bitte nennen Sie den Grund. Er geht an die Person, die den Eintrag eingereicht hat."))
    return _decide(actor, entry_id, Status.REJECTED, reason)


def undo_decision(actor: Actor, entry_id: int) -> Entry:
    """Put an entry back into the queue as if nothing had been decided."""
    require(policy.may_review(actor))
    with unit_of_work():
        entry = queries.get_entry(actor, entry_id)
        if entry.status not in DECISIONS:
            raise Conflict(_("Über diesen Eintrag ist inzwischen anders entschieden worden."))
        submitted_at = entry.submitted_at
        if entry.status == Status.PUBLISHED:
            entry.published_at = None
        entry.move_to(Status.SUBMITTED, clock.now())
        entry.submitted_at = submitted_at or entry.submitted_at
        entry.status_note = ""
        record(actor, "entry.decision_undone", entry.id)
    return entry


def _decide(actor: Actor, entry_id: int, status: Status, note: str) -> Entry:
    require(policy.may_review(actor))
    with unit_of_work():
        entry = queries.get_entry(actor, entry_id)
        if entry.status != Status.SUBMITTED:
            raise Conflict(_("Über diesen Eintrag hat inzwischen schon jemand entschieden."))
        entry.move_to(status, clock.now())
        entry.status_note = clean_text(note)
        record(actor, DECISIONS[status], entry.id)
        notices.tell_entry_decided(actor, entry)
    return entry
