"""Links by their address, what tries of them gave, and the websites they lie on."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.clock import now
from hub.core.db import db
from hub.linkcare.outcomes import Outcome

URL_LENGTH, HOST_LENGTH, SKETCH_LENGTH = 2000, 253, 512
_OUTCOMES = ", ".join(f"'{outcome}'" for outcome in Outcome)


class State(StrEnum):
    """What the office has said to a verdict; ``none`` while there is nothing to decide."""

    NONE = "none"
    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    MENDED = "mended"


class LinkHost(db.Model):
    """A website (without ``www.``). Whoever holds the lease is the only one to send it requests.

    ``free_at``: before this moment no request may go there; ``paused_until``: it asked for patience. ``robots`` holds
    its rules for programs by origin. ``is_lost``: nobody answered there last time.
    """

    __tablename__ = "link_host"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(HOST_LENGTH), unique=True)
    free_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    holder: Mapped[str] = mapped_column(String(32), default="", index=True)
    lease_until: Mapped[datetime | None]
    robots: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    robots_at: Mapped[datetime | None]
    is_lost: Mapped[bool] = mapped_column(default=False)


class Link(db.Model):
    """A link of published entries, once for all spellings of its address (``entry.address``).

    ``outcome``, ``since`` and ``target`` are the verdict (``judging``); ``first_*`` how the page first read, ``etag``
    and ``modified`` by what its server lets that state be recognised. ``version`` counts verdicts and decisions.
    """

    __tablename__ = "link"
    __table_args__ = (
        CheckConstraint(f"outcome IN ({_OUTCOMES})", name="outcome"),
        CheckConstraint("state IN ('none', 'open', 'confirmed', 'dismissed', 'mended')", name="state"),
        Index("ix_link_state_outcome", "state", "outcome"),
        Index("ix_link_host_id_next_at", "host_id", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(URL_LENGTH), unique=True)
    url: Mapped[str] = mapped_column(String(URL_LENGTH))
    host_id: Mapped[int] = mapped_column(ForeignKey("link_host.id", ondelete="CASCADE"))
    next_at: Mapped[datetime] = mapped_column(index=True)
    tried_at: Mapped[datetime | None]
    fine_at: Mapped[datetime | None]
    etag: Mapped[str] = mapped_column(String(200), default="")
    modified: Mapped[str] = mapped_column(String(40), default="")
    first_title: Mapped[str] = mapped_column(String(200), default="")
    first_sketch: Mapped[str] = mapped_column(String(SKETCH_LENGTH), default="")
    outcome: Mapped[str] = mapped_column(String(12), default=Outcome.UNKNOWN)
    since: Mapped[datetime | None]
    target: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default=State.NONE)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)

    host: Mapped[LinkHost] = relationship(lazy="raise_on_sql")


class LinkTry(db.Model):
    """One look at a link; the newest ``judging.KEPT_TRIES`` of each are kept."""

    __tablename__ = "link_try"
    __table_args__ = (
        CheckConstraint(f"outcome IN ({_OUTCOMES})", name="outcome"),
        Index("ix_link_try_link_id_id", "link_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("link.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(20), default="")
    status: Mapped[int] = mapped_column(default=0)
    target: Mapped[str] = mapped_column(Text, default="")


class LinkRound(db.Model):
    """The one row about the checker itself: when it last ran, and since when it waits because nobody answered."""

    __tablename__ = "link_round"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    tried_count: Mapped[int] = mapped_column(default=0)
