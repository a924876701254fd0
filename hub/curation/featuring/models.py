"""Which entries are recommended where, in which order and until when."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import db

START = 0


class Featured(db.Model):
    """An entry recommended at a place: ``START`` is the start page, else the number of the collection, which the
    database knows as ``collection_id``."""

    __tablename__ = "featured_entry"
    __table_args__ = (CheckConstraint("place = coalesce(collection_id, 0)", name="place"),)

    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, index=True)
    collection_id: Mapped[int | None] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    last_on: Mapped[date | None]
