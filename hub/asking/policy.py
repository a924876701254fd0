"""Who asks, who answers, who reads a question, and who looks after them. The SQL twin is ``queries.visible_to``."""

from hub.asking.models import SHOWN, Answer, Audience, Question, State
from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_ask(actor: Actor) -> bool:
    """Ask, answer and report: every member."""
    return actor.may(Permission.QUESTION_ASK)


def may_tend(actor: Actor) -> bool:
    """Pass on, remove and settle what others ask: the office."""
    return actor.may(Permission.QUESTION_TEND)


def is_own(actor: Actor, question: Question) -> bool:
    """Whether the actor asked it."""
    return actor.id is not None and question.asker_id == actor.id


def may_see(actor: Actor, question: Question) -> bool:
    """A question to all is for every member while it stands; every other one for its asker and the office."""
    if may_tend(actor) or is_own(actor, question):
        return True
    return question.audience == Audience.ALL and question.state in SHOWN


def knows_asker(actor: Actor, question: Question) -> bool:
    """Whether name and organisation of the asker are shown; the office may ask in its own name."""
    return not question.is_from_office or may_tend(actor) or is_own(actor, question)


def may_answer(actor: Actor, question: Question) -> bool:
    """Whoever sees an open question."""
    return may_ask(actor) and may_see(actor, question) and question.state == State.OPEN


def may_settle(actor: Actor, question: Question) -> bool:
    """Say that a question is settled, or open again: the asker and the office."""
    return is_own(actor, question) or may_tend(actor)


def may_withdraw(actor: Actor, question: Question) -> bool:
    """Take a question back: the asker; the office what is asked in its name."""
    return is_own(actor, question) or (question.is_from_office and may_tend(actor))


def may_remove_answer(actor: Actor, answer: Answer) -> bool:
    """Take an answer back: whoever gave it, and the office."""
    return (actor.id is not None and answer.author_id == actor.id) or may_tend(actor)
