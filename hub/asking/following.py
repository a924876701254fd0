"""Questions follow their entries: one that is published settles what it answers, one that goes opens it again.

A listener notes in each unit which entries have changed their status; no service needs to think of it.
"""

from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from hub.asking.models import Answer, Question, State
from hub.asking.service.settling import reopen, settle_by
from hub.audit.service import record
from hub.core.actor import SYSTEM
from hub.core.unit_of_work import notes_of
from hub.entries.models import Entry, Status

_NOTES = "questions"


def watch_entries() -> None:
    """Attach the listener to the sessions of the hub, once."""
    if not event.contains(Session, "before_flush", _note_moves):
        event.listen(Session, "before_flush", _note_moves)


def follow_entries(session: Session) -> None:
    """Settle or open what the entries of this unit answer; runs before its commit."""
    session.flush()
    moved = (notes_of(session) or {}).pop(_NOTES, None)
    if not moved:
        return
    rows = session.execute(
        select(Answer, Question, Entry)
        .join(Question, Question.id == Answer.question_id)
        .join(Entry, Entry.id == Answer.entry_id)
        .where(Answer.entry_id.in_(moved), Answer.removed_at.is_(None))
        .order_by(Answer.id)
    )
    for answer, question, entry in rows.all():
        if entry.status == Status.PUBLISHED and question.state == State.OPEN:
            settle_by(SYSTEM, session, question, answer, entry)
        elif entry.status != Status.PUBLISHED and question.state == State.SETTLED and answer.is_solution:
            reopen(session, question)
            record(SYSTEM, "question.reopened", question.id, entry_id=entry.id)


def _note_moves(session: Session, _flush: Any, _instances: Any) -> None:
    notes = notes_of(session)
    if notes is None:
        return
    for row in session.dirty:
        if isinstance(row, Entry) and inspect(row).attrs.status.history.has_changes():
            notes.setdefault(_NOTES, set()).add(row.id)
