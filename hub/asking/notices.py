"""Letters about questions: to those who may answer, and to the person who asked."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from hub.accounts.models import Organisation, User
from hub.accounts.service.opening import as_actor
from hub.asking import policy
from hub.asking.models import Answer, Audience, Question, State
from hub.core.actor import OFFICE_ROLES, Actor
from hub.core.db import db
from hub.core.links import absolute
from hub.entries import policy as entries
from hub.entries.models import Entry
from hub.jobs.service import enqueue
from hub.mailing.service import is_configured, post, take_back

KIND = "tell_question"


def ask_to_tell(question: Question) -> None:
    """Have a worker write the letters about a question; it looks again whether there is still something to tell."""
    if is_configured():
        enqueue(KIND, str(question.id), {"question_id": question.id})


def tell_those_asked(payload: dict[str, Any]) -> None:
    """One letter each to the office, and to all who want letters about questions when all are asked."""
    question = db.session.get(Question, payload["question_id"])
    if question is None or question.state != State.OPEN:
        return
    values: dict[str, Any] = {
        "question": question.text,
        "explanation": question.explanation,
        "who": _who_asks(question),
        "url": absolute("asking.show", question_id=question.id),
    }
    people = db.session.execute(
        select(User.id, User.email, User.language, User.name).where(_is_asked(question)).order_by(User.id)
    ).all()
    for person in people:
        mark = f"{_mark(question)}{person.id}"
        post("question_asked", person.email, person.language, once=mark, name=person.name, **values)


def take_letters_back(question: Question) -> None:
    """What has not left yet about a question that nobody is to answer any more."""
    if is_configured():
        ids = db.session.scalars(select(User.id).where(_is_asked(question)))
        take_back(f"{_mark(question)}{number}" for number in ids)


def tell_answered(actor: Actor, question: Question, answer: Answer, entry: Entry | None) -> None:
    """An entry or a text answers the question."""
    person = _asker(actor, question)
    if person is None or (entry is not None and not entries.may_see(as_actor(person), entry)):
        return
    page = absolute("asking.show", question_id=question.id)
    post(
        "question_answered",
        person.email,
        person.language,
        name=person.name,
        question=question.text,
        entry_title=entry.title if entry else "",
        text="" if entry else answer.text,
        url=absolute("entries.show", entry_id=entry.id) if entry else page,
        page=page,
    )


def tell_removed(actor: Actor, question: Question) -> None:
    """The office took the question away, and says why."""
    person = _asker(actor, question)
    if person is not None:
        url = absolute("asking.show", question_id=question.id)
        values: dict[str, Any] = {"name": person.name, "question": question.text, "note": question.note, "url": url}
        post("question_removed", person.email, person.language, **values)


def _asker(actor: Actor, question: Question) -> User | None:
    """Nobody is told what they did themselves, and nobody who has gone or wants no letters."""
    person = db.session.get(User, question.asker_id) if question.asker_id not in (None, actor.id) else None
    if person is None or person.blocked_at is not None or not person.wants_letters:
        return None
    return person if policy.may_see(as_actor(person), question) else None


def _who_asks(question: Question) -> str:
    """The organisation in whose name the question is asked; empty for the office."""
    if question.is_from_office:
        return ""
    return db.session.scalar(select(Organisation.label).where(Organisation.id == question.organisation_id)) or ""


def _is_asked(question: Question) -> ColumnElement[bool]:
    is_office = User.role.in_(OFFICE_ROLES)
    wanted = or_(is_office, User.wants_questions) if question.audience == Audience.ALL else is_office
    is_here = and_(User.blocked_at.is_(None), User.erased_at.is_(None), User.last_seen_at.is_not(None))
    return and_(wanted, is_here, User.id != (question.asker_id or 0))


def _mark(question: Question) -> str:
    return f"question:{question.id}:{question.audience}:"
