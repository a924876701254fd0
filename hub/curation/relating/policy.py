"""Who says which entries belong together."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_relate(actor: Actor) -> bool:
    """Confirm and decline what belongs together: the office."""
    return actor.may(Permission.ENTRY_REVIEW)
