"""Who may look at the audit table."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_read(actor: Actor) -> bool:
    """The administration."""
    return actor.may(Permission.AUDIT_READ)
