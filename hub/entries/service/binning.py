"""The bin: entries lie there for 30 days, can be taken out again, and then go for good with all that is theirs."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import SYSTEM, Actor, require
from hub.core.errors import Conflict
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy, queries
from hub.entries.models import BinnedEntry, Entry, Status
from hub.entries.queries.binning import KEPT_FOR, find_binned, get_binned_entry
from hub.entries.queries.merged import find_survivor_id
from hub.entries.service.files import sweep_held_files
from hub.indexing import changelog

AT_ONCE = 200


def bin_entry(actor: Actor, entry_id: int) -> Entry:
    """Put an entry into the bin: contributors their drafts, the office all others."""
    with unit_of_work() as session:
        entry = queries.get_entry(actor, entry_id)
        require(policy.may_bin(actor, entry))
        refuse_merged(entry_id)
        moment = clock.now()
        session.add(
            BinnedEntry(entry_id=entry_id, deleted_at=moment, deleted_by_id=actor.id, status_before=entry.status)
        )
        entry.move_to(Status.DELETED, moment)
        record(actor, "entry.deleted", entry_id)
    return entry


def take_out(actor: Actor, entry_id: int) -> Entry:
    """Take an entry out of the bin: it stands again where it stood."""
    with unit_of_work() as session:
        entry = get_binned_entry(actor, entry_id)
        binned = find_binned(entry)
        if binned is None:
            raise Conflict
        submitted_at = entry.submitted_at
        entry.move_to(Status(binned.status_before), clock.now())
        entry.submitted_at = submitted_at
        session.delete(binned)
        record(actor, "entry.taken_out", entry_id)
    return entry


def refuse_merged(entry_id: int) -> None:
    """An entry that became part of another stays as it is: its address leads there. Raises Conflict."""
    if find_survivor_id(entry_id) is not None:
        raise Conflict(
            _("Dieser Eintrag ist mit einem anderen zusammengeführt. Das lässt sich unter „Rückgängig machen“ lösen.")
        )


def delete_for_good(actor: Actor, entry_id: int) -> None:
    """Delete an entry in the bin with its files, texts, versions and marks; there is no way back."""
    require(policy.may_empty_bin(actor))
    with unit_of_work():
        get_binned_entry(actor, entry_id)
        _delete(actor, [entry_id])
    sweep_held_files()


def empty_old(_payload: dict[str, Any]) -> None:
    """Delete for good what has lain in the bin for 30 days."""
    old = select(BinnedEntry.entry_id).where(BinnedEntry.deleted_at < clock.now() - KEPT_FOR).limit(AT_ONCE)
    while True:
        with unit_of_work() as session:
            ids = list(session.scalars(old))
            _delete(SYSTEM, ids)
        if not ids:
            break
    sweep_held_files()


def purge_drafts(actor: Actor, contributor_id: int) -> None:
    """Delete the drafts of a person who is erased, in the open unit of work: nobody else could ever see them."""
    with unit_of_work() as session:
        drafts = select(Entry.id).where(Entry.contributor_id == contributor_id, Entry.status == Status.DRAFT)
        ids = list(session.scalars(drafts))
        session.execute(update(Entry).where(Entry.id.in_(ids)).values(status=Status.DELETED))
        _delete(actor, ids)


def _delete(actor: Actor, entry_ids: Sequence[int]) -> None:
    """The database takes what belongs to the entries along; content that nothing names any more goes with the sweep."""
    if not entry_ids:
        return
    with unit_of_work() as session:
        session.execute(delete(Entry).where(Entry.id.in_(entry_ids), Entry.status == Status.DELETED))
        changelog.append(session, [("entry", number) for number in entry_ids])
        for number in entry_ids:
            record(actor, "entry.purged", number)
