"""Answers about entries: still right, replaced, outdated, later; each can be undone for 30 days."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Missing, Refused
from hub.core.findings import Settled
from hub.core.progress import counted
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy as entry_policy
from hub.entries import queries as entries
from hub.entries.models import Entry, Kind, ReviewPreset
from hub.entries.service import dating
from hub.freshness import policy
from hub.freshness.models import Answer, ReviewAnswer
from hub.undoing.queries import KEPT_FOR
from hub.undoing.service import Row, remember

UNDO = "reviews"
MOST_MONTHS = 120
EVENTS = {Answer.HOLDS: "entry.checked", Answer.REPLACED: "entry.superseded", Answer.OUTDATED: "entry.outdated"}
DAYS, MOMENTS = ("review_on",), ("checked_at", "outdated_at")
OTHERS = ("checked_by_id", "outdated_note", "superseded_by_id")


def answer_entry(
    actor: Actor, entry_id: int, answer: Answer, version: int, note: str = "", successor_id: int | None = None
) -> ReviewAnswer:
    """Say about one entry whether it still holds.

    Raises Conflict when it has changed since the page showed it, and Refused when there is nothing that replaces it or
    the entries would replace each other in a ring.
    """
    with unit_of_work() as session:
        entry = entries.get_entry(actor, entry_id)
        require(entry_policy.may_check(actor, entry))
        if entry.version != version:
            raise Conflict(_("Dieser Eintrag wurde inzwischen bearbeitet."))
        if answer == Answer.REPLACED:
            _refuse_unpublished(actor, successor_id)
        [given] = _answer(session, actor, answer, [entry], note, successor_id)
    return given


def answer_many(actor: Actor, answer: Answer, chosen: Mapping[int, int], note: str = "") -> Settled:
    """The same about many entries, in one unit of work; ``chosen`` is the version by number that was shown."""
    require(policy.may_oversee(actor))
    with unit_of_work() as session:
        found = _load(chosen)
        same = [entry for entry in found if entry.is_published and entry.version == chosen[entry.id]]
        rows = [Row(one.id, {}, one.after_version) for one in _answer(session, actor, answer, same, note)]
        undo_id = remember(actor, UNDO, _label(answer, len(rows)), rows) if rows else None
        kept = {entry.id for entry in same}
        return Settled(len(rows), tuple(entry.title for entry in found if entry.id not in kept), undo_id)


def undo_answer(actor: Actor, answer_id: int) -> ReviewAnswer:
    """Take an answer back: whoever gave it, and the office; raises Conflict when the entry has moved on."""
    with unit_of_work() as session:
        given = session.get(ReviewAnswer, answer_id, with_for_update=True, populate_existing=True)
        if given is None:
            raise Missing
        require(policy.may_oversee(actor) or (actor.id is not None and given.actor_id == actor.id))
        _undo(actor, given, next(iter(_load([given.entry_id])), None))
    return given


def set_back_answers(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo ``answer_many``."""
    count, left = 0, []
    wanted = select(ReviewAnswer).where(ReviewAnswer.id.in_([row.thing_id for row in rows])).order_by(ReviewAnswer.id)
    answers = list(db.session.scalars(wanted.with_for_update().execution_options(populate_existing=True)))
    entries = {entry.id: entry for entry in _load([given.entry_id for given in answers])}
    for given in counted(answers):
        entry = entries.get(given.entry_id)
        try:
            _undo(actor, given, entry)
            count += 1
        except Conflict:
            left.append(entry.title if entry else "")
    return count, tuple(left)


def keep_presets(actor: Actor, months: Mapping[Kind, int | None]) -> None:
    """After how many months each kind is looked at again; entries that have a date keep it."""
    require(policy.may_oversee(actor))
    if any(wait is not None and not 1 <= wait <= MOST_MONTHS for wait in months.values()):
        raise Refused(_("Bitte geben Sie Monate zwischen 1 und %(most)s an, oder nichts.", most=MOST_MONTHS))
    with unit_of_work() as session:
        for kind, wait in months.items():
            session.merge(ReviewPreset(kind=kind.value, months=wait))
        record(actor, "review_preset.changed", months={str(kind): wait for kind, wait in months.items()})


def _load(numbers: Iterable[int]) -> list[Entry]:
    statement = select(Entry).where(Entry.id.in_(list(numbers))).order_by(Entry.id)
    return list(db.session.scalars(statement.with_for_update().execution_options(populate_existing=True)))


def _answer(
    session: Session,
    actor: Actor,
    answer: Answer,
    found: Sequence[Entry],
    note: str = "",
    successor_id: int | None = None,
) -> list[ReviewAnswer]:
    """First all entries are marked, then the answers are kept with the versions that the entries have by then."""
    moment, before = clock.now(), [_marks(entry) for entry in found]
    months = dating.months_by_kind(session)
    for entry in counted(found):
        if answer == Answer.HOLDS:
            dating.mark_checked(actor, entry, dating.next_review(entry.kind, months, clock.today()), moment)
        elif answer != Answer.LATER:
            dating.mark_outdated(actor, entry, moment, note, successor_id)
        if answer in EVENTS:
            record(actor, EVENTS[answer], entry.id)
    session.flush()
    given = [
        ReviewAnswer(
            entry_id=entry.id, actor_id=actor.id, answer=answer, at=moment, before=was, after_version=entry.version
        )
        for entry, was in zip(found, before, strict=True)
    ]
    session.add_all(given)
    session.flush()
    return given


def _undo(actor: Actor, given: ReviewAnswer, entry: Entry | None) -> None:
    if given.undone_at is not None:
        raise Conflict(_("Das ist schon rückgängig gemacht."))
    if given.at <= clock.now() - KEPT_FOR:
        raise Conflict(_("Das liegt mehr als 30 Tage zurück und lässt sich nicht mehr rückgängig machen."))
    if given.answer == Answer.LATER:
        given.undone_at = clock.now()
        return
    if entry is None or entry.version != given.after_version:
        raise Conflict(_("Dieser Eintrag wurde inzwischen bearbeitet."))
    given.undone_at = clock.now()
    before = given.before
    for name in DAYS:
        setattr(entry, name, date.fromisoformat(before[name]) if before[name] else None)
    for name in MOMENTS:
        setattr(entry, name, datetime.fromisoformat(before[name]) if before[name] else None)
    for name in OTHERS:
        setattr(entry, name, before[name])
    record(actor, "entry.check_undone", entry.id)


def _marks(entry: Entry) -> dict[str, Any]:
    dated = {name: value.isoformat() if (value := getattr(entry, name)) else None for name in (*DAYS, *MOMENTS)}
    return dated | {name: getattr(entry, name) for name in OTHERS}


def _refuse_unpublished(actor: Actor, successor_id: int | None) -> None:
    try:
        successor = entries.get_entry(actor, successor_id or 0)
    except Missing:
        raise Refused(_("Bitte wählen Sie den Eintrag, der diesen ersetzt.")) from None
    if not successor.is_published:
        raise Refused(_("Nur ein veröffentlichter Eintrag kann einen anderen ersetzen."))


def _label(answer: Answer, number: int) -> str:
    if answer == Answer.HOLDS:
        return ngettext("Einen Eintrag geprüft", "%(num)s Einträge geprüft", number)
    return ngettext("Einen Eintrag als überholt markiert", "%(num)s Einträge als überholt markiert", number)
