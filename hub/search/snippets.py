"""What a hit shows of its text: the title and the best passage, with every matched form marked."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import select

from hub.core.db import db
from hub.core.text import plain_from_markdown
from hub.entries.marking import as_markup
from hub.entries.models import Entry
from hub.entries.queries import Row
from hub.indexing.snippets import best_fragment, has_hit, mark
from hub.indexing.terms import Terms
from hub.indexing.words import fold

LENGTH = 240
BEFORE, AFTER = 300, 1500
BEGINNING = 5


class Marked(NamedTuple):
    """Title and passage of one hit as safe markup."""

    title: Markup
    passage: Markup


def mark_rows(rows: Sequence[Row], terms: Terms, words: Sequence[str]) -> dict[int, Marked]:
    """Title and passage by entry number; ``words`` are those typed, to find the place in a long text quickly."""
    passages = {row.id: best_fragment(row.summary, terms, LENGTH) for row in rows}
    if terms:
        elsewhere = _longer_texts([row.id for row in rows if not passages[row.id]])
        for entry_id, texts in elsewhere.items():
            passages[entry_id] = _first_passage(texts, terms, words)
    shown = {row.id: passages[row.id] or [(_shortened(row.summary), False)] for row in rows}
    return {row.id: Marked(as_markup(mark(row.title, terms)), as_markup(shown[row.id])) for row in rows}


def _longer_texts(ids: Sequence[int]) -> dict[int, list[str]]:
    """Text and note, in the order in which they are looked through; extracted text is indexed and never shown."""
    if not ids:
        return {}
    statement = select(Entry.id, Entry.text, Entry.note).where(Entry.id.in_(ids))
    return {
        entry_id: [plain_from_markdown(text) if text else "", note]
        for entry_id, text, note in db.session.execute(statement)
    }


def _first_passage(texts: Iterable[str], terms: Terms, words: Sequence[str]) -> list[tuple[str, bool]]:
    for text in texts:
        window = _window(text, words)
        if has_hit(window, terms):
            return best_fragment(window, terms, LENGTH)
    return []


def _window(text: str, words: Sequence[str]) -> str:
    """The surroundings of the first place where a word begins as typed: marking a whole book takes too long."""
    if len(text) <= BEFORE + AFTER:
        return text
    lowered = text.lower()
    starts = [lowered.find(spelling) for word in words for spelling in _spellings(word)]
    first = min((start for start in starts if start >= 0), default=0)
    begin = max(0, first - BEFORE)
    return text[begin : first + AFTER]


def _spellings(word: str) -> set[str]:
    return {word.lower()[:BEGINNING], fold(word)[:BEGINNING]}


def _shortened(text: str) -> str:
    if len(text) <= LENGTH:
        return text
    return text[: text.rfind(" ", 0, LENGTH)].rstrip(" ,;:.") + " …"
