"""What the search index learns from questions: who searches as the asker did finds the entry that answers.

The words are indexed like the text of a file: they lead to the entry and are never shown as its own.
"""

from collections.abc import Mapping

from sqlalchemy import select

from hub.asking.models import Answer, Audience, Question, State
from hub.core.db import db
from hub.indexing import changelog


def watch_changes() -> None:
    """Tell the change log that an answer concerns its entry."""
    changelog.watch(Answer, lambda row: [("entry", row.entry_id)] if row.entry_id else [])


def words_asked(entry_ids: list[int]) -> Mapping[int, str]:
    """By entry, the words of the questions that it has settled; of one to the office only the search."""
    words: dict[int, list[str]] = {}
    statement = (
        select(Answer.entry_id, Question.words, Question.text, Question.audience)
        .join(Question, Question.id == Answer.question_id)
        .where(Answer.entry_id.in_(entry_ids), Answer.is_solution, Question.state == State.SETTLED)
        .order_by(Question.id)
    )
    for entry_id, searched, text, audience in db.session.execute(statement):
        if entry_id is None:
            continue
        words.setdefault(entry_id, []).extend([searched, text if audience == Audience.ALL else ""])
    return {entry_id: "\n".join(filter(None, texts)) for entry_id, texts in words.items()}
