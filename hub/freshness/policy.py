"""Who says whether entries still hold."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_check(actor: Actor) -> bool:
    """Answer for entries at all; for which ones ``entries.policy.may_check`` says."""
    return actor.may(Permission.ENTRY_CHECK)


def may_oversee(actor: Actor) -> bool:
    """Keep the periods of the kinds and see who has answered."""
    return actor.may(Permission.ENTRY_REVIEW)
