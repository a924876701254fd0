"""Who may arrange collections."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_edit_collections(actor: Actor) -> bool:
    """Titles, introductions, order and sections are the office's."""
    return actor.may(Permission.COLLECTION_EDIT)
