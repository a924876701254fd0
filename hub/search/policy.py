"""Who looks after the search."""

from hub.core.actor import Actor
from hub.core.permissions import Permission


def may_edit_thesaurus(actor: Actor) -> bool:
    """The words of the search are the office's."""
    return actor.may(Permission.THESAURUS_EDIT)


def may_inspect_search(actor: Actor) -> bool:
    """Why something is found, and what was not, is for the office."""
    return actor.may(Permission.SEARCH_INSPECT)
