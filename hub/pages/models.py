"""Page texts as the office has changed them; unchanged pages stay in the files."""

from datetime import datetime

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
