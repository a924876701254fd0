"""Deciding about many changes or reports in one unit of work, and taking all of it back."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Conflict, Missing
from hub.core.findings import Settled
from hub.core.progress import counted
from hub.core.text import clean_text
from hub.core.unit_of_work import unit_of_work
from hub.entries import queries as entries
from hub.entries.models import Entry, PendingChange
from hub.entries.queries.many import portions
from hub.entries.service import revisions
from hub.mailing import service as mailing
from hub.moderation import change_service, meanwhile, notices, report_service
from hub.moderation.models import ApprovedChange, Report
from hub.undoing.service import Row, remark, remember

CHANGES, REPORTS = "changes", "reports"
FEW = 20
T = TypeVar("T")
Chosen = Iterable[tuple[int, int]]


def approve_changes(actor: Actor, chosen: Chosen) -> Settled:
    """Write changes into their entries; ``chosen`` are numbers of entries with the versions of the changes."""
    with unit_of_work() as session:
        done, gone = _changes_one_by_one(session, actor, chosen, partial(change_service.write_change, actor))
        change_service.keep_all_approved(session, done)
        letters = notices.tell_changes_approved(actor, [(kept.author_id, entry) for entry, kept in done])
        rows = [_row(entry.id, "approved", letters, entry.version) for entry, _kept in done]
        label = ngettext("Eine Änderung freigegeben", "%(num)s Änderungen freigegeben", len(rows))
        return _settled(actor, CHANGES, label, rows, meanwhile.name_entries(gone))


def return_changes(actor: Actor, chosen: Chosen, note: str) -> Settled:
    """Give changes back to their authors with a note."""
    with unit_of_work() as session:
        done, gone = _changes_one_by_one(session, actor, chosen, partial(change_service.write_return, actor, note=note))
        told = [(pending.author_id, entry) for entry, pending in done]
        letters = notices.tell_changes_returned(actor, told, clean_text(note))
        rows = [_row(entry.id, "returned", letters, pending.version) for entry, pending in done]
        label = ngettext("Eine Änderung zurückgegeben", "%(num)s Änderungen zurückgegeben", len(rows))
        return _settled(actor, CHANGES, label, rows, meanwhile.name_entries(gone))


def settle_reports(actor: Actor, chosen: Chosen, decide: Callable[[int, int], Report]) -> Settled:
    """Decide about reports; ``chosen`` are numbers of reports with the versions of their entries, ``decide`` tells
    nobody."""
    met: set[int] = set()

    def settle(report_id: int, version: int) -> Report:
        if report_id in held and held[report_id].entry_id in met:
            db.session.flush()  # what an earlier one changed in this entry is a new version
        report = decide(report_id, version)
        met.add(report.entry_id)
        return report

    with unit_of_work() as session:
        pairs = list(chosen)
        held = report_service.hold_reports(session, [number for number, _version in pairs])
        with _at_hand(session, actor, [report.entry_id for report in held.values()]):
            reports, gone = _one_by_one(pairs, settle)
            session.flush()
            decided = [(one, session.get_one(Entry, one.entry_id)) for one in reports]
            letters = notices.tell_reports_decided(actor, decided)
            rows = [Row(one.id, {"letter": letters.get(one.id, "")}, one.version) for one in reports]
        label = ngettext("Eine Meldung entschieden", "%(num)s Meldungen entschieden", len(rows))
        return _settled(actor, REPORTS, label, rows, meanwhile.name_reports(gone))


def set_back_changes(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo ``approve_changes`` and ``return_changes``."""

    def set_back(row: Row) -> None:
        if row.before["was"] == "returned":
            change_service.undo_return(actor, row.thing_id, row.after_version)
        else:
            change_service.undo_approval(actor, row.thing_id)

    session = db.session()
    numbers = [row.thing_id for row in rows]
    kept = _rows_of(session, PendingChange, numbers), _rows_of(session, ApprovedChange, numbers)
    with _at_hand(session, actor, numbers):
        outcome = _set_back(rows, set_back, lambda row: row.thing_id)
    del kept
    return outcome


def set_back_reports(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo ``settle_reports``."""

    def set_back(row: Row) -> None:
        if row.thing_id not in held or held[row.thing_id].version != row.after_version:
            raise Conflict
        report_service.reopen_report(actor, row.thing_id)

    def entry_of(row: Row) -> int:
        return held[row.thing_id].entry_id if row.thing_id in held else 0

    session = db.session()
    held = report_service.hold_reports(session, [row.thing_id for row in rows])
    with _at_hand(session, actor, [report.entry_id for report in held.values()]):
        return _set_back(rows, set_back, entry_of)


def _changes_one_by_one(
    session: Session, actor: Actor, chosen: Chosen, decide: Callable[[int, int], T]
) -> tuple[list[T], list[int]]:
    """All are written; then they have their new versions."""
    pairs = list(chosen)
    kept = _rows_of(session, PendingChange, [number for number, _version in pairs])
    with _at_hand(session, actor, [number for number, _version in pairs]):
        decided = _one_by_one(pairs, decide)
        session.flush()
    del kept
    return decided


def _row(entry_id: int, was: str, letters: dict[int, str], version: int) -> Row:
    return Row(entry_id, {"was": was, "letter": letters.get(entry_id, "")}, version)


@contextmanager
def _at_hand(session: Session, actor: Actor, entry_ids: Collection[int]) -> Iterator[None]:
    """Read at once what is decided one by one: the entries, what they say, and the people who hear of it."""
    revisions.look_ahead(session, entry_ids)
    with entries.at_hand(actor, entry_ids):
        people = list(session.scalars(select(User))) if len(entry_ids) > FEW else []
        yield
        del people


def _rows_of(session: Session, model: type[Any], numbers: Sequence[int]) -> list[Any]:
    """Rows by the numbers of their entries; while they are held ``session.get`` asks nobody."""
    return [row for some in portions(numbers) for row in session.scalars(select(model).where(model.entry_id.in_(some)))]


def _one_by_one(chosen: Chosen, decide: Callable[[int, int], T]) -> tuple[list[T], list[int]]:
    """What was decided, and the numbers of what somebody else has settled meanwhile."""
    rows, gone = [], []
    for thing_id, version in counted(chosen):
        try:
            rows.append(decide(thing_id, version))
        except (Conflict, Missing):
            gone.append(thing_id)
    return rows, gone


def _settled(actor: Actor, kind: str, label: str, rows: list[Row], conflicts: tuple[str, ...]) -> Settled:
    return Settled(len(rows), conflicts, remember(actor, kind, label, rows) if rows else None)


def _set_back(
    rows: Sequence[Row], set_back: Callable[[Row], None], entry_of: Callable[[Row], Any]
) -> tuple[int, tuple[str, ...]]:
    done, left = [], []
    for row in counted(rows):
        try:
            set_back(row)
        except (Conflict, Missing):
            title = db.session.scalar(select(Entry.title).where(Entry.id == entry_of(row)))
            left.append(title or _("ein gelöschter Eintrag"))
        else:
            done.append(row.before["letter"])
    letters = set(done)
    if len(mailing.take_back(letters)) < mailing.count_posted(letters):
        remark(_("Eine E-Mail mit der Entscheidung war schon unterwegs und lässt sich nicht zurückholen."))
    return len(done), tuple(left)
