"""What rooms above know about entries and the pages of this room mention. ``hub.wiring`` ties them in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select

from hub.core.actor import Actor
from hub.core.db import db
from hub.entries.models import Entry

CountReports = Callable[[Actor, Sequence[int]], Select[int, int]]
FindNotes = Callable[[Actor, Entry], Sequence[Any]]
_count_reports: list[CountReports] = []
_find_notes: list[FindNotes] = []


ReadQuestion = Callable[[Actor, int], str]
AnswerQuestion = Callable[[Actor, int, int], object]
_questions: list[tuple[ReadQuestion, AnswerQuestion]] = []


def on_questions(read: ReadQuestion, answer: AnswerQuestion) -> None:
    """Register who knows the words of an open question by its number (empty: none), and who takes an entry as the
    answer: ``answer(actor, question_id, entry_id)``."""
    _questions[:] = [(read, answer)]


def find_question(actor: Actor, question_id: str) -> str:
    """What is asked, for the form of an entry that is to answer it; empty when nothing is."""
    is_number = question_id.isascii() and question_id.isdigit() and len(question_id) < 10
    return _questions[0][0](actor, int(question_id)) if is_number and _questions else ""


def answer_question(actor: Actor, question_id: str, entry_id: int) -> None:
    """A new entry answers a question, inside the open unit; one that is no longer open stays as it is."""
    if find_question(actor, question_id):
        _questions[0][1](actor, int(question_id), entry_id)


def on_reports(count: CountReports) -> None:
    """Register who knows how many open reports there are: a question for number of the entry and count."""
    _count_reports[:] = [count]


def count_reports(actor: Actor, entry_ids: Sequence[int]) -> Mapping[int, int]:
    """Open reports by entry, as far as they concern the actor."""
    if not _count_reports or not entry_ids:
        return {}
    return {row[0]: row[1] for row in db.session.execute(_count_reports[0](actor, entry_ids))}


FindAnswered = Callable[[Actor, int], Select[int, str]]
_find_answered: list[FindAnswered] = []


def on_answered(find: FindAnswered) -> None:
    """Register who knows which question an entry has answered: a question for its number and words, one row at most."""
    _find_answered[:] = [find]


def look_at(actor: Actor, entry: Entry, is_close: bool) -> tuple[int, tuple[int, str] | None]:
    """How many open reports there are about an entry, for those close to it, and the question that it has answered;
    in one statement, as its page needs many."""
    if not _find_answered or not _count_reports:
        return 0, None
    answered = _find_answered[0](actor, entry.id).subquery()
    counted = _count_reports[0](actor, [entry.id]).subquery()
    one = select(literal(1).label("one")).subquery()
    reports = select(counted.c[1]).scalar_subquery() if is_close else literal(0)
    row = db.session.execute(
        select(func.coalesce(reports, 0), answered.c.id, answered.c.text).select_from(
            one.outerjoin(answered, literal(entry.is_published))
        )
    ).one()
    return row[0], (row[1], row[2]) if row[1] else None


def on_notes(find: FindNotes) -> None:
    """Register who knows what office and contributor wrote each other about an entry."""
    _find_notes[:] = [find]


def find_notes(actor: Actor, entry: Entry) -> Sequence[Any]:
    """Notes about an entry, oldest first, for those whom they concern."""
    return _find_notes[0](actor, entry) if _find_notes else ()


@dataclass(frozen=True, slots=True)
class LinkNote:
    """The source of an entry cannot be reached, or is no longer there: where a copy might lie, and of which day.

    Without a day nobody knows when it was last in order.
    """

    is_gone: bool
    archive: str
    archived_at: datetime | None


AboutLink = Callable[[Entry], LinkNote | None]
_about_link: list[AboutLink] = []


def on_links(about: AboutLink) -> None:
    """Register who knows whether the source of an entry can be reached."""
    _about_link[:] = [about]


def link_note(entry: Entry) -> LinkNote | None:
    """What readers of an entry are told about its link; None when there is nothing to tell."""
    return _about_link[0](entry) if _about_link and entry.url and entry.is_published else None
