"""The audit table; rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db


class AuditEvent(db.Model):
    """One thing that happened; the actor is kept as a number, so that erasing a person leaves no name here."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_thing_thing_id", "thing", "thing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    actor_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60))
    thing: Mapped[str] = mapped_column(String(30))
    thing_id: Mapped[int | None]
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON)
