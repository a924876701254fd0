"""Page texts as the office has changed them; unchanged pages stay in the files."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db


class PageText(db.Model):
    """The text of one page in one language."""

    __tablename__ = "page_text"
    __table_args__ = (UniqueConstraint("slug", "language"), CheckConstraint("length(body) > 0", name="body"))

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    body: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Notice(db.Model):
    """What the office tells everybody on the start page, from one day to another (empty: until it is ended)."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("length(body) > 0", name="body"),
        CheckConstraint("last_on IS NULL OR last_on >= first_on", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    first_on: Mapped[date]
    last_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
