"""What is offered while somebody is still typing: words to search for, entries to open, collections."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from hub.core.actor import Actor
from hub.core.text import clean_line
from hub.entries.models import Status
from hub.entries.queries import Row, load_in_order
from hub.indexing.errors import IndexBusy, IndexUnusable
from hub.indexing.service import bring_up_to_date, store
from hub.indexing.suggesting import LONGEST, SHORTEST, Suggestions
from hub.indexing.words import fold
from hub.search import labels
from hub.search.labels import CollectionLabel
from hub.search.queries import count_by_collection

WORDS, ENTRIES, COLLECTIONS = 3, 3, 2
_TITLES_ASKED_FOR = 8
_READ_AT_MOST = 400
_MARK = Markup("<mark>{}</mark>")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or several to search for, the same with what has been typed marked, and how many entries hold it."""

    text: str
    marked: Markup
    count: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """A collection to open, with the number of its entries."""

    collection: CollectionLabel
    count: int


@dataclass(frozen=True, slots=True)
class Offers:
    """Three groups, each with the best first; any of them may be empty."""

    words: Sequence[Word] = ()
    entries: Sequence[Row] = ()
    collections: Sequence[Shelf] = ()

    def __len__(self) -> int:
        return len(self.words) + len(self.entries) + len(self.collections)


def find_offers(actor: Actor, given: str) -> Offers:
    """What fits the text so far, of that what every member sees."""
    typed = clean_line(given[:_READ_AT_MOST])[:LONGEST].strip()
    if len(typed) < SHORTEST:
        return Offers()
    suggested = _ask_index(typed)
    rows = load_in_order(actor, [entry_id for entry_id, _title in suggested.titles])
    return Offers(
        words=[Word(text, _marked(text, typed), count) for text, count in suggested.words],
        entries=[row for row in rows if row.status == Status.PUBLISHED][:ENTRIES],
        collections=_shelves(fold(typed).split()),
    )


def _ask_index(typed: str) -> Suggestions:
    """What the index suggests; nothing while it is behind: it may still hold words of what has been archived."""
    try:
        return store().suggest(typed, WORDS, _TITLES_ASKED_FOR) if bring_up_to_date() else Suggestions()
    except (IndexUnusable, IndexBusy, OSError):
        return Suggestions()


def _shelves(beginnings: list[str]) -> list[Shelf]:
    """Collections with words in the title that begin with all that has been typed."""
    fitting = [
        collection
        for collection in labels.collections()
        if all(f" {beginning}" in f" {fold(collection.title)}" for beginning in beginnings)
    ][:COLLECTIONS]
    counts = count_by_collection() if fitting else {}
    return [Shelf(collection, counts.get(collection.slug, 0)) for collection in fitting]


def _marked(text: str, typed: str) -> Markup:
    """The text with the typed beginnings of its words marked."""
    beginnings = "|".join(re.escape(word) for word in sorted(typed.split(), key=len, reverse=True))
    pieces = re.split(rf"\b({beginnings})", text, flags=re.IGNORECASE)
    return Markup("").join(_MARK.format(piece) if place % 2 else escape(piece) for place, piece in enumerate(pieces))
