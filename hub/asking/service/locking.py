"""Questions and answers as they stand now, under lock; what all changes of them share."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.models import User
from hub.asking import policy, queries
from hub.asking.models import Answer, Question, State
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Conflict, Missing
from hub.indexing import changelog

DAY = timedelta(days=1)


def locked(session: Session, actor: Actor, question_id: int) -> Question:
    """The question as it stands now; Missing when the actor may not see it."""
    queries.get_question(actor, question_id)
    wanted = select(Question).where(Question.id == question_id).with_for_update()
    question = session.scalar(wanted.execution_options(populate_existing=True))
    if question is None:
        raise Missing
    return question


def open_question(session: Session, actor: Actor, question_id: int) -> Question:
    """The same, to be answered; Conflict when it is no longer open."""
    question = locked(session, actor, question_id)
    expect(question, State.OPEN)
    require(policy.may_answer(actor, question))
    return question


def expect(question: Question, state: State) -> None:
    """Raise Conflict when something else has happened to the question meanwhile."""
    if question.state != state:
        raise Conflict(_("Mit dieser Frage ist inzwischen schon etwas anderes geschehen."))


def answer_and_question(session: Session, actor: Actor, answer_id: int) -> tuple[Answer, Question]:
    """An answer with its question under lock; raises Missing."""
    answer = session.get(Answer, answer_id) if 0 < answer_id <= queries.LARGEST_ID else None
    if answer is None:
        raise Missing
    return answer, locked(session, actor, answer.question_id)


def lock_person(session: Session, actor: Actor) -> int:
    """One after the other for each person, so that the limit is reached exactly; gives the organisation."""
    found = session.scalar(select(User.organisation_id).where(User.id == actor.id).with_for_update())
    if found is None:
        raise Missing
    return found


def close(actor: Actor, question: Question, state: State) -> None:
    """The question needs no answer any more, for this reason."""
    question.state, question.closed_at, question.closed_by_id = state, clock.now(), actor.id


def log_entries(session: Session, question: Question) -> None:
    """The entries that settle this question read otherwise to the search from now on."""
    session.flush()
    solutions = select(Answer.entry_id).where(Answer.question_id == question.id, Answer.is_solution)
    things = [("entry", number) for number in session.scalars(solutions) if number is not None]
    if things:
        changelog.append(session, things)
