"""What the office did and can take back, and what a worker does for it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db

KIND_LENGTH, LABEL_LENGTH = 40, 300


class UndoableAction(db.Model):
    """One action of the office. ``kind`` says which room sets it back, ``label`` what was done, in words."""

    __tablename__ = "undoable_action"
    __table_args__ = (CheckConstraint("thing_count > 0", name="thing_count"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(KIND_LENGTH))
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH))
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    thing_count: Mapped[int]


class UndoableRow(db.Model):
    """One thing the action changed: what stood there before, and the version it had afterwards."""

    __tablename__ = "undoable_row"

    action_id: Mapped[int] = mapped_column(ForeignKey("undoable_action.id", ondelete="CASCADE"), primary_key=True)
    thing_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after_version: Mapped[int]


class TaskState(StrEnum):
    """Where a task is: asked for, being done, done, or given up."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class OfficeTask(db.Model):
    """A deed about many things that a worker does for somebody of the office (``working``).

    ``done_count`` of ``thing_count`` have been read while it runs; ``notes`` say what became of it: [category, text,
    number of the action that undoes it or null]. ``back`` is the page it was asked for on.
    """

    __tablename__ = "office_task"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(KIND_LENGTH))
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH))
    language: Mapped[str] = mapped_column(String(2), default="de")
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(7), default=TaskState.WAITING)
    thing_count: Mapped[int]
    done_count: Mapped[int] = mapped_column(default=0)
    notes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    error: Mapped[str] = mapped_column(Text, default="")
    back: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    finished_at: Mapped[datetime | None]
