"""Settling, taking back, removing and opening questions again; forgetting those that are long gone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from hub.asking import notices, policy
from hub.asking.models import Answer, Question, State
from hub.asking.service.locking import close, expect, locked, log_entries
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Conflict, Refused
from hub.core.text import clean_text
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Entry

KEPT_AFTER_END = timedelta(days=30)
_when_settled: list[Callable[[str], object]] = []


def on_settled(forget: Callable[[str], object]) -> None:
    """Register who forgets, inside the open unit, that a search found nothing: ``forget(words)``."""
    _when_settled[:] = [forget]


def settle_question(actor: Actor, question_id: int) -> None:
    """The asker or the office needs no further answer."""
    with unit_of_work() as session:
        question = locked(session, actor, question_id)
        require(policy.may_settle(actor, question))
        expect(question, State.OPEN)
        close(actor, question, State.SETTLED)
        notices.take_letters_back(question)
        record(actor, "question.settled", question.id)


def reopen_question(actor: Actor, question_id: int) -> None:
    """The answer does not help yet, or the question was taken back by mistake."""
    with unit_of_work() as session:
        question = locked(session, actor, question_id)
        is_back = question.state == State.WITHDRAWN
        require((policy.may_withdraw if is_back else policy.may_settle)(actor, question))
        if question.state == State.REMOVED:
            raise Conflict
        reopen(session, question)
        record(actor, "question.reopened", question.id)


def withdraw_question(actor: Actor, question_id: int) -> None:
    """The asker takes the question back; others see it no more."""
    with unit_of_work() as session:
        question = locked(session, actor, question_id)
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
        question = locked(session, actor, question_id)
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
        question = locked(session, actor, question_id)
        expect(question, State.REMOVED)
        question.note = ""
        reopen(session, question)
        record(actor, "question.restored", question.id)


def settle_by(actor: Actor, session: Session, question: Question, answer: Answer, entry: Entry) -> None:
    """A published entry answers the question: pointer, letter, and its words lead there from now on."""
    answer.is_solution = True
    close(actor, question, State.SETTLED)
    notices.take_letters_back(question)
    notices.tell_answered(actor, question, answer, entry)
    for forget in _when_settled if question.words else ():
        forget(question.words)
    log_entries(session, question)
    record(actor, "question.settled", question.id, entry_id=entry.id)


def reopen(session: Session, question: Question) -> None:
    """Open again; what settled it stays as an answer."""
    log_entries(session, question)
    for answer in session.scalars(select(Answer).where(Answer.question_id == question.id, Answer.is_solution)):
        answer.is_solution = False
    question.state, question.closed_at, question.closed_by_id = State.OPEN, None, None


def sweep(_payload: dict[str, Any]) -> None:
    """Forget questions that were taken back or removed a month ago."""
    gone = and_(Question.state.in_((State.WITHDRAWN, State.REMOVED)), Question.closed_at < clock.now() - KEPT_AFTER_END)
    with unit_of_work() as session:
        session.execute(delete(Answer).where(Answer.question_id.in_(select(Question.id).where(gone))))
        session.execute(delete(Question).where(gone))


def _take_away(actor: Actor, session: Session, question: Question, state: State) -> None:
    log_entries(session, question)
    close(actor, question, state)
    notices.take_letters_back(question)
