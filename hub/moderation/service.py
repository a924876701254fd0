"""Decisions about submitted entries."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Refused
from hub.core.findings import Settled
from hub.core.progress import counted
from hub.core.text import clean_text
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy, queries
from hub.entries.models import Entry, Status
from hub.mailing import service as mailing
from hub.moderation import meanwhile, notices, noting
from hub.moderation.models import NoteKind
from hub.undoing.service import Row, remark, remember

UNDO = "submissions"
DECISIONS = {Status.PUBLISHED: "entry.approved", Status.RETURNED: "entry.returned", Status.REJECTED: "entry.rejected"}
NOTES = {
    Status.PUBLISHED: NoteKind.APPROVED,
    Status.RETURNED: NoteKind.RETURNED,
    Status.REJECTED: NoteKind.REJECTED,
}
TIMES = ("submitted_at", "published_at")


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
        _put_back(actor, entry, entry.submitted_at, None)
        _call_back(actor, [entry])
    return entry


def decide_entries(actor: Actor, status: Status, chosen: Mapping[int, int], note: str) -> Settled:
    """Decide about many submitted entries in one unit of work; ``chosen`` is the version by number that was shown.

    Those that moved on since are left alone and named. The whole can be undone.
    """
    require(policy.may_review(actor))
    _refuse_without_words(status, note)
    with unit_of_work() as session:
        found = _load(session, chosen)
        waiting = [e for e in found if e.status == Status.SUBMITTED and e.version == chosen[e.id]]
        before = {entry.id: _times(entry) for entry in waiting}
        _decide_all(actor, waiting, status, note)
        session.flush()
        rows = [Row(entry.id, before[entry.id], entry.version) for entry in waiting]
        undo_id = remember(actor, UNDO, _label(status, len(rows)), rows) if rows else None
        left = sorted(chosen.keys() - before.keys())
        return Settled(len(rows), meanwhile.name_entries(left), undo_id)


def set_back_decisions(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo ``decide_entries``: entries wait again, letters that have not left are called back."""
    by_number = {row.thing_id: row for row in rows}
    entries = _load(db.session(), by_number)
    same = [e for e in entries if e.status in DECISIONS and e.version == by_number[e.id].after_version]
    for entry in counted(same):
        submitted_at, published_at = (_moment(by_number[entry.id].before[name]) for name in TIMES)
        _put_back(actor, entry, submitted_at, published_at)
    _call_back(actor, same)
    kept = {entry.id for entry in same}
    return len(same), tuple(entry.title for entry in entries if entry.id not in kept)


def _load(session: Session, numbers: Iterable[int]) -> list[Entry]:
    statement = (
        select(Entry)
        .where(Entry.id.in_(numbers))
        .options(selectinload(Entry.places))
        .order_by(Entry.id)
        .with_for_update(of=Entry)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def _times(entry: Entry) -> dict[str, str | None]:
    return {name: moment.isoformat() if (moment := getattr(entry, name)) else None for name in TIMES}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _label(status: Status, number: int) -> str:
    if status == Status.PUBLISHED:
        return ngettext("Ein Eintrag freigegeben", "%(num)s Einträge freigegeben", number)
    if status == Status.RETURNED:
        return ngettext("Ein Eintrag zurückgegeben", "%(num)s Einträge zurückgegeben", number)
    return ngettext("Ein Eintrag abgelehnt", "%(num)s Einträge abgelehnt", number)


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
        _decide_all(actor, [entry], status, note)
    return entry


def _decide_all(actor: Actor, entries: Sequence[Entry], status: Status, note: str) -> None:
    for entry in counted(entries):
        entry.move_to(status, clock.now())
        entry.status_note = clean_text(note)
        record(actor, DECISIONS[status], entry.id)
    letters = notices.tell_entries_decided(actor, entries)
    noting.add_decisions(actor, entries, NOTES[status], clean_text(note), letters)


def _put_back(actor: Actor, entry: Entry, submitted_at: datetime | None, published_at: datetime | None) -> None:
    entry.published_at = published_at if entry.status == Status.PUBLISHED else entry.published_at
    entry.move_to(Status.SUBMITTED, clock.now())
    entry.submitted_at = submitted_at or entry.submitted_at
    entry.status_note = ""
    record(actor, "entry.decision_undone", entry.id)


def _call_back(actor: Actor, entries: Sequence[Entry]) -> None:
    """Letters about decisions that no longer hold; of those that have left a second one tells."""
    told = noting.letters_of(entries)
    gone = set(told) - mailing.take_back(told)
    late = [entry for entry in entries if any(entry.id in told[key] for key in gone)]
    if late:
        notices.tell_undone(actor, late)
        remark(_("Eine E-Mail mit der Entscheidung war schon unterwegs. Eine zweite sagt, dass neu entschieden wird."))
    noting.add_decisions(actor, entries, NoteKind.UNDONE, "", {})
