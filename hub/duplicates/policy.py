"""Who decides about duplicates."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_decide(actor: Actor) -> bool:
    """See what may be the same thing, keep it apart, make one of it: the office."""
    return actor.may(Permission.ENTRY_REVIEW)
