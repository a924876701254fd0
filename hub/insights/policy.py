"""Who sees what the network needs."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_see_needs(actor: Actor) -> bool:
    """The office plans with it."""
    return actor.may(Permission.INSIGHT_READ)
