"""Pages that were asked for, and what they told."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db

URL_LENGTH = 2000


class PageState(StrEnum):
    """Where the reading of a page is."""

    WAITING = "waiting"
    READ = "read"
    FAILED = "failed"


class FetchedPage(db.Model):
    """A link somebody asked about; one row for all spellings of an address (``normalised``).

    ``facts`` holds what ``metadata.Facts`` says, ``reason`` why it says nothing (a code of ``reasons``).
    """

    __tablename__ = "fetched_page"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'read', 'failed')", name="state"),
        Index("ix_fetched_page_requested", "requested_by_id", "requested_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(URL_LENGTH))
    normalised: Mapped[str] = mapped_column(String(URL_LENGTH), unique=True)
    state: Mapped[str] = mapped_column(String(8), default=PageState.WAITING)
    reason: Mapped[str] = mapped_column(String(20), default="")
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    requested_at: Mapped[datetime] = mapped_column(default=now)
    fetched_at: Mapped[datetime | None]


class FetchedText(db.Model):
    """The article's text of a page: for the index only, never shown; apart, so that looking at a page stays cheap."""

    __tablename__ = "fetched_text"

    page_id: Mapped[int] = mapped_column(ForeignKey("fetched_page.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
