"""The outbox."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db

ONCE_LENGTH, SUBJECT_LENGTH, ERROR_LENGTH = 120, 200, 500


class State(StrEnum):
    """Where a letter is. ``handed``: the server has it and has not said yet whether it takes it."""

    WAITING = "waiting"
    HANDED = "handed"
    SENT = "sent"
    FAILED = "failed"
    OVER = "over"


class Reason(StrEnum):
    """Why a letter has not been sent (yet); ``error`` holds what the server said."""

    SERVER = "server"
    LATER = "later"
    DECLINED = "declined"
    UNCLEAR = "unclear"
    ADDRESS = "address"
    UNSET = "unset"
    DISCARDED = "discarded"


class Letter(db.Model):
    """One letter to one person. Its text is forgotten when it is sent or given up (``ends_at`` at the latest).

    ``once`` names what the letter is about where there must be only one; ``mark`` makes the Message-ID, the same at
    every try. While a worker is at it ``claimed_until`` lies ahead; ``takes`` is the mark of the holder.
    """

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'handed', 'sent', 'failed', 'over')", name="state"),
        CheckConstraint("language IN ('de', 'en')", name="language"),
        CheckConstraint("state NOT IN ('sent', 'over') OR (text IS NULL AND html IS NULL)", name="forgotten"),
        Index("ix_letter_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH))
    text: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    once: Mapped[str | None] = mapped_column(String(ONCE_LENGTH), unique=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(8), default=State.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    takes: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    claimed_until: Mapped[datetime | None]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(12), default="")
    error: Mapped[str] = mapped_column(String(ERROR_LENGTH), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
