"""The change log: what changed, numbered in the order of the commits.

The number comes from one counter row that is updated in the same transaction as the change itself. A transaction
holds that row until it commits, so a later number never becomes visible before an earlier one, on SQLite and on
PostgreSQL alike.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db


class LoggedChange(db.Model):
    """Something searchable changed: which kind of thing and its number."""

    __tablename__ = "change_log"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    thing_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)


class ChangeCounter(db.Model):
    """The last number handed out; exactly one row, made by the migration."""

    __tablename__ = "change_counter"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(default=0)
