"""Splits German compounds by a dictionary of nouns: fewest parts first, then the best weakest part.

Two lists are judgement, not data: parts that only look like nouns (particles and endings) and parts that are no
nouns but open compounds all the same (verb stems, adjectives). They hold for German as a whole and may grow.
"""

import gzip
import hashlib
import re
from array import array
from bisect import bisect_left
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from hub.indexing.words import STOP_WORDS

LEXICON = Path(__file__).parent / "data" / "lexicon.txt.gz"
_RULES_VERSION = "4"

# What may stand between two parts besides nothing, by its last letter.
_LINKS = {"s": ("s", "es", "ns"), "n": ("n", "en"), "r": ("er",), "e": ("e",)}
_SLOTS = 1 << 20
_ZIPF_BITS = 7
_ZIPF = (1 << _ZIPF_BITS) - 1
_HASH = ~_ZIPF
_SHORTEST_COMPOUND = 7
_MOST_PARTS = 4
_LEXICALISED = 40
_LEXICALISED_PART = 39
_RAREST = 23
_RAREST_OF_THREE = 40
_RAREST_OF_FOUR = 32
_UNUSUAL_LINK = 3
_MODIFIER = 40
_USUAL_LINKS = ("", "s")
# How much commoner the head of a common compound must be to count, and how long without its ending.
_COMMONER_HEAD = 8
_SHORTEST_HEAD = 5
_ENDING = re.compile(r"(?:e[nrs]?|n|s)$")

_NO_PARTS = frozenset(
    """
    aus unter bei ueber ein an auf ab vor um zu be er ver ent zer miss mit nach durch wider hin her da los fort weg
    rueck voll wohl dar in im am ion ung heit keit schaft ismus tion taet ling chen lein ei eis eins ist sein ihr euch
    ehr ur ende gen gang innen aussen zwischen isch lich ation ator enz anz tum nis sal tor ier iert bar sam haft
    erin erinnen inne rat ration ring rang rand reich reiche reichen ruf stand stande staende ante anten alter
    """.split()
) - frozenset("rat ring rand ruf stand alter".split())

_SMALL_WORDS = STOP_WORDS | {"gegen"}

_MODIFIERS = frozenset(
    """
    foerder gross klein hoch tief innen aussen alt neu jung fach sperr kriminal sexual sozial zivil fahr wohn miet
    park spiel lern lehr bau schul straf rad zwischen kommunal digital online cyber crowd queer leer hell dunkel tat
    tempo gesamt haupt einzel sonder schwer warn melde leit pruef mess sammel lauf ess schlaf koch wasch halte
    presse bund land jugend hass fan enkel street brenn bild brand bet bettel trink rauch sitz steh geh rett schutz
    starkregen ober unter nah fern kurz lang mehr viel frei schnell still roh rein leicht hart weich heiss kalt
    kuehl warm nass trocken mobil lokal regional national global zentral dezentral inter multi anti selbst fremd
    spaet frueh nacht tag schreib les lese hoer seh sprech sprach denk trag zeig ruf wander reit schwimm tanz feier
    demo event video audio foto polizei praesenz sicherheits wirk plan ziel quer schau stoer droh erb misch schiess
    stech hieb stich kauf verkauf dienst fest bahn bus zug stadt kreis gemeinde bezirks buerger staats amts rechts
    eil not sofort dauer liefer kirch schuetzen pflege teil voll halb doppel dreh streit schlicht rate rats orts
    gast umwelt natur bio oeko klima wetter kata sucht
    """.split()
)

_ADJECTIVES = (
    "praeventiv feindlich freundlich gerecht sensibel orientiert bezogen basiert ueberwacht gefaehrdet belastet"
    " betroffen politisch raeumlich fachlich rechtlich sicher nah weit arm reich frei relevant spezifisch uebergreifend"
    " ordnend vermeidend mindernd foerdernd hemmend bedingt verursacht angepasst vertraeglich"
).split()
_ADJECTIVE_ENDINGS = ("", "e", "er", "en", "es", "em")
_ADJECTIVE_HEADS = frozenset(word + ending for word in _ADJECTIVES for ending in _ADJECTIVE_ENDINGS)

Span = tuple[int, int, str]
_Found = tuple[int, int, tuple[Span, ...]]


class _Lexicon:
    """Ten times the Zipf frequency by word, kept as hashes: a fifth of the memory that a dict of the words takes.

    Each number is the hash of a word with the frequency (below 128) in its last seven bits. Two of 82,000 words share
    the other 57 bits once in forty million processes. ``_seen`` answers most questions, for most pieces of a word are
    no words.
    """

    def __init__(self, text: str) -> None:
        pairs = text.split()
        numbers = sorted([hash(word) & _HASH | int(zipf) for word, zipf in zip(pairs[::2], pairs[1::2], strict=True)])
        self._numbers = array("q", numbers)
        self._seen = bytearray(_SLOTS)
        for number in numbers:
            self._seen[(number >> _ZIPF_BITS) % _SLOTS] = 1

    def get(self, word: str, default: Any = None) -> Any:
        """The frequency, or the default for a word that is not in the lexicon."""
        number = hash(word) & _HASH
        if not self._seen[(number >> _ZIPF_BITS) % _SLOTS]:
            return default
        place = bisect_left(self._numbers, number)
        found = self._numbers[place] if place < len(self._numbers) else 0
        return found & _ZIPF if found & _HASH == number else default


@cache
def _lexicon() -> _Lexicon:
    return _Lexicon(gzip.decompress(LEXICON.read_bytes()).decode("ascii"))


@cache
def lexicon_checksum() -> str:
    """Identifies lexicon and rules: an index made with others is to be rebuilt."""
    return hashlib.sha256(LEXICON.read_bytes() + _RULES_VERSION.encode()).hexdigest()


def warm_up() -> None:
    """Read the lexicon now (before processes are forked) instead of at the first word."""
    _lexicon()


def commonness(folded: str) -> int | None:
    """Ten times the Zipf frequency of a noun in general German, or None for a word that is not in the lexicon."""
    return _lexicon().get(folded)


def split(folded: str) -> tuple[str, ...]:
    """The parts of a compound in order, nested ones included; empty for a word that is not taken for one."""
    return tuple(part for _, _, part in spans(folded))


@lru_cache(4_000)
def spans(folded: str) -> tuple[Span, ...]:
    """The parts as (start, end, part) within the folded word; linking letters belong to no part."""
    if len(folded) < _SHORTEST_COMPOUND or not folded.isalpha():
        return ()
    found = _fewest_parts(folded)
    if found is None:
        return ()
    if _lexicon().get(folded, 0) >= _LEXICALISED:
        return _plain_head(folded, found)
    parts: list[Span] = []
    for start, end, part in found:
        parts.append((start, end, part))
        parts += [(start + first, start + last, inner) for first, last, inner in _inner_spans(part)]
    return tuple(parts)


def _inner_spans(part: str) -> tuple[Span, ...]:
    """The parts of a part; a common word is looked at for its head only."""
    if len(part) < _SHORTEST_COMPOUND + 2:
        return ()
    if _lexicon().get(part, 99) < _LEXICALISED_PART:
        return spans(part)
    return _plain_head(part, _fewest_parts(part) or ())


def _plain_head(word: str, parts: tuple[Span, ...]) -> tuple[Span, ...]:
    """The head of a common word that is still a kind of its head: Marktplatz is a Platz, Diebstahl is no Stahl.

    What has a meaning of its own is used about as often as its head (Bahnhof, Bürgermeister); what merely is a kind of
    it much less often. Heads of one short syllable (Tag in Freitag, Zeit in Hochzeit) prove nothing.
    """
    if len(parts) != 2:
        return ()
    (_, end, modifier), head = parts
    is_plain = word[end : head[0]] in _USUAL_LINKS and modifier not in _SMALL_WORDS
    is_commoner = _lexicon().get(head[2], 0) >= _lexicon().get(word, 0) + _COMMONER_HEAD
    return (head,) if is_plain and is_commoner and len(_ENDING.sub("", head[2])) >= _SHORTEST_HEAD else ()


def _strength(word: str, is_head: bool) -> int | None:
    """How well a word serves as a part, or None if it cannot."""
    if not is_head and word in _MODIFIERS:
        return _MODIFIER
    if is_head and word in _ADJECTIVE_HEADS:
        return _MODIFIER
    if word in _NO_PARTS:
        return None
    zipf = _lexicon().get(word)
    if zipf is None or zipf < _RAREST or len(word) < 3:
        return None
    if (len(word) == 3 and zipf < _RAREST_OF_THREE) or (len(word) == 4 and zipf < _RAREST_OF_FOUR):
        return None
    return zipf


def _fewest_parts(word: str) -> tuple[Span, ...] | None:
    memory: dict[tuple[int, int], _Found | None] = {}

    def best_from(start: int, left: int) -> _Found | None:
        key = (start, left)
        if key not in memory:
            memory[key] = _best(start, left)
        return memory[key]

    def _best(start: int, left: int) -> _Found | None:
        strength = _strength(word[start:], is_head=True) if start else None
        if strength is not None:
            return 1, -strength, ((start, len(word), word[start:]),)
        if left == 1:
            return None
        best: _Found | None = None
        for end in range(start + 3, len(word) - 2):
            modifier = _modifier(word, start, end)
            rest = best_from(end, left - 1) if modifier is not None else None
            if modifier is None or rest is None:
                continue
            weakest = max(-modifier[0], rest[1])
            candidate = (1 + rest[0], weakest, (modifier[1], *rest[2]))
            if best is None or candidate[:2] < best[:2]:
                best = candidate
        return best

    found = best_from(0, _MOST_PARTS)
    return found[2] if found is not None and found[0] > 1 else None


def _modifier(word: str, start: int, end: int) -> tuple[int, Span] | None:
    """The best reading of word[start:end] as a part with a linking element."""
    strength = _strength(word[start:end], is_head=False)
    best = None if strength is None else (strength, (start, end, word[start:end]))
    for link in _LINKS.get(word[end - 1], ()):
        if not word.endswith(link, start, end):
            continue
        last = end - len(link)
        strength = _strength(word[start:last], is_head=False)
        if strength is None:
            continue
        if link != "s":
            strength -= _UNUSUAL_LINK
        if best is None or strength > best[0]:
            best = strength, (start, last, word[start:last])
    return best


def leaf_parts(folded: str) -> tuple[str, ...]:
    """The smallest parts only: of a part that is split again its own parts."""
    found = spans(folded)
    return tuple(
        part
        for start, end, part in found
        if not any(start <= first and last <= end and (first, last) != (start, end) for first, last, _ in found)
    )
