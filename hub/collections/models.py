"""Collections and their sections."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.clock import now
from hub.core.db import db

COLOURS = ("c-klima", "c-bahnhof", "c-konflikt", "c-plaetze", "c-hass", "c-schutz", "c-nacht", "c-bau")
ICONS = (
    "temperature-sun", "train", "messages", "trees", "heart-handshake", "shield-heart", "building-broadcast-tower",
    "chart-dots", "folder",
)  # fmt: skip


class Collection(db.Model):
    """A topic: stable short address, introduction, icon and colour, an order among the others.

    ``order_version`` counts how often entries without a section were put into another order.
    """

    __tablename__ = "collection"
    __table_args__ = (
        CheckConstraint("length(slug) BETWEEN 1 AND 60", name="slug_length"),
        CheckConstraint("length(title) BETWEEN 1 AND 140", name="title_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(140), unique=True)
    introduction: Mapped[str] = mapped_column(Text, default="")
    icon: Mapped[str] = mapped_column(String(40), default="folder")
    colour: Mapped[str] = mapped_column(String(20), default=COLOURS[0])
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    order_version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime] = mapped_column(default=now)

    sections: Mapped[list["Section"]] = relationship(
        order_by="Section.position", cascade="all, delete-orphan", lazy="raise_on_sql", back_populates="collection"
    )


class Section(db.Model):
    """A column of a collection's board; ``order_version`` counts how often its entries were put into another order."""

    __tablename__ = "section"
    __table_args__ = (
        UniqueConstraint("collection_id", "title"),
        CheckConstraint("length(title) BETWEEN 1 AND 120", name="title_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)
    order_version: Mapped[int] = mapped_column(default=1, server_default="1")

    collection: Mapped[Collection] = relationship(lazy="raise_on_sql", back_populates="sections")
