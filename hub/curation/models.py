"""Changes of many entries: what was asked, what it would do to each entry, and how far it is."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db


class BulkState(StrEnum):
    """Where a change is: ``seen`` as a preview, asked for, being done, done, or given up."""

    SEEN = "seen"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class BulkChange(db.Model):
    """A change of many entries, from its preview on.

    ``done_count`` of ``row_count`` rows have been looked at while it runs; ``remarks`` are about the sheet as a whole,
    ``left`` the titles of entries that had moved on when it was done. ``action_id``: the action that undoes it.
    """

    __tablename__ = "bulk_change"
    __table_args__ = (
        CheckConstraint("state IN ('seen', 'waiting', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("source IN ('table', 'sheet')", name="source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    source: Mapped[str] = mapped_column(String(5))
    state: Mapped[str] = mapped_column(String(7), default=BulkState.SEEN)
    back: Mapped[str] = mapped_column(Text, default="")
    row_count: Mapped[int] = mapped_column(default=0)
    same_count: Mapped[int] = mapped_column(default=0)
    problem_count: Mapped[int] = mapped_column(default=0)
    done_count: Mapped[int] = mapped_column(default=0)
    changed_count: Mapped[int] = mapped_column(default=0)
    remarks: Mapped[list[str]] = mapped_column(JSON, default=list)
    left: Mapped[list[str]] = mapped_column(JSON, default=list)
    error: Mapped[str] = mapped_column(Text, default="")
    action_id: Mapped[int | None] = mapped_column(ForeignKey("undoable_action.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)
    finished_at: Mapped[datetime | None]


class BulkRow(db.Model):
    """One entry of a change. ``changes`` in words: [label, old, new]; with a ``problem`` it is left out.

    ``place`` counts from 1; ``line`` is the row of the sheet. An entry of the sheet that is not known has no number.
    """

    __tablename__ = "bulk_row"

    change_id: Mapped[int] = mapped_column(ForeignKey("bulk_change.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    version: Mapped[int] = mapped_column(default=0)
    line: Mapped[int | None]
    title: Mapped[str] = mapped_column(Text)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    changes: Mapped[list[list[str]]] = mapped_column(JSON)
    problem: Mapped[str] = mapped_column(Text, default="")
