"""What readers report about entries and what became of it; the change of an entry that was approved last; notes
between the office and contributors."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db


class ReportKind(StrEnum):
    """Something is wrong, should read otherwise, or belongs into a further collection too."""

    PROBLEM = "problem"
    PROPOSAL = "proposal"
    WISH = "wish"


class Reason(StrEnum):
    """What is wrong."""

    OUTDATED = "outdated"
    BROKEN = "broken"
    WRONG = "wrong"
    TWICE = "twice"
    RIGHTS = "rights"
    OTHER = "other"


REASON_LABELS = {
    Reason.OUTDATED: _l("Der Inhalt ist veraltet"),
    Reason.BROKEN: _l("Link oder Datei lässt sich nicht öffnen"),
    Reason.WRONG: _l("Eine Angabe ist falsch"),
    Reason.TWICE: _l("Das gibt es hier schon"),
    Reason.RIGHTS: _l("Rechte oder personenbezogene Daten"),
    Reason.OTHER: _l("Etwas anderes"),
}
SPEAKS_FOR_ITSELF = frozenset({Reason.OUTDATED, Reason.BROKEN})


class ApprovedChange(db.Model):
    """The change that was approved last in an entry: what it takes to let it wait again.

    ``changes`` and ``held`` (files that came) as they waited, ``replaced`` the values that stood there before,
    ``removed`` name and checksum of files that went; ``entry_version`` is the entry's after the approval.
    """

    __tablename__ = "approved_change"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    replaced: Mapped[dict[str, Any]] = mapped_column(JSON)
    held: Mapped[list[Any]] = mapped_column(JSON)
    removed: Mapped[list[Any]] = mapped_column(JSON)
    sent_at: Mapped[datetime]
    entry_version: Mapped[int]


class ReportState(StrEnum):
    """What became of it."""

    OPEN = "open"
    ACCEPTED = "accepted"
    SETTLED = "settled"
    DECLINED = "declined"


STATE_LABELS = {
    ReportState.OPEN: _l("Eintrag geändert"),
    ReportState.ACCEPTED: _l("Übernommen"),
    ReportState.SETTLED: _l("Erledigt"),
    ReportState.DECLINED: _l("Abgelehnt"),
}


class Report(db.Model):
    """A reader says that an entry is outdated or wrong, how it should read, or where else it belongs.

    ``changes`` holds the proposed values by field, only where they differ (of a wish: the number and the title of the
    collection); ``replaced`` what stood there when they were taken over. ``seen_at``: the reporter has read what
    became of it.
    """

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("kind IN ('problem', 'proposal', 'wish')", name="kind"),
        CheckConstraint("state IN ('open', 'accepted', 'settled', 'declined')", name="state"),
        CheckConstraint("state = 'open' OR decided_at IS NOT NULL", name="decided_at"),
        Index("ix_report_state_created_at", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(10), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    replaced: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default=ReportState.OPEN)
    answer: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class NoteKind(StrEnum):
    """A note goes with a decision, with taking one back, or stands for itself."""

    NOTE = "note"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    UNDONE = "undone"


NOTE_LABELS = {
    NoteKind.NOTE: _l("Nachricht"),
    NoteKind.APPROVED: _l("Freigegeben"),
    NoteKind.RETURNED: _l("Zurückgegeben"),
    NoteKind.REJECTED: _l("Abgelehnt"),
    NoteKind.UNDONE: _l("Entscheidung zurückgenommen"),
}


class SubmissionNote(db.Model):
    """A word between the office and the contributor about an entry; it stays whatever becomes of the entry.

    ``letter`` is the key of the letter that told it, so that an undone decision can call it back.
    """

    __tablename__ = "submission_note"
    __table_args__ = (
        CheckConstraint("kind IN ('note', 'approved', 'returned', 'rejected', 'undone')", name="kind"),
        Index("ix_submission_note_entry_id_at", "entry_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    is_office: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text, default="")
    letter: Mapped[str | None] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(default=now)
