"""Decisions about changes that members want in published entries."""

from flask_babel import gettext as _
from sqlalchemy import select

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Conflict, Refused
from hub.core.text import clean_text
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy, queries
from hub.entries.models import Attachment, Entry, Kind, PendingChange
from hub.entries.service.contributing import EntryDetails, apply_details
from hub.entries.service.holding import present_values


def approve_change(actor: Actor, entry_id: int, version: int) -> Entry:
    """Write a waiting change into its entry: only what its author changed, so what came in between stays.

    ``version`` is that of the change the actor looked at; raises Conflict when it has moved on.
    """
    require(policy.may_review(actor))
    with unit_of_work() as session:
        entry = queries.get_entry(actor, entry_id)
        pending = _waiting(entry, session.get(PendingChange, entry_id), version)
        values = present_values(entry) | pending.changes
        added = session.scalars(
            select(Attachment).where(
                Attachment.id.in_(pending.held),
                Attachment.entry_id.is_(None),
                Attachment.uploader_id == pending.author_id,
            )
        ).all()
        kept = [file for file in entry.files if file.id not in pending.removed]
        values["kind"] = Kind(values["kind"])
        apply_details(entry, EntryDetails(**values), added, kept, clock.now())
        session.delete(pending)
        record(actor, "entry.change_approved", entry_id, author=pending.author_id)
    return entry


def return_change(actor: Actor, entry_id: int, version: int, note: str) -> Entry:
    """Give a change back to its author with a note; the entry stays as it is."""
    require(policy.may_review(actor))
    if not clean_text(note):
        raise Refused(_("Bitte schreiben Sie dazu, was noch fehlt."))
    with unit_of_work() as session:
        entry = queries.get_entry(actor, entry_id)
        pending = _waiting(entry, session.get(PendingChange, entry_id), version)
        pending.is_returned, pending.note = True, clean_text(note)
        record(actor, "entry.change_returned", entry_id)
    return entry


def _waiting(entry: Entry, pending: PendingChange | None, version: int) -> PendingChange:
    if pending is None or pending.is_returned or pending.version != version or not entry.is_published:
        raise Conflict(_("Über diese Änderung ist inzwischen entschieden worden, oder sie wurde erneut bearbeitet."))
    return pending
