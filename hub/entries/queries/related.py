"""Entries that resemble another; the index says which, the tables say whether they may be seen."""

from hub.core.actor import Actor
from hub.entries.queries.listing import Row, load_in_order
from hub.indexing.errors import IndexUnusable
from hub.indexing.generation import cached
from hub.indexing.service import store


def find_related(actor: Actor, entry_id: int, limit: int) -> list[Row]:
    """The entries most like this one, best first; none while the index cannot be asked."""
    try:
        index = store()
        key = ("related", index.generation(), entry_id, limit)
        ids = cached(key, lambda: tuple(index.similar(entry_id, limit)))
    except IndexUnusable:
        return []
    return load_in_order(actor, ids)
