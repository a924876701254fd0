"""Asking the office or all cities."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.asking import notices, policy
from hub.asking.models import QUESTION_LENGTH, WORDS_LENGTH, Audience, Question, State
from hub.asking.service.locking import DAY, lock_person
from hub.audit.service import record
from hub.collections.models import Collection
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Refused
from hub.core.text import clean_line, clean_text
from hub.core.unit_of_work import unit_of_work

MOST_QUESTIONS_A_DAY = 5


@dataclass(frozen=True, slots=True)
class Asking:
    """What a person asks; ``words`` is the search that led here."""

    text: str
    explanation: str = ""
    collection: str = ""
    audience: Audience = Audience.ALL
    words: str = ""


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


def _ask(actor: Actor, asking: Asking, is_from_office: bool) -> Question:
    text = clean_line(asking.text)[:QUESTION_LENGTH]
    with unit_of_work() as session:
        organisation_id = lock_person(session, actor)
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
