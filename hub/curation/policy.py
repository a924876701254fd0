"""Who arranges many entries at once."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_change_many(actor: Actor) -> bool:
    """Change many published entries at once: the office."""
    return actor.may(Permission.ENTRY_REVIEW)
