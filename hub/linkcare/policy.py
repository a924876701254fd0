"""Who looks after links."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_tend(actor: Actor) -> bool:
    """See verdicts, decide about them, have links tried now: the office."""
    return actor.may(Permission.ENTRY_REVIEW)
