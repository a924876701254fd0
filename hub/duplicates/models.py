"""What is compared of entries, the pairs that were found, and how far the comparison has come."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db


class PairState(StrEnum):
    """Open, kept apart for good, or made one."""

    OPEN = "open"
    APART = "apart"
    MERGED = "merged"


class EntryPrint(db.Model):
    """What of an entry is compared; ``facts`` and ``sketch`` as ``prints`` makes them.

    ``new`` among the facts: the entry has come since the last night, which will compare it as a whole.
    """

    __tablename__ = "entry_print"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    sketch: Mapped[bytes] = mapped_column(LargeBinary)


class DuplicatePair(db.Model):
    """Two entries that may be the same thing; ``said`` is what both said when they were kept apart."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        CheckConstraint("one_id < other_id", name="order"),
        CheckConstraint("state IN ('open', 'apart', 'merged')", name="state"),
        Index("ix_duplicate_pair_state_score", "state", "score"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    score: Mapped[float]
    reasons: Mapped[list[Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(6), default=PairState.OPEN)
    said: Mapped[list[Any] | None] = mapped_column(JSON)
    found_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ComparedUpTo(db.Model):
    """The number of the last change the comparison has seen, and by which rules; one row at most."""

    __tablename__ = "compared_up_to"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(default=0)
    rules: Mapped[str] = mapped_column(String(40), default="")
