"""Where in a long document the words stand: the pages of files, for the hits of one page of results."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, or_, select

from hub.core.db import db
from hub.entries.models import Attachment, DocumentPage
from hub.entries.queries.hit_pages import LENGTH, Pieces, pages_holding
from hub.indexing.snippets import best_fragment
from hub.indexing.terms import Terms

SHOWN, LOOKED_AT = 2, 6


class PageHit(NamedTuple):
    """A page with the best passage on it, as pieces of text with a sign whether they are hits."""

    file_id: int
    extension: str
    number: int
    pieces: Pieces


@dataclass(slots=True)
class PageHits:
    """The best pages of an entry, and how many more there are."""

    hits: list[PageHit]
    more: int = 0


def find_page_hits(entry_ids: Sequence[int], terms: Terms, words: Sequence[str]) -> dict[int, PageHits]:
    """By entry, two pages at most; one query, and none without words to look for."""
    holding = pages_holding(words)
    if not entry_ids or not terms or not holding:
        return {}
    rows = defaultdict(list)
    for row in db.session.execute(_statement(entry_ids, holding)):
        rows[row.entry_id].append(row)
    found = {}
    for entry_id, pages in rows.items():
        hits = [hit for page in pages if (hit := _hit(page, terms)).pieces][:SHOWN]
        if hits:
            found[entry_id] = PageHits(hits, max(0, pages[0].total - len(hits)))
    return found


def _hit(page: Any, terms: Terms) -> PageHit:
    return PageHit(page.file_id, page.extension, page.number, best_fragment(page.text, terms, LENGTH))


def _statement(entry_ids: Sequence[int], holding: list[ColumnElement[bool]]) -> Any:
    """The pages with the most different words, first pages first; ``total`` counts all that hold as many."""
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
