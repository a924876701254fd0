"""Jobs and the workers that do them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db

KIND_LENGTH, KEY_LENGTH = 40, 200
# Spelled out: PostgreSQL finds an index for ON CONFLICT by its condition, and a parameter has no value by then.
IS_OPEN = text("state = 'open'")


class State(StrEnum):
    """Where a job is: open until it is done or given up."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"


class Job(db.Model):
    """One thing to do. Open and without a lease it waits; with a lease a worker is at it until ``lease_until``.

    ``tries`` counts how often it was taken up and is the mark of the present holder: only who knows the number may
    finish it. ``asked`` counts how often it was asked for while open, so that a wish during the work is not lost.

    The migration makes ``uq_job_open`` for open rows only on PostgreSQL too; naming that dialect here would load it,
    2 MB, in every server on SQLite.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'done', 'failed')", name="state"),
        Index("uq_job_open", "kind", "key", unique=True, sqlite_where=IS_OPEN),
        Index("ix_job_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(KIND_LENGTH))
    key: Mapped[str] = mapped_column(String(KEY_LENGTH))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(8), default=State.OPEN)
    due_at: Mapped[datetime] = mapped_column(default=now)
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=1)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class JobWorker(db.Model):
    """A worker process that has shown itself; ``seen_at`` is renewed every few seconds."""

    __tablename__ = "job_worker"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
