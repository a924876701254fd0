"""Where in a long document the words stand: the pages of files, for the hits of one page of results.

The index knows entries, not pages. The database picks the pages by how words begin, the exact look decides.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, or_, select

from hub.core.db import db
from hub.entries.models import Attachment, DocumentPage
from hub.indexing.snippets import best_fragment
from hub.indexing.terms import Terms
from hub.indexing.words import STOP_WORDS, fold

SHOWN, LOOKED_AT = 2, 6
LENGTH = 120
BEGINNING, SHORTEST = 6, 3
MOST_WORDS = 6


class PageHit(NamedTuple):
    """A page with the best passage on it, as pieces of text with a sign whether they are hits."""

    file_id: int
    extension: str
    number: int
    pieces: list[tuple[str, bool]]


@dataclass(slots=True)
class PageHits:
    """The best pages of an entry, and how many more there are."""

    hits: list[PageHit]
    more: int = 0


def find_page_hits(entry_ids: Sequence[int], terms: Terms, words: Sequence[str]) -> dict[int, PageHits]:
    """By entry, two pages at most; one query, and none without words to look for."""
    beginnings = _beginnings(words)
    if not entry_ids or not terms or not beginnings:
        return {}
    rows = defaultdict(list)
    for row in db.session.execute(_statement(entry_ids, beginnings)):
        rows[row.entry_id].append(row)
    found = {}
    for entry_id, pages in rows.items():
        hits = [hit for page in pages if (hit := _hit(page, terms)).pieces][:SHOWN]
        if hits:
            found[entry_id] = PageHits(hits, max(0, pages[0].total - len(hits)))
    return found


def _hit(page: Any, terms: Terms) -> PageHit:
    return PageHit(page.file_id, page.extension, page.number, best_fragment(page.text, terms, LENGTH))


def _statement(entry_ids: Sequence[int], beginnings: list[tuple[str, ...]]) -> Any:
    """The pages with the most different words, first pages first; ``total`` counts all that hold as many."""
    holding = [or_(*(_holds(pattern) for pattern in patterns)) for patterns in beginnings]
    score: ColumnElement[int] = sum((case((one, 1), else_=0) for one in holding[1:]), case((holding[0], 1), else_=0))
    scored = (
        select(
            Attachment.entry_id,
            Attachment.id.label("file_id"),
            Attachment.extension,
            DocumentPage.number,
            DocumentPage.text,
            score.label("score"),
        )
        .join(DocumentPage, DocumentPage.attachment_id == Attachment.id)
        .where(Attachment.entry_id.in_(entry_ids), or_(*holding))
        .subquery()
    )
    best_first = (scored.c.score.desc(), scored.c.file_id, scored.c.number)
    ranked = select(
        scored,
        func.row_number().over(partition_by=scored.c.entry_id, order_by=best_first).label("place"),
        func.count().over(partition_by=(scored.c.entry_id, scored.c.score)).label("total"),
    ).subquery()
    return select(ranked).where(ranked.c.place <= LOOKED_AT).order_by(ranked.c.entry_id, ranked.c.place)


def _holds(pattern: str) -> ColumnElement[bool]:
    return DocumentPage.text.ilike(pattern)


def _beginnings(words: Sequence[str]) -> list[tuple[str, ...]]:
    """For each word what a page must hold to be looked at; other spellings of umlauts count too."""
    found: dict[tuple[str, ...], None] = {}
    for word in words:
        folded = fold(word)
        if len(folded) >= SHORTEST and folded not in STOP_WORDS:
            found[tuple(sorted({_pattern(word.lower()[:BEGINNING]), _pattern(folded[:BEGINNING])}))] = None
    return list(found)[:MOST_WORDS]


def _pattern(beginning: str) -> str:
    """SQLite compares only A to Z without case, so any other sign may be anything."""
    return "%" + "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in beginning) + "%"
