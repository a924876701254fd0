"""What the office did and can take back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
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
