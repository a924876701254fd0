"""The audit table; rows are only ever added. The head says where the chain ends, the anchor where it begins."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db

FIRST_HASH = "0" * 64


class AuditEvent(db.Model):
    """One thing that happened; the actor is kept as a number, so that erasing a person leaves no name here.

    ``id`` is the place in the chain, without gaps; ``request`` the reference number of the request, as in the journal.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_thing_thing_id", "thing", "thing_id"),
        Index("ix_audit_event_actor_id_id", "actor_id", "id"),
        Index("ix_audit_event_action_id", "action", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    actor_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60))
    thing: Mapped[str] = mapped_column(String(30))
    thing_id: Mapped[int | None]
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    request: Mapped[str] = mapped_column(String(12), default="")
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(db.Model):
    """Number and hash of the newest row, exactly one row made by the migration.

    Updating it hands out numbers in the order of the commits. ``previous`` is the hash before the latest unit of work;
    the anchor is number and hash of the last row that was pruned.
    """

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default=FIRST_HASH)
    previous: Mapped[str] = mapped_column(String(64), default=FIRST_HASH)
    anchor_number: Mapped[int] = mapped_column(default=0)
    anchor_hash: Mapped[str] = mapped_column(String(64), default=FIRST_HASH)
