"""Who takes actions back."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_undo(actor: Actor) -> bool:
    """See and take back what the office did: the office, each the actions of all."""
    return actor.may(Permission.ENTRY_REVIEW)
