"""Questions of members and the answers they got."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db

QUESTION_LENGTH, WORDS_LENGTH, LONG_LENGTH = 200, 100, 2000


class Audience(StrEnum):
    """Who is asked."""

    OFFICE = "office"
    ALL = "all"


class State(StrEnum):
    """Where a question is; ``removed``: the office took it away, ``withdrawn``: the asker."""

    OPEN = "open"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


SHOWN = (State.OPEN, State.SETTLED)


class Question(db.Model):
    """What somebody wants to know. ``words`` is the search it came from; they become findable at the answer.

    ``is_from_office``: shown under the name of the office. ``note`` says why it was removed; ``report_text`` what a
    reader finds wrong with it.
    """

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint("audience IN ('office', 'all')", name="audience"),
        CheckConstraint("state IN ('open', 'settled', 'withdrawn', 'removed')", name="state"),
        CheckConstraint("state = 'open' OR closed_at IS NOT NULL", name="closed_at"),
        CheckConstraint("length(text) BETWEEN 1 AND 200", name="text_length"),
        Index("ix_question_state_created_at", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asker_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    text: Mapped[str] = mapped_column(String(QUESTION_LENGTH))
    explanation: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[str] = mapped_column(String(WORDS_LENGTH), default="")
    collection_id: Mapped[int | None] = mapped_column(ForeignKey("collection.id", ondelete="SET NULL"))
    audience: Mapped[str] = mapped_column(String(6))
    is_from_office: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(9), default=State.OPEN)
    note: Mapped[str] = mapped_column(Text, default="")
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    report_text: Mapped[str] = mapped_column(Text, default="")
    reported_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Answer(db.Model):
    """An entry, or a short text that may become one. ``is_solution``: with it the question is settled.

    ``handled_at``: the office has looked at the text and made an entry of it, or left it as it is.
    """

    __tablename__ = "question_answer"
    __table_args__ = (
        UniqueConstraint("question_id", "entry_id"),
        CheckConstraint("entry_id IS NOT NULL OR length(text) > 0", name="content"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text, default="")
    is_solution: Mapped[bool] = mapped_column(default=False)
    handled_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
