"""Who works at the desk."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_work(actor: Actor) -> bool:
    """The office."""
    return actor.may(Permission.ENTRY_REVIEW)
