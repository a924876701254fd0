"""Who recommends entries."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_feature(actor: Actor) -> bool:
    """Recommend entries on the start page and in collections: the office."""
    return actor.may(Permission.COLLECTION_EDIT) and actor.may(Permission.ENTRY_REVIEW)
