"""What a reader is shown of a text: the words that were searched for marked, and the passage that says most.

No HTML is made here: the answer is pieces of plain text, each with a sign whether it is a hit.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from hub.indexing.analysis import spelling, token_at
from hub.indexing.terms import Terms
from hub.indexing.words import fold

Piece = tuple[str, bool]

_READ_AHEAD = 60_000
_HITS_LOOKED_AT = 200
_SEARCHES_KNOWN = 2
_TOKENS_KNOWN = 1_000
_SPACE = re.compile(r"\s+")
_UNIT = re.compile(r"ae|oe|ue|s+|.", re.DOTALL)
_BEGINNING = 3
_KNOWN_LETTERS = 0x2100


class _FirstLetters(dict[int, str]):
    """For ``str.translate``: every sign as the first letter of its folded spelling, so that places stay the same."""

    def __missing__(self, code: int) -> str:
        letter = (fold(chr(code)) or chr(code))[0]
        if code < _KNOWN_LETTERS:
            self[code] = letter
        return letter


_FIRST_LETTERS = _FirstLetters()
_UMLAUTS = (("ä", "a"), ("ö", "o"), ("ü", "u"), ("ß", "s"))
_OTHER_LETTER = re.compile(r"[^\W\x00-\x7f]")


def mark(text: str, terms: Terms) -> list[Piece]:
    """The whole text as pieces; of a compound only the part that was searched for is a hit."""
    pieces: list[Piece] = []
    done = 0
    for start, end in hit_places(text, terms):
        if start > done:
            pieces.append((text[done:start], False))
        pieces.append((text[start:end], True))
        done = end
    if done < len(text):
        pieces.append((text[done:], False))
    return pieces


def hit_places(text: str, terms: Terms, limit: int = 10_000) -> list[tuple[int, int]]:
    """Where hits stand, in order and without overlap; at most `limit` of them.

    Words are looked at only where a hit may be: most words of a text cannot be one.
    """
    found: list[tuple[int, int]] = []
    if not terms:
        return found
    known = _known_tokens(terms)
    if len(known) > _TOKENS_KNOWN:
        known.clear()
    done = 0
    for candidate in _candidates(text, terms):
        first = candidate.start()
        if first < done:
            continue
        while first > done and text[first - 1].isalnum():
            first -= 1
        token = token_at(text, first)
        if token is None:
            continue
        raw, done = token.group(), token.end()
        places = known.get(raw)
        if places is None:
            places = known[raw] = _places_in(raw, terms)
        if places:
            found += [(first + start, first + end) for start, end in places]
            if len(found) >= limit:
                break
    return found


@lru_cache(_SEARCHES_KNOWN)
def _known_tokens(_terms: Terms) -> dict[str, tuple[tuple[int, int], ...]]:
    """What has been found out about raw words for this search: a list of hits repeats its words many times."""
    return {}


def _candidates(text: str, terms: Terms) -> Iterator[re.Match[str]]:
    """Where a word may begin like one that was searched for."""
    return _beginnings(terms).finditer(_first_letters(text))


def _first_letters(text: str) -> str:
    """Every letter as the first of its folded spelling. Texts are NFC: an accent is no sign of its own."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    for letter, first in _UMLAUTS:  # what nearly all texts hold; looking up each sign takes ten times as long
        lowered = lowered.replace(letter, first)
    if len(lowered) == len(text) and _OTHER_LETTER.search(lowered) is None:
        return lowered
    return text.translate(_FIRST_LETTERS)


@lru_cache(_SEARCHES_KNOWN)
def _beginnings(terms: Terms) -> re.Pattern[str]:
    """What a text must hold where a closer look is worth its time; kept plain, for every search compiles its own."""
    searched = (*terms.stems, *(term.partition(":")[2] for term in terms.foreign), *terms.prefixes)
    return re.compile("|".join(sorted({_beginning(term) for term in searched if term})))


def _beginning(term: str) -> str:
    """How every word of this stem begins, as a pattern: stemming changes ends, umlauts and double s, little else."""
    units = _UNIT.findall(term)
    kept = units[:_BEGINNING] if len(units) > _BEGINNING else units[: max(len(units) - 1, 1)]
    return "".join(map(_as_written, kept))


def _as_written(unit: str) -> str:
    """A folded letter as people write it, first letters only: an umlaut in one sign or two, ß for ss."""
    letter = re.escape(unit[0])
    if unit[0] == "s":
        return letter + "+"
    return letter + "e?" if unit[0] in "aou" else letter


def _places_in(raw: str, terms: Terms) -> tuple[tuple[int, int], ...]:
    """Where in a raw word the hits are: all of it, the parts of a compound, or nowhere."""
    folded = spelling(raw)
    if terms.holds(folded):
        return ((0, len(raw)),)
    return tuple(terms.parts(raw, folded))


def has_hit(text: str, terms: Terms) -> bool:
    """Whether anything in the text would be marked."""
    return bool(hit_places(text, terms, limit=1))


def best_fragment(text: str, terms: Terms, length: int = 240) -> list[Piece]:
    """The passage of about `length` letters with the most different hits, marked; empty when there is no hit."""
    text = text[:_READ_AHEAD]
    places = hit_places(text, terms, _HITS_LOOKED_AT)
    if not places:
        return []
    first, last = _densest(text, places, length)
    middle = (places[first][0] + places[last][1]) // 2
    start = max(0, min(places[first][0], middle - length // 2))
    start = 0 if start < 30 else text.find(" ", start, places[first][0]) + 1 or places[first][0]
    end = min(len(text), max(places[last][1], start + length))
    end = len(text) if end >= len(text) else max(text.rfind(" ", places[last][1], end), places[last][1])
    passage = _SPACE.sub(" ", text[start:end]).strip()
    pieces = mark(passage, terms)
    if start > 0:
        pieces.insert(0, ("… ", False))
    if end < len(text):
        pieces.append((" …", False))
    return pieces


def _densest(text: str, places: list[tuple[int, int]], length: int) -> tuple[int, int]:
    """First and last hit of the window that holds the most different words, the earliest among equals."""
    best, best_count, last = (0, 0), 0, 0
    for first, (start, _) in enumerate(places):
        last = max(last, first)
        while last + 1 < len(places) and places[last + 1][1] - start <= length:
            last += 1
        count = len({text[begin:end].lower()[:6] for begin, end in places[first : last + 1]})
        if count > best_count:
            best, best_count = (first, last), count
    return best
