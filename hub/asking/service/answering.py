"""Answering with an entry or a few words, and what becomes of such words."""

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.asking import notices, policy
from hub.asking.models import Answer, State
from hub.asking.service.locking import DAY, answer_and_question, lock_person, open_question
from hub.asking.service.settling import reopen, settle_by
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Conflict, Refused
from hub.core.text import clean_text
from hub.core.unit_of_work import unit_of_work
from hub.entries import queries as entries
from hub.entries.models import Entry, Kind, Status
from hub.entries.service.contributing import EntryDetails, draft_entry

MOST_ANSWERS_A_DAY = 30


def answer_with_entry(actor: Actor, question_id: int, entry_id: int) -> Answer:
    """Give an entry as the answer. A published one settles the question at once, any other when it is published."""
    with unit_of_work() as session:
        question = open_question(session, actor, question_id)
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
        question = open_question(session, actor, question_id)
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
        answer, question = answer_and_question(session, actor, answer_id)
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
        answer, question = answer_and_question(session, actor, answer_id)
        answer.handled_at = answer.handled_at or clock.now()
        record(actor, "question.answer_left", question.id)


def remove_answer(actor: Actor, answer_id: int) -> int:
    """Take an answer back; a question that it settled is open again. Returns the number of the question."""
    with unit_of_work() as session:
        answer, question = answer_and_question(session, actor, answer_id)
        require(policy.may_remove_answer(actor, answer))
        answer.removed_at = answer.removed_at or clock.now()
        if answer.is_solution:
            reopen(session, question)
        record(actor, "question.answer_removed", question.id)
    return question.id


def restore_answer(actor: Actor, answer_id: int) -> int:
    """Undo that an answer was taken back."""
    with unit_of_work() as session:
        answer, question = answer_and_question(session, actor, answer_id)
        require(policy.may_remove_answer(actor, answer))
        answer.removed_at = None
        published = select(Entry).where(Entry.id == answer.entry_id, Entry.status == Status.PUBLISHED)
        entry = session.scalar(published)
        if entry is not None and question.state == State.OPEN:
            settle_by(actor, session, question, answer, entry)
        record(actor, "question.answer_restored", question.id)
    return question.id


def _refuse_flood(session: Session, actor: Actor) -> None:
    lock_person(session, actor)
    since = clock.now() - DAY
    given = session.scalar(select(func.count()).where(Answer.author_id == actor.id, Answer.created_at > since))
    if (given or 0) >= MOST_ANSWERS_A_DAY:
        raise Refused(
            _("Heute haben Sie schon %(count)d Antworten gegeben. Morgen geht es weiter.", count=MOST_ANSWERS_A_DAY)
        )


def _organisation_of(session: Session, answer: Answer) -> int | None:
    """Whose knowledge it is: the organisation of the person who answered."""
    return session.scalar(select(User.organisation_id).where(User.id == answer.author_id))
