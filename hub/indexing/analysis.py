"""How text becomes terms: words with gender forms, spellings and joins, then stems and parts of compounds.

A term is a text key of the postings. Plain terms are German stems; a leading sign marks the other sorts, so that
they never meet by accident: `+` a part of a compound, `e:` an English stem, `f:` a French stem.
Everything here works on module level, because nothing heavy may be pickled into the index.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import Stemmer

from hub.indexing.compounds import spans, split
from hub.indexing.words import STOP_WORDS, fold

PART = "+"
ENGLISH = "e:"
FRENCH = "f:"
LONGEST_WORD = 60
FEW, MANY = 4_000, 150_000

_GENDER_MARK = r"(?:[*:_·•’']|/-?|\(-?)"
_TOKEN = re.compile(
    r"[^\W_]+"
    r"(?:-[ \t]*\r?\n[ \t]*(?!und\b|oder\b|bzw\b|sowie\b|bis\b)[a-zäöüß]+)*"
    r"(?:" + _GENDER_MARK + r"(?:[Ii]nnen|[Ii]n|r|n|e)\b\)?|" + _GENDER_MARK + r"[Ii]nnen(?=[a-zäöüß])[a-zäöüß]+)?"
)
_TOKEN_APART = re.compile(f"({_TOKEN.pattern})")
_GENDER_END = re.compile(_GENDER_MARK + r"(?:[Ii]nnen([a-zäöüß]*)|[Ii]n|r|n|e)\)?$")
_INNER_CAPITAL = re.compile(r"(?<=[a-zäöüß])In(?:nen)?([a-zäöüß]*)$")
_LINE_BREAK = re.compile(r"-[ \t]*\r?\n[ \t]*")
_JOINERS = frozenset((*"-‐‑–.#&/+@", ".-", "/-", "--"))
_NOT_FEMININE = frozenset(
    "spinnen gewinnen beginnen rinnen innen drinnen binnen sinnen besinnen zinnen hinnen entsinnen verrinnen".split()
)
_STEM_EXCEPTIONS = {
    **dict.fromkeys("buerger buergern buergers buergerin buergerinnen".split(), "buerger"),
    **dict.fromkeys("burg burgen".split(), "burg"),
    **dict.fromkeys("schueler schuelern schuelers schuelerin schuelerinnen".split(), "schueler"),
    **dict.fromkeys("politiker politikern politikers politikerin politikerinnen".split(), "politiker"),
    **dict.fromkeys("wirtschaft".split(), "wirtschaft"),
    **dict.fromkeys("wald waelder waeldern waldes".split(), "wald"),
    **dict.fromkeys("sicher sichere sicherer sicheres sicheren sicherem sicherheit sicherheiten".split(), "sicher"),
    **dict.fromkeys("staat staaten staates staats".split(), "staat"),
    **dict.fromkeys("medien medium mediums".split(), "medium"),
    **dict.fromkeys("daten datum".split(), "daten"),
    **dict.fromkeys("flaeche flaechen".split(), "flaeche"),
    **dict.fromkeys("eisen eisens".split(), "eisen"),
    **dict.fromkeys("rinde rinden".split(), "rinde"),
    **dict.fromkeys("schlager schlagern schlagers".split(), "schlager"),
    **dict.fromkeys("busse busses bussen bus".split(), "bus"),
}

_german = Stemmer.Stemmer("german")
_english = Stemmer.Stemmer("english")
_french = Stemmer.Stemmer("french")
for _stemmer in (_german, _english, _french):
    _stemmer.maxCacheSize = 0


class Word(NamedTuple):
    """One word of a text: folded spelling, where it stands in the raw text, and whether it touches the next one."""

    folded: str
    start: int
    end: int
    joined: bool = False


def words(text: str) -> Iterator[Word]:
    """The words of a text in order, gender forms reduced to one, words broken at a line's end put together."""
    folded, start, end = "", 0, 0
    for found in _TOKEN.finditer(text):
        next_start, next_end = found.span()
        if end:
            yield Word(folded, start, end, 0 < next_start - end < 3 and text[end:next_start] in _JOINERS)
        folded, start, end = spelling(found[0]), next_start, next_end
    if end:
        yield Word(folded, start, end)


def tokens(text: str) -> Iterator[re.Match[str]]:
    """The raw words of a text with their places; ``spelling`` folds them."""
    return _TOKEN.finditer(text)


def token_at(text: str, place: int) -> re.Match[str] | None:
    """The raw word that begins at this place; ``spelling`` folds it."""
    return _TOKEN.match(text, place)


@lru_cache(4_000)
def spelling(raw: str) -> str:
    """The folded spelling of a raw token: gender forms and line breaks taken out."""
    if not raw.isascii() or not raw.isalnum() or not raw.islower():
        if "\n" in raw:
            raw = _LINE_BREAK.sub("", raw)
        if not raw.isalnum():
            raw = _GENDER_END.sub(lambda found: found.group(1) or "", raw)
        raw = _INNER_CAPITAL.sub(r"\1", raw)
    return fold(raw)[:LONGEST_WORD]


@lru_cache(4_000)
def stem(folded: str) -> str:
    """The German stem of a folded word; words that would meet by accident keep a stem of their own."""
    kept = _STEM_EXCEPTIONS.get(folded)
    if kept is not None:
        return kept
    word = folded
    if word.endswith("innen") and len(word) > 8 and word not in _NOT_FEMININE:
        word = word[:-5]
    elif len(word) > 4 and word[-1] == "s" and word[-2] in "aoy":
        word = word[:-1]
    stemmed = _german.stemWord(word)
    if stemmed.endswith("eln"):
        return stemmed[:-1]
    return stemmed if len(stemmed) > 1 else word


@lru_cache(2_000)
def english_stem(folded: str) -> str:
    """The English stem, marked as such."""
    return ENGLISH + _english.stemWord(folded)


@lru_cache(1_000)
def french_stem(folded: str) -> str:
    """The French stem, marked as such."""
    return FRENCH + _french.stemWord(folded)


@lru_cache(4_000)
def part_stems(folded: str) -> tuple[str, ...]:
    """The stems of the parts of a compound, in order; empty for a word that is none."""
    whole = stem(folded)
    return tuple(dict.fromkeys(part for piece in split(folded) if (part := stem(piece)) != whole))


def is_stop_word(folded: str) -> bool:
    """Whether the word carries no meaning of its own (articles, prepositions, pronouns)."""
    return folded in STOP_WORDS


def index_terms(folded: str, language: str) -> tuple[str, ...]:
    """Every term under which one word of a document is filed; empty for a stop word."""
    if folded in STOP_WORDS:
        return ()
    terms = [stem(folded)]
    terms += [PART + part for part in part_stems(folded)]
    if language == "en":
        terms.append(english_stem(folded))
    elif language == "fr":
        terms.append(french_stem(folded))
    return tuple(terms)


class _Remembered(dict[str, tuple[str, tuple[str, ...]]]):
    """By raw word its folded spelling and terms; begins anew when there are too many."""

    most = FEW

    def __init__(self, language: str) -> None:
        self._language = language

    def __missing__(self, raw: str) -> tuple[str, tuple[str, ...]]:
        if len(self) >= self.most:
            self.clear()
        folded = spelling(raw)
        found = self[raw] = folded, index_terms(folded, self._language)
        return found


@cache
def _remembered(language: str) -> _Remembered:
    return _Remembered(language)


def filed_words(text: str, language: str) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """The words of a text in order: folded spelling, terms, and whether it is joined to the word before it."""
    known = _remembered(language if language in ("en", "fr") else "")
    pieces = _TOKEN_APART.split(text)
    for raw, gap in zip(pieces[1::2], pieces[::2], strict=False):
        folded, terms = known[raw]
        yield folded, terms, gap in _JOINERS


def remember_many() -> None:
    """Remember the words of a whole hub while all its documents are read."""
    _Remembered.most = MANY


def forget() -> None:
    """Give back what was remembered of words, after reading a great many of them."""
    _Remembered.most = FEW
    _remembered.cache_clear()
    for remembering in (spelling, stem, english_stem, french_stem, part_stems, spans):
        remembering.cache_clear()
