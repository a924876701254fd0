"""Who may erase whom."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_erase(actor: Actor, user_id: int) -> bool:
    """A person themselves, and the administration."""
    return actor.id == user_id or actor.may(Permission.ACCOUNT_MANAGE)
