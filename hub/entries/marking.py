"""The words of a search in the text of a document: which ones were meant, where they stand, how they are marked.

What a search means is known two floors up; ``hub.wiring`` registers who tells it.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from markupsafe import Markup, escape

from hub.core.text import clean_line
from hub.indexing.analysis import tokens
from hub.indexing.snippets import hit_places, mark
from hub.indexing.terms import NO_TERMS, Terms

LONGEST_TEXT = 200
MOST_FORMS = 300
Places = list[tuple[int, int]]


class Sought(NamedTuple):
    """What was searched for: for the eye, and as the words in which it was typed (after mending)."""

    text: str = ""
    terms: Terms = NO_TERMS
    words: tuple[str, ...] = ()


_find: list[Callable[[str], Sought]] = []


def on_search(find: Callable[[str], Sought]) -> None:
    """Register who knows what a search means."""
    _find[:] = [find]


def sought_by(text: str) -> Sought:
    """What this text searches for; nothing when it is empty or says nothing."""
    cleaned = clean_line(text[: LONGEST_TEXT * 4])[:LONGEST_TEXT].strip()
    return _find[0](cleaned) if cleaned and _find else Sought()


def as_markup(pieces: Iterable[tuple[str, bool]]) -> Markup:
    """Pieces of text with the hits among them marked."""
    # Put together as plain text from escaped pieces: Markup's own format takes ten times as long.
    return Markup("".join(f"<mark>{escape(text)}</mark>" if is_hit else escape(text) for text, is_hit in pieces))  # noqa: S704


def marked(text: str, sought: Sought) -> Markup:
    """A text with what was searched for marked."""
    return as_markup(mark(text, sought.terms))


def written_forms(text: str, sought: Sought) -> dict[str, Places]:
    """The words of a text that are hits, as they are written, and which letters of them: all, or a compound's part."""
    forms: dict[str, Places] = {}
    for token in tokens(text):
        raw = token.group()
        if raw in forms or "\n" in raw or len(forms) >= MOST_FORMS:
            continue
        places = hit_places(raw, sought.terms)
        if places:
            forms[raw] = places
    return forms
