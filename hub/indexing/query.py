"""Reads what a person typed: words, "phrases", -word, ohne word, A ODER B, and fields such as stadt:Essen.

Our own small reader, because Whoosh's parser can be made to work for minutes. Whatever is odd finds less and is
named in `left_out`; nothing here fails on any input.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hub.indexing.analysis import words
from hub.indexing.words import STOP_WORDS, WEAK_WORDS, fold

LONGEST = 200
MOST_WORDS = 12
MOST_PHRASE_WORDS = 6
SHORTEST_PREFIX = 3

_QUOTES = '"„“”«»‟'
_PIECE = re.compile(
    r"(?P<minus>(?<!\S)[-−](?=[^\s\-−]))?"
    r"(?:(?P<field>[A-Za-zÄÖÜäöü]{2,14}):(?=[^\s:/]))?"
    rf"(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)(?P<close>[{_QUOTES}])?|(?P<word>[^\s{_QUOTES}]+))"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_FIELDS = {
    "titel": "title",
    "title": "title",
    "tag": "tag",
    "schlagwort": "tag",
    "stadt": "organisation",
    "organisation": "organisation",
    "city": "organisation",
    "jahr": "year",
    "year": "year",
    "art": "kind",
    "kind": "kind",
    "sammlung": "collection",
    "collection": "collection",
    "sprache": "language",
    "language": "language",
}
_YEARS = re.compile(r"(\d{4})?(?:\s*[-–]\s*(\d{4})?)?")
_OR = frozenset(("OR", "ODER", "|", "||"))
_AND = frozenset(("AND", "UND", "&", "&&", "+"))
_NOT = frozenset(("NOT", "NICHT"))
_WITHOUT = "ohne"

IsName = Callable[[Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class Typed:
    """One typed word; `is_open` marks one that may be the beginning of a longer word."""

    folded: str
    raw: str
    is_open: bool = False
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Words that were typed side by side."""

    words: tuple[Typed, ...]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must stand together as typed."""

    words: tuple[Typed, ...]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Either:
    """Any of these will do."""

    choices: tuple["Words | Phrase", ...]


Item = Words | Phrase | Either


@dataclass(slots=True)
class Query:
    """What was typed, taken apart."""

    wanted: list[Item] = field(default_factory=list)
    excluded: list[Words | Phrase] = field(default_factory=list)
    restrictions: list[tuple[str, str]] = field(default_factory=list)
    years: tuple[int, int] | None = None
    left_out: list[str] = field(default_factory=list)

    def leave_out(self, code: str) -> None:
        """Note once that something was ignored."""
        if code not in self.left_out:
            self.left_out.append(code)


def parse(text: str, is_name: IsName = lambda typed: False) -> Query:
    """Take a typed text apart. `is_name` knows names that hold the word "ohne", which else excludes what follows."""
    query = Query()
    text = _CONTROL.sub(" ", text)
    if len(text) > LONGEST:
        query.leave_out("too_long")
        cut = text[:LONGEST]
        text = cut.rpartition(" ")[0] or cut
    _Reader(query, text, is_name).read()
    return query


class _Reader:
    """Goes through the pieces of a text once, from left to right."""

    def __init__(self, query: Query, text: str, is_name: IsName) -> None:
        self._query = query
        self._text = text
        self._is_name = is_name
        self._budget = MOST_WORDS
        self._negate = False
        self._either = False
        self._run: list[Typed] = []

    def read(self) -> None:
        pieces = list(_PIECE.finditer(self._text))
        for number, piece in enumerate(pieces):
            word = piece["word"]
            if word in _OR:
                self._flush(keep_last=True)
                self._either = bool(self._query.wanted)
            elif word in _NOT or (word is not None and self._excludes(word, number, pieces)):
                self._negate = number + 1 < len(pieces)
            elif word not in _AND:
                self._take(piece, is_last=number == len(pieces) - 1)
        self._flush()

    def _excludes(self, word: str, number: int, pieces: list[re.Match]) -> bool:
        if word.lower() != _WITHOUT or number + 1 >= len(pieces):
            return False
        after = [fold(piece["word"] or "") for piece in pieces[number + 1 : number + 4]]
        before = [typed.folded for typed in self._run[-1:]]
        spans = ([*before[first:], _WITHOUT, *after[:last]] for first in range(len(before) + 1) for last in (1, 2, 3))
        return not any(self._is_name(span) for span in spans)

    def _take(self, piece: re.Match, is_last: bool) -> None:
        name = _FIELDS.get((piece["field"] or "").lower(), "")
        is_unknown_field = bool(piece["field"]) and not name
        if piece["phrase"] is not None:
            if not piece["close"]:
                self._query.leave_out("unclosed_quote")
            if is_unknown_field:
                self._add_words(piece["field"], is_open=False, is_negative=bool(piece["minus"]))
            self._take_value(piece["phrase"], name, is_phrase=True, is_open=False, is_negative=bool(piece["minus"]))
            return
        value = piece["word"]
        if is_unknown_field:
            self._query.leave_out("unknown_field")
            value = f"{piece['field']} {value}"
        is_open = is_last and not self._text[piece.end() :]
        self._take_value(value, name, is_phrase=False, is_open=is_open, is_negative=bool(piece["minus"]))

    def _take_value(self, value: str, name: str, *, is_phrase: bool, is_open: bool, is_negative: bool) -> None:
        is_negative = is_negative or self._negate
        if name and name != "title":
            self._negate = False
            self._restrict(name, value)
        elif is_phrase or name:
            self._flush()
            self._negate = False
            typed = self._typed(value, is_open=False)[:MOST_PHRASE_WORDS]
            if typed:
                self._place(Phrase(typed, name) if is_phrase else Words(typed, name), is_negative)
        else:
            self._add_words(value, is_open, is_negative)

    def _add_words(self, value: str, is_open: bool, is_negative: bool) -> None:
        typed = self._typed(value, is_open)
        if is_negative or self._either:
            self._flush()
            self._negate = False
            if typed:
                self._place(Words(typed), is_negative)
        else:
            self._run += typed

    def _typed(self, value: str, is_open: bool) -> tuple[Typed, ...]:
        if value.startswith("*"):
            self._query.leave_out("wildcard")
        has_star = value.endswith("*")
        found = list(words(value))
        typed: list[Typed] = []
        for word in found:
            if word.folded in STOP_WORDS:
                continue
            if self._budget <= 0:
                self._query.leave_out("too_many_words")
                break
            self._budget -= 1
            is_long = len(word.folded) >= SHORTEST_PREFIX
            starts_more = word is found[-1] and (is_open or has_star)
            if starts_more and has_star and not is_long:
                self._query.leave_out("short_prefix")
            raw = value[word.start : word.end]
            typed.append(Typed(word.folded, raw, starts_more and is_long, word.folded in WEAK_WORDS))
        return tuple(typed)

    def _restrict(self, name: str, value: str) -> None:
        if name != "year":
            self._query.restrictions.append((name, value.strip()))
            return
        found = _YEARS.fullmatch(value.strip())
        if not found or not (found[1] or found[2]):
            self._query.leave_out("unknown_year")
            return
        is_range = "-" in value or "–" in value
        first = int(found[1] or 0)
        last = int(found[2] or 9999) if is_range else first
        self._query.years = (min(first, last), max(first, last))

    def _place(self, item: Words | Phrase, is_negative: bool) -> None:
        query = self._query
        if is_negative:
            query.excluded.append(item)
        elif self._either and query.wanted:
            before = query.wanted.pop()
            choices = before.choices if isinstance(before, Either) else (before,)
            query.wanted.append(Either((*choices, item)))
        else:
            query.wanted.append(item)
        self._either = False

    def _flush(self, keep_last: bool = False) -> None:
        """Close the run of words; before OR its last word stands alone, for OR binds to its neighbours only."""
        if keep_last and len(self._run) > 1:
            self._query.wanted.append(Words(tuple(self._run[:-1])))
            self._run = self._run[-1:]
        if self._run:
            self._query.wanted.append(Words(tuple(self._run)))
            self._run = []
