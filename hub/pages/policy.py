"""Who may change the texts of the pages."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_edit_pages(actor: Actor) -> bool:
    """Help, accessibility, privacy and imprint are the office's."""
    return actor.may(Permission.PAGE_EDIT)
