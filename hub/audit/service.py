"""Writing to the audit table."""

from typing import Any

from hub.audit.models import AuditEvent
from hub.core.actor import Actor
from hub.core.db import db


def record(actor: Actor, action: str, thing_id: int | None = None, **detail: Any) -> None:
    """Add an event to the open unit of work; ``action`` is ``thing.past_tense``, detail holds no secrets or texts."""
    thing = action.partition(".")[0]
    db.session.add(AuditEvent(actor_id=actor.id, action=action, thing=thing, thing_id=thing_id, detail=detail or None))
