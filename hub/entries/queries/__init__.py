"""Reading entries; everything starts from what the actor may see."""

from hub.entries.queries.listing import (
    Filters,
    Row,
    count_facets,
    find_newest,
    find_page,
    load_in_order,
)
from hub.entries.queries.reading import (
    bookmark_ids,
    count_bookmarks,
    count_by_status,
    find_bookmarked,
    find_held_files,
    find_own,
    find_own_waiting,
    find_waiting,
    find_with_url,
    get_attachment,
    get_entry,
    get_tombstone,
)
from hub.entries.queries.visibility import visible_to

__all__ = [
    "Filters",
    "Row",
    "bookmark_ids",
    "count_bookmarks",
    "count_by_status",
    "count_facets",
    "find_bookmarked",
    "find_held_files",
    "find_newest",
    "find_own",
    "find_own_waiting",
    "find_page",
    "find_waiting",
    "find_with_url",
    "get_attachment",
    "get_entry",
    "get_tombstone",
    "load_in_order",
    "visible_to",
]
