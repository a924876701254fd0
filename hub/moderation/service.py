"""Decisions about submitted entries."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Conflict, Refused
from hub.core.findings import Settled
from hub.core.text import clean_text
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy, queries
from hub.entries.models import Entry, Status
from hub.moderation import meanwhile, notices

DECISIONS = {Status.PUBLISHED: "entry.approved", Status.RETURNED: "entry.returned", Status.REJECTED: "entry.rejected"}


def approve_entry(actor: Actor, entry_id: int) -> Entry:
    """Publish a submitted entry; raises Conflict when somebody else has decided already."""
    return _decide(actor, entry_id, Status.PUBLISHED, "")


def return_entry(actor: Actor, entry_id: int, note: str) -> Entry:
    """Give an entry back to its contributor with a note that says what is missing."""
    return _decide(actor, entry_id, Status.RETURNED, note)


def reject_entry(actor: Actor, entry_id: int, reason: str) -> Entry:
    """Refuse an entry with a reason that goes to the contributor."""
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


def decide_entries(actor: Actor, status: Status, chosen: Mapping[int, int], note: str) -> Settled:
    """Decide about many submitted entries in one unit of work; ``chosen`` is the version by number that was shown.

    Those that moved on since are left alone and named.
    """
    require(policy.may_review(actor))
    _refuse_without_words(status, note)
    with unit_of_work() as session:
        entries = session.scalars(
            select(Entry)
            .where(Entry.id.in_(chosen), Entry.status == Status.SUBMITTED, queries.visible_to(actor))
            .options(selectinload(Entry.places))
            .with_for_update(of=Entry)
            .execution_options(populate_existing=True)
        )
        waiting = [entry for entry in entries if entry.version == chosen[entry.id]]
        for entry in waiting:
            _move(actor, entry, status, note)
        notices.tell_entries_decided(actor, waiting)
        left = sorted(chosen.keys() - {entry.id for entry in waiting})
        return Settled(len(waiting), meanwhile.name_entries(left))


def _refuse_without_words(status: Status, note: str) -> None:
    if clean_text(note):
        return
    if status == Status.RETURNED:
        raise Refused(_("Bitte schreiben Sie dazu, was noch fehlt."))
    if status == Status.REJECTED:
        raise Refused(_("Bitte nennen Sie den Grund. Er geht an die Person, die den Eintrag eingereicht hat."))


def _decide(actor: Actor, entry_id: int, status: Status, note: str) -> Entry:
    require(policy.may_review(actor))
    _refuse_without_words(status, note)
    with unit_of_work():
        entry = queries.get_entry(actor, entry_id)
        if entry.status != Status.SUBMITTED:
            raise Conflict(_("Über diesen Eintrag hat inzwischen schon jemand entschieden."))
        _move(actor, entry, status, note)
        notices.tell_entries_decided(actor, [entry])
    return entry


def _move(actor: Actor, entry: Entry, status: Status, note: str) -> None:
    entry.move_to(status, clock.now())
    entry.status_note = clean_text(note)
    record(actor, DECISIONS[status], entry.id)
