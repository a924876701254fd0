"""What the office does with questions, and reporting them to it."""

from flask_babel import gettext as _
from sqlalchemy import func, select

from hub.asking import notices, policy
from hub.asking.models import Audience, Question, State
from hub.asking.service.locking import DAY, expect, locked, log_entries
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Conflict, Refused
from hub.core.text import clean_text
from hub.core.unit_of_work import unit_of_work

MOST_REPORTS_A_DAY = 10


def report_question(actor: Actor, question_id: int, text: str) -> None:
    """Tell the office that something is wrong with a question; the first report counts."""
    require(policy.may_ask(actor))
    with unit_of_work() as session:
        question = locked(session, actor, question_id)
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
        question = locked(session, actor, question_id)
        question.reported_at, question.reporter_id, question.report_text = None, None, ""
        record(actor, "question.kept", question.id)


def forward_question(actor: Actor, question_id: int) -> None:
    """The office asks all cities in its own name what it was asked; the asker is told of the answer."""
    require(policy.may_tend(actor))
    with unit_of_work() as session:
        question = locked(session, actor, question_id)
        expect(question, State.OPEN)
        if question.audience != Audience.OFFICE:
            raise Conflict(_("Diese Frage geht schon an alle."))
        question.audience, question.is_from_office = Audience.ALL, True
        notices.ask_to_tell(question)
        record(actor, "question.forwarded", question.id)


def take_forward_back(actor: Actor, question_id: int) -> None:
    """Undo that a question was passed on."""
    require(policy.may_tend(actor))
    with unit_of_work() as session:
        question = locked(session, actor, question_id)
        if not question.is_from_office or question.audience != Audience.ALL:
            raise Conflict
        notices.take_letters_back(question)
        question.audience, question.is_from_office = Audience.OFFICE, False
        log_entries(session, question)
        record(actor, "question.forward_undone", question.id)
