"""Asking, answering, settling; and what the office does with questions. Everything can be undone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.asking import notices, policy, queries
from hub.asking.models import QUESTION_LENGTH, WORDS_LENGTH, Answer, Audience, Question, State
from hub.audit.service import record
from hub.collections.models import Collection
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Conflict, Missing, Refused
from hub.core.text import clean_line, clean_text
from hub.core.unit_of_work import unit_of_work
from hub.entries import queries as entries
from hub.entries.models import Entry, Kind
from hub.entries.service.contributing import EntryDetails, draft_entry
from hub.indexing import changelog

MOST_QUESTIONS_A_DAY, MOST_ANSWERS_A_DAY, MOST_REPORTS_A_DAY = 5, 30, 10
DAY = timedelta(days=1)
KEPT_AFTER_END = timedelta(days=30)
_when_settled: list[Callable[[str], object]] = []


@dataclass(frozen=True, slots=True)
class Asking:
    """What a person asks; ``words`` is the search that led here."""

    text: str
    explanation: str = ""
    collection: str = ""
    audience: Audience = Audience.ALL
    words: str = ""


def on_settled(forget: Callable[[str], object]) -> None:
    """Register who forgets, inside the open unit, that a search found nothing: ``forget(words)``."""
    _when_settled[:] = [forget]


def ask_question(actor: Actor, asking: Asking) -> Question:
    """Ask the office or all; the same question twice is one. Raises Refused beyond the daily limit."""
    require(policy.may_ask(actor))
    return _ask(actor, asking, is_from_office=False)


def ask_cities(actor: Actor, words: str) -> Question:
    """The office asks all, in its own name, for what was searched in vain; an open one of the same words stays."""
    require(policy.may_tend(actor))
    words = clean_line(words)[:WORDS_LENGTH]
    if not words:
        raise Refused(_("Bitte sagen Sie, wonach gefragt werden soll."))
    text = _("Wer kennt gutes Material zu „%(words)s“?", words=words)[:QUESTION_LENGTH]
    return _ask(actor, Asking(text=text, words=words), is_from_office=True)


def answer_with_entry(actor: Actor, question_id: int, entry_id: int) -> Answer:
    """Give an entry as the answer. A published one settles the question at once, any other when it is published."""
    with unit_of_work() as session:
        question = _open_question(session, actor, question_id)
        entry = entries.get_entry(actor, entry_id)
        known = select(Answer).where(Answer.question_id == question.id, Answer.entry_id == entry.id)
        answer = session.scalar(known)
        if answer is None:
            _refuse_flood(session, actor)
            answer = Answer(question_id=question.id, author_id=actor.id, entry_id=entry.id)
            session.add(answer)
            session.flush()
            record(actor, "question.answered", question.id, entry_id=entry.id)
        answer.removed_at = None
        if entry.is_published:
            settle_by(actor, session, question, answer, entry)
    return answer


def answer_with_text(actor: Actor, question_id: int, text: str) -> Answer:
    """Answer in a few sentences; the office can make an entry of them."""
    text = clean_text(text)
    if not text:
        raise Refused(_("Bitte geben Sie einen Eintrag an oder schreiben Sie eine kurze Antwort."))
    with unit_of_work() as session:
        question = _open_question(session, actor, question_id)
        same = select(Answer).where(Answer.question_id == question.id, Answer.author_id == actor.id)
        answer = session.scalar(same.where(Answer.text == text, Answer.removed_at.is_(None)))
        if answer is not None:
            return answer
        _refuse_flood(session, actor)
        answer = Answer(question_id=question.id, author_id=actor.id, text=text)
        session.add(answer)
        session.flush()
        record(actor, "question.answered", question.id)
        notices.tell_answered(actor, question, answer, None)
    return answer


def draft_from_answer(actor: Actor, answer_id: int) -> Entry:
    """The office makes an entry of a short answer: a draft to be completed, which answers when it is published."""
    require(policy.may_tend(actor))
    with unit_of_work() as session:
        answer, question = _answer_and_question(session, actor, answer_id)
        if answer.entry_id is not None or answer.removed_at is not None:
            raise Conflict(_("Aus dieser Antwort ist schon ein Eintrag geworden, oder sie ist zurückgenommen."))
        collections = [question.collection_id] if question.collection_id else []
        details = EntryDetails(
            title=question.text, kind=Kind.DOKUMENT, collection_ids=collections, text=answer.text,
            organisation_id=_organisation_of(session, answer) or question.organisation_id,
        )  # fmt: skip
        entry = draft_entry(actor, details)
        answer.entry_id, answer.handled_at = entry.id, clock.now()
        record(actor, "question.answer_taken", question.id, entry_id=entry.id)
    return entry


def leave_answer(actor: Actor, answer_id: int) -> None:
    """The office leaves a short answer as it is."""
    require(policy.may_tend(actor))
    with unit_of_work() as session:
        answer, question = _answer_and_question(session, actor, answer_id)
        answer.handled_at = answer.handled_at or clock.now()
        record(actor, "question.answer_left", question.id)


def remove_answer(actor: Actor, answer_id: int) -> int:
    """Take an answer back; a question that it settled is open again. Returns the number of the question."""
    with unit_of_work() as session:
        answer, question = _answer_and_question(session, actor, answer_id)
        require(policy.may_remove_answer(actor, answer))
        answer.removed_at = answer.removed_at or clock.now()
        if answer.is_solution:
            reopen(session, question)
        record(actor, "question.answer_removed", question.id)
    return question.id


def restore_answer(actor: Actor, answer_id: int) -> int:
    """Undo that an answer was taken back."""
    with unit_of_work() as session:
        answer, question = _answer_and_question(session, actor, answer_id)
        require(policy.may_remove_answer(actor, answer))
        answer.removed_at = None
        entry = session.get(Entry, answer.entry_id) if answer.entry_id else None
        if entry is not None and entry.is_published and question.state == State.OPEN:
            settle_by(actor, session, question, answer, entry)
        record(actor, "question.answer_restored", question.id)
    return question.id


def settle_question(actor: Actor, question_id: int) -> None:
    """The asker or the office needs no further answer."""
    with unit_of_work() as session:
        question = _locked(session, actor, question_id)
        require(policy.may_settle(actor, question))
        _expect(question, State.OPEN)
        _close(actor, question, State.SETTLED)
        notices.take_letters_back(question)
        record(actor, "question.settled", question.id)


def reopen_question(actor: Actor, question_id: int) -> None:
    """The answer does not help yet, or the question was taken back by mistake."""
    with unit_of_work() as session:
        question = _locked(session, actor, question_id)
        is_back = question.state == State.WITHDRAWN
        require((policy.may_withdraw if is_back else policy.may_settle)(actor, question))
        if question.state == State.REMOVED:
            raise Conflict
        reopen(session, question)
        record(actor, "question.reopened", question.id)


def withdraw_question(actor: Actor, question_id: int) -> None:
    """The asker takes the question back; others see it no more."""
    with unit_of_work() as session:
        question = _locked(session, actor, question_id)
        require(policy.may_withdraw(actor, question))
        if question.state == State.REMOVED:
            raise Conflict
        _take_away(actor, session, question, State.WITHDRAWN)
        record(actor, "question.withdrawn", question.id)


def remove_question(actor: Actor, question_id: int, reason: str) -> None:
    """The office takes a question away and says why."""
    require(policy.may_tend(actor))
    reason = clean_text(reason)
    if not reason:
        raise Refused(_("Bitte schreiben Sie in einem Satz, warum."))
    with unit_of_work() as session:
        question = _locked(session, actor, question_id)
        if question.state == State.REMOVED:
            raise Conflict(_("Diese Frage hat schon jemand entfernt."))
        question.note = reason
        _take_away(actor, session, question, State.REMOVED)
        notices.tell_removed(actor, question)
        record(actor, "question.removed", question.id)


def restore_question(actor: Actor, question_id: int) -> None:
    """Undo a removal."""
    require(policy.may_tend(actor))
    with unit_of_work() as session:
        question = _locked(session, actor, question_id)
        _expect(question, State.REMOVED)
        question.note = ""
        reopen(session, question)
        record(actor, "question.restored", question.id)


def report_question(actor: Actor, question_id: int, text: str) -> None:
    """Tell the office that something is wrong with a question; the first report counts."""
    require(policy.may_ask(actor))
    with unit_of_work() as session:
        question = _locked(session, actor, question_id)
        since = clock.now() - DAY
        mine = select(func.count()).where(Question.reporter_id == actor.id, Question.reported_at > since)
        if (session.scalar(mine) or 0) >= MOST_REPORTS_A_DAY:
            raise Refused(_("Heute haben Sie schon viel gemeldet. Morgen geht es weiter."))
        if question.reported_at is None:
            question.reporter_id, question.report_text = actor.id, clean_text(text)
            question.reported_at = clock.now()
            record(actor, "question.reported", question.id)


def keep_question(actor: Actor, question_id: int) -> None:
    """The office finds a reported question in order."""
    require(policy.may_tend(actor))
    with unit_of_work() as session:
        question = _locked(session, actor, question_id)
        question.reported_at, question.reporter_id, question.report_text = None, None, ""
        record(actor, "question.kept", question.id)


def forward_question(actor: Actor, question_id: int) -> None:
    """The office asks all cities in its own name what it was asked; the asker is told of the answer."""
    require(policy.may_tend(actor))
    with unit_of_work() as session:
        question = _locked(session, actor, question_id)
        _expect(question, State.OPEN)
        if question.audience != Audience.OFFICE:
            raise Conflict(_("Diese Frage geht schon an alle."))
        question.audience, question.is_from_office = Audience.ALL, True
        notices.ask_to_tell(question)
        record(actor, "question.forwarded", question.id)


def take_forward_back(actor: Actor, question_id: int) -> None:
    """Undo that a question was passed on."""
    require(policy.may_tend(actor))
    with unit_of_work() as session:
        question = _locked(session, actor, question_id)
        if not question.is_from_office or question.audience != Audience.ALL:
            raise Conflict
        notices.take_letters_back(question)
        question.audience, question.is_from_office = Audience.OFFICE, False
        _log_entries(session, question)
        record(actor, "question.forward_undone", question.id)


def settle_by(actor: Actor, session: Session, question: Question, answer: Answer, entry: Entry) -> None:
    """A published entry answers the question: pointer, letter, and its words lead there from now on."""
    answer.is_solution = True
    _close(actor, question, State.SETTLED)
    notices.take_letters_back(question)
    notices.tell_answered(actor, question, answer, entry)
    for forget in _when_settled if question.words else ():
        forget(question.words)
    _log_entries(session, question)
    record(actor, "question.settled", question.id, entry_id=entry.id)


def reopen(session: Session, question: Question) -> None:
    """Open again; what settled it stays as an answer."""
    _log_entries(session, question)
    for answer in session.scalars(select(Answer).where(Answer.question_id == question.id, Answer.is_solution)):
        answer.is_solution = False
    question.state, question.closed_at, question.closed_by_id = State.OPEN, None, None


def sweep(_payload: dict[str, Any]) -> None:
    """Forget questions that were taken back or removed a month ago."""
    gone = and_(Question.state.in_((State.WITHDRAWN, State.REMOVED)), Question.closed_at < clock.now() - KEPT_AFTER_END)
    with unit_of_work() as session:
        session.execute(delete(Answer).where(Answer.question_id.in_(select(Question.id).where(gone))))
        session.execute(delete(Question).where(gone))


def _ask(actor: Actor, asking: Asking, is_from_office: bool) -> Question:
    text = clean_line(asking.text)[:QUESTION_LENGTH]
    with unit_of_work() as session:
        organisation_id = _lock_person(session, actor)
        same = or_(Question.asker_id == actor.id, Question.is_from_office) if is_from_office else (
            Question.asker_id == actor.id
        )  # fmt: skip
        known = session.scalar(select(Question).where(same, Question.text == text, Question.state == State.OPEN))
        if known is not None:
            return known
        _refuse_many_questions(session, actor)
        question = Question(
            asker_id=actor.id,
            organisation_id=organisation_id,
            text=text,
            explanation=clean_text(asking.explanation),
            words=_fit_to_keep(asking.words),
            collection_id=_collection_id(session, asking.collection),
            audience=asking.audience,
            is_from_office=is_from_office,
        )
        session.add(question)
        session.flush()
        record(actor, "question.asked", question.id, audience=str(asking.audience))
        notices.ask_to_tell(question)
    return question


def _lock_person(session: Session, actor: Actor) -> int:
    """One after the other for each person, so that the limit is reached exactly; gives the organisation."""
    found = session.scalar(select(User.organisation_id).where(User.id == actor.id).with_for_update())
    if found is None:
        raise Missing
    return found


def _fit_to_keep(words: str) -> str:
    """The words of a search, unless they look like somebody's address."""
    words = clean_line(words)[:WORDS_LENGTH]
    return "" if "@" in words else words


def _collection_id(session: Session, slug: str) -> int | None:
    return session.scalar(select(Collection.id).where(Collection.slug == slug)) if slug else None


def _refuse_many_questions(session: Session, actor: Actor) -> None:
    since = clock.now() - DAY
    asked = session.scalar(select(func.count()).where(Question.asker_id == actor.id, Question.created_at > since))
    if (asked or 0) >= MOST_QUESTIONS_A_DAY and not policy.may_tend(actor):
        raise Refused(
            _("Heute haben Sie schon %(count)d Fragen gestellt. Morgen geht es weiter.", count=MOST_QUESTIONS_A_DAY)
        )


def _refuse_flood(session: Session, actor: Actor) -> None:
    _lock_person(session, actor)
    since = clock.now() - DAY
    given = session.scalar(select(func.count()).where(Answer.author_id == actor.id, Answer.created_at > since))
    if (given or 0) >= MOST_ANSWERS_A_DAY:
        raise Refused(
            _("Heute haben Sie schon %(count)d Antworten gegeben. Morgen geht es weiter.", count=MOST_ANSWERS_A_DAY)
        )


def _locked(session: Session, actor: Actor, question_id: int) -> Question:
    """The question as it stands now; Missing when the actor may not see it."""
    queries.get_question(actor, question_id)
    locked = select(Question).where(Question.id == question_id).with_for_update()
    question = session.scalar(locked.execution_options(populate_existing=True))
    if question is None:
        raise Missing
    return question


def _open_question(session: Session, actor: Actor, question_id: int) -> Question:
    question = _locked(session, actor, question_id)
    _expect(question, State.OPEN)
    require(policy.may_answer(actor, question))
    return question


def _expect(question: Question, state: State) -> None:
    if question.state != state:
        raise Conflict(_("Mit dieser Frage ist inzwischen schon etwas anderes geschehen."))


def _answer_and_question(session: Session, actor: Actor, answer_id: int) -> tuple[Answer, Question]:
    answer = session.get(Answer, answer_id) if 0 < answer_id <= queries.LARGEST_ID else None
    if answer is None:
        raise Missing
    return answer, _locked(session, actor, answer.question_id)


def _organisation_of(session: Session, answer: Answer) -> int | None:
    """Whose knowledge it is: the organisation of the person who answered."""
    return session.scalar(select(User.organisation_id).where(User.id == answer.author_id))


def _close(actor: Actor, question: Question, state: State) -> None:
    question.state, question.closed_at, question.closed_by_id = state, clock.now(), actor.id


def _take_away(actor: Actor, session: Session, question: Question, state: State) -> None:
    _log_entries(session, question)
    _close(actor, question, state)
    notices.take_letters_back(question)


def _log_entries(session: Session, question: Question) -> None:
    """The entries that settle this question read otherwise to the search from now on."""
    session.flush()
    solutions = select(Answer.entry_id).where(Answer.question_id == question.id, Answer.is_solution)
    things = [("entry", number) for number in session.scalars(solutions) if number is not None]
    if things:
        changelog.append(session, things)
