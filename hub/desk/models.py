"""Which finding of the desk is whose."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db

SOURCE_LENGTH = 12


class DeskAssignment(db.Model):
    """A finding that a person of the office looks after, by its source and its number there."""

    __tablename__ = "desk_assignment"

    source: Mapped[str] = mapped_column(String(SOURCE_LENGTH), primary_key=True)
    thing_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    assignee_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)


class Waiver(db.Model):
    """What an entry lacks and may lack: the office said so. ``missing`` are the names of what was lacking then."""

    __tablename__ = "detail_waiver"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    missing: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
