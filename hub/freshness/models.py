"""What people answered about entries, and the lists that organisations get once a quarter."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db


class Answer(StrEnum):
    """What somebody says about an entry that is looked at again."""

    HOLDS = "holds"
    REPLACED = "replaced"
    OUTDATED = "outdated"
    LATER = "later"


ANSWER_LABELS = {
    Answer.HOLDS: _l("stimmt noch"),
    Answer.REPLACED: _l("ersetzt"),
    Answer.OUTDATED: _l("überholt"),
    Answer.LATER: _l("später"),
}


class ReviewAnswer(db.Model):
    """An answer about an entry, with the marks that stood there before and the version it has had since."""

    __tablename__ = "review_answer"
    __table_args__ = (
        CheckConstraint("answer IN ('holds', 'replaced', 'outdated', 'later')", name="answer"),
        Index("ix_review_answer_entry_id_at", "entry_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    answer: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(default=now)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after_version: Mapped[int]
    undone_at: Mapped[datetime | None]


class SpringClean(db.Model):
    """The list of an organisation for a quarter, like 2026-4."""

    __tablename__ = "spring_clean"
    __table_args__ = (UniqueConstraint("organisation_id", "quarter"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    quarter: Mapped[str] = mapped_column(String(6))
    made_at: Mapped[datetime] = mapped_column(default=now)


class SpringCleanRow(db.Model):
    """An entry on such a list."""

    __tablename__ = "spring_clean_row"

    clean_id: Mapped[int] = mapped_column(ForeignKey("spring_clean.id", ondelete="CASCADE"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int]
