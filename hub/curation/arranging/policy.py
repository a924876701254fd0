"""Who arranges boards."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_arrange(actor: Actor) -> bool:
    """The order of entries, pins, and which collection published entries stand in: the office's."""
    return actor.may(Permission.COLLECTION_EDIT) and actor.may(Permission.ENTRY_REVIEW)
