"""Entries that belong together with another, and those that resemble it.

People have said which belong together; the index says which resemble each other, the tables whether they may be seen.
"""

from dataclasses import dataclass

from hub.entries.queries.listing import Row, load_related
from hub.indexing.errors import IndexUnusable
from hub.indexing.generation import cached
from hub.indexing.service import store

SPARE = 8


@dataclass(frozen=True, slots=True)
class Related:
    """``together``: confirmed by the office; ``similar``: proposed by the index, best first."""

    together: list[Row]
    similar: list[Row]


def find_related(entry_id: int, limit: int) -> Related:
    """What stands beside an entry; nothing is proposed while the index cannot be asked."""
    wanted = limit + SPARE
    try:
        index = store()
        key = ("related", index.generation(), entry_id, wanted)
        ids = cached(key, lambda: tuple(index.similar(entry_id, wanted)))
    except IndexUnusable:
        ids = ()
    return Related(*load_related(entry_id, ids, limit))
