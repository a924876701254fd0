"""Pages of documents on which the words of a search stand.

The index knows entries, not pages. The database picks the pages by how words begin, the exact look decides.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select

from hub.core.db import db
from hub.entries.marking import Sought
from hub.entries.models import DocumentPage
from hub.indexing.snippets import best_fragment
from hub.indexing.words import STOP_WORDS, fold

BEGINNING, SHORTEST = 6, 3
MOST_WORDS = 6
LENGTH = 120
MOST_LOOKED_AT = 60
Pieces = list[tuple[str, bool]]


class FoundPage(NamedTuple):
    """A page with the best passage on it, as pieces of text with a sign whether they are hits."""

    number: int
    pieces: Pieces


def find_hit_pages(attachment_id: int, sought: Sought, limit: int) -> list[FoundPage]:
    """The first pages of a file on which something would be marked, in order."""
    holding = pages_holding(sought.words)
    if not sought.terms or not holding:
        return []
    rows = db.session.execute(
        select(DocumentPage.number, DocumentPage.text)
        .where(DocumentPage.attachment_id == attachment_id, or_(*holding))
        .order_by(DocumentPage.number)
        .limit(MOST_LOOKED_AT)
    )
    found = (FoundPage(number, best_fragment(text, sought.terms, LENGTH)) for number, text in rows)
    return [page for page in found if page.pieces][:limit]


def get_page_text(attachment_id: int, number: int) -> str:
    """The text of a page; empty when there is none on it."""
    page = select(DocumentPage.text).where(DocumentPage.attachment_id == attachment_id, DocumentPage.number == number)
    return db.session.scalar(page) or ""


def pages_holding(words: Sequence[str]) -> list[ColumnElement[bool]]:
    """For each word a condition on the text of a page that it may be on it; other spellings of umlauts count too."""
    found: dict[tuple[str, ...], None] = {}
    for word in words:
        folded = fold(word)
        if len(folded) >= SHORTEST and folded not in STOP_WORDS:
            found[tuple(sorted({_pattern(word.lower()[:BEGINNING]), _pattern(folded[:BEGINNING])}))] = None
    return [or_(*(DocumentPage.text.ilike(pattern) for pattern in patterns)) for patterns in list(found)[:MOST_WORDS]]


def _pattern(beginning: str) -> str:
    """SQLite compares only A to Z without case, so any other sign may be anything."""
    return "%" + "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in beginning) + "%"
