"""Decisions about changes that members want in published entries."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Conflict, Refused
from hub.core.text import clean_text
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy, queries
from hub.entries.models import Attachment, Entry, Kind, PendingChange
from hub.entries.queries.many import portions
from hub.entries.service.contributing import EntryDetails, apply_details
from hub.entries.service.holding import present_values
from hub.entries.service.revisions import bring_back
from hub.moderation import notices
from hub.moderation.models import ApprovedChange


def approve_change(actor: Actor, entry_id: int, version: int) -> Entry:
    """Write a waiting change into its entry: only what its author changed, so what came in between stays.

    ``version`` is that of the change the actor looked at; raises Conflict when it has moved on.
    """
    with unit_of_work() as session:
        entry, approved = write_change(actor, entry_id, version)
        notices.tell_change_approved(actor, entry, approved.author_id, letter_key(entry_id, version))
        session.flush()
        keep_all_approved(session, [(entry, approved)])
    return entry


def write_change(actor: Actor, entry_id: int, version: int) -> tuple[Entry, ApprovedChange]:
    """``approve_change`` up to where the entry gets its new version: the entry, and what undoes it. Nobody is told."""
    require(policy.may_review(actor))
    with unit_of_work() as session:
        entry = queries.get_entry(actor, entry_id)
        pending = _waiting(entry, session.get(PendingChange, entry_id), version)
        before = present_values(entry)
        added = _held(session, pending)
        kept = [file for file in entry.files if file.id not in pending.removed]
        gone = [{"name": file.name, "checksum": file.checksum} for file in entry.files if file not in kept]
        apply_details(entry, _details(before | pending.changes), added, kept, clock.now())
        session.delete(pending)
        record(actor, "entry.change_approved", entry_id, author=pending.author_id)
    return entry, ApprovedChange(
        entry_id=entry_id,
        author_id=pending.author_id,
        changes=pending.changes,
        replaced={name: before[name] for name in pending.changes},
        held=[file.id for file in added],
        removed=gone,
        sent_at=pending.sent_at,
    )


def keep_all_approved(session: Session, approved: Sequence[tuple[Entry, ApprovedChange]]) -> None:
    """The last part of ``approve_change``, with the versions that the entries have now; instead of what was kept of
    earlier changes of the same entries."""
    table = ApprovedChange.__table__
    names = [column.name for column in table.c]
    for some in portions(approved):
        session.execute(delete(ApprovedChange).where(ApprovedChange.entry_id.in_([entry.id for entry, _kept in some])))
        for entry, kept in some:
            kept.entry_version = entry.version
        session.execute(insert(table), [{name: getattr(kept, name) for name in names} for _entry, kept in some])


def undo_approval(actor: Actor, entry_id: int) -> Entry:
    """Take an approval back: the entry says what it said before, and the change waits again, with its files.

    Raises Conflict when the entry has been changed since.
    """
    require(policy.may_review(actor))
    with unit_of_work() as session:
        entry = queries.get_entry(actor, entry_id)
        approved = _still_approved(entry, session.get(ApprovedChange, entry_id), entry.pending)
        came = [file for file in entry.files if file.id in approved.held]
        _untie(session, entry, came)
        numbers, _lost = bring_back(session, actor, entry_id, approved.removed, {file.checksum for file in entry.files})
        brought = session.scalars(select(Attachment).where(Attachment.id.in_(numbers))).all() if numbers else []
        values = present_values(entry) | approved.replaced
        apply_details(entry, _details(values), brought, list(entry.files), clock.now())
        session.add(
            PendingChange(
                entry_id=entry_id,
                author_id=approved.author_id,
                changes=approved.changes,
                held=[file.id for file in came],
                removed=numbers,
                sent_at=approved.sent_at,
            )
        )
        session.delete(approved)
        record(actor, "entry.change_undone", entry_id)
    return entry


def return_change(actor: Actor, entry_id: int, version: int, note: str) -> Entry:
    """Give a change back to its author with a note; the entry stays as it is."""
    with unit_of_work():
        entry, pending = write_return(actor, entry_id, version, note)
        notices.tell_change_returned(actor, entry, pending.author_id, pending.note, letter_key(entry_id, version))
    return entry


def write_return(actor: Actor, entry_id: int, version: int, note: str) -> tuple[Entry, PendingChange]:
    """``return_change`` up to where its author is told."""
    require(policy.may_review(actor))
    if not clean_text(note):
        raise Refused(_("Bitte schreiben Sie dazu, was noch fehlt."))
    with unit_of_work() as session:
        entry = queries.get_entry(actor, entry_id)
        pending = _waiting(entry, session.get(PendingChange, entry_id), version)
        pending.is_returned, pending.note = True, clean_text(note)
        record(actor, "entry.change_returned", entry_id)
    return entry, pending


def undo_return(actor: Actor, entry_id: int, version: int) -> None:
    """Let a change that was given back wait again; ``version`` is the one it had then."""
    require(policy.may_review(actor))
    with unit_of_work() as session:
        entry = queries.get_entry(actor, entry_id)
        pending = session.get(PendingChange, entry_id)
        if pending is None or not pending.is_returned or pending.version != version or not entry.is_published:
            raise Conflict
        pending.is_returned, pending.note = False, ""
        record(actor, "entry.change_undone", entry_id)


def letter_key(entry_id: int, version: int) -> str:
    """What names the letter about a decision on this version of a change."""
    return f"change-{entry_id}-{version}"


def _held(session: Session, pending: PendingChange) -> Sequence[Attachment]:
    """The files that come with a change, as far as they still wait for it."""
    if not pending.held:
        return []
    mine = (Attachment.uploader_id == pending.author_id) & Attachment.entry_id.is_(None)
    return session.scalars(select(Attachment).where(Attachment.id.in_(pending.held), mine)).all()


def _details(values: dict[str, Any]) -> EntryDetails:
    return EntryDetails(**{**values, "kind": Kind(values["kind"])})


def _still_approved(entry: Entry, approved: ApprovedChange | None, pending: PendingChange | None) -> ApprovedChange:
    if approved is None or pending or not entry.is_published or entry.version != approved.entry_version:
        raise Conflict(_("Der Eintrag wurde inzwischen weiter bearbeitet. Bitte ändern Sie ihn selbst."))
    return approved


def _untie(session: Session, entry: Entry, files: Sequence[Attachment]) -> None:
    """Files of the change are held for it again."""
    for file in files:
        entry.files.remove(file)
    if files:
        session.flush()


def _waiting(entry: Entry, pending: PendingChange | None, version: int) -> PendingChange:
    if pending is None or pending.is_returned or pending.version != version or not entry.is_published:
        raise Conflict(_("Über diese Änderung ist inzwischen entschieden worden, oder sie wurde erneut bearbeitet."))
    return pending
