"""What of an entry is compared with others: a small print that holds words, numbers, places and a sketch of the text.

``MinHash`` (rensa) is imported where it is needed: only workers and commands make prints.
"""

import re
from collections.abc import Collection as Names
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from hub.indexing.analysis import is_stop_word, part_stems, stem, words

HASHES, BANDS = 64, 16
ROWS = HASHES // BANDS
SKETCH_SEED = 20
SHINGLE = 4
LEAST_SHINGLES = 25
MOST_LETTERS = 60_000
MOST_WORDS, MOST_FIGURES, RAREST = 80, 60, 6
_NUMBER = re.compile(r"\d+")
_ROMAN = {
    "i": "1",
    "v": "5",
    "x": "10",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
}
_SIGNS = re.compile(r"[\W_]+")
ENGLISH_WORDS = frozenset("the of and for on with to how at by from against is are".split())
GERMAN_WORDS = frozenset("der die das und von für zu mit im am an auf gegen ist sind wie bei den dem des".split())
# What a counted part is called, and words that tell sides of one thing from each other.
PARTS = frozenset("teil band heft modul kapitel ausgabe nummer nr stufe phase folge part volume".split())
SIDES = frozenset("nord sued ost west mitte sommer winter fruehjahr fruehling herbst eins zwei drei".split())


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry says, as the tables hold it; ``text`` is everything that is written in it and its files."""

    id: int
    title: str
    summary: str = ""
    text: str = ""
    publisher: str = ""
    organisation_id: int = 0
    year: int | None = None
    address: str = ""
    doi: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Print:
    """An entry made ready for comparing. ``line``: the words of the title in order; ``stems`` and ``words``: what
    title and summary are about; ``numbers``: those of the title; ``figures``: those of the text."""

    id: int
    line: tuple[str, ...]
    stems: frozenset[str]
    words: frozenset[str]
    numbers: frozenset[str]
    figures: frozenset[str]
    places: frozenset[str]
    publisher: str
    year: int | None
    address: str
    doi: str
    files: frozenset[str]
    is_english: bool
    sketch: tuple[int, ...]


def make_print(told: Told, place_names: Names[str]) -> Print:
    """The print of an entry; ``place_names`` are folded names of cities that tell projects apart."""
    line = tuple(word.folded for word in words(told.title) if not is_stop_word(word.folded))
    summary = [word.folded for word in words(told.summary) if not is_stop_word(word.folded)]
    return Print(
        id=told.id,
        line=line,
        stems=_stems(line),
        words=frozenset(sorted(_stems(summary))[:MOST_WORDS]),
        numbers=_numbers(told.title),
        figures=frozenset(list(dict.fromkeys(_NUMBER.findall(f"{told.summary} {told.text}")))[:MOST_FIGURES]),
        places=frozenset(line) & frozenset(place_names),
        publisher=_SIGNS.sub(" ", told.publisher.casefold()).strip() or f"#{told.organisation_id}",
        year=told.year,
        address=told.address,
        doi=told.doi,
        files=frozenset(told.files),
        is_english=_is_english(f"{told.title} {told.summary}"),
        sketch=sketch_of(f"{told.summary}\n{told.text}"),
    )


def sketch_of(text: str) -> tuple[int, ...]:
    """MinHash of the runs of four words; empty for texts too short to say anything."""
    from rensa import RMinHash

    spoken = _SIGNS.sub(" ", text[:MOST_LETTERS].casefold()).split()
    runs = [" ".join(spoken[at : at + SHINGLE]) for at in range(len(spoken) - SHINGLE + 1)]
    if len(runs) < LEAST_SHINGLES:
        return ()
    minhash = RMinHash(num_perm=HASHES, seed=SKETCH_SEED)
    minhash.update(runs)
    return tuple(minhash.digest())


def share_alike(one: Sequence[int], other: Sequence[int]) -> float:
    """How much of two texts is the same (estimated Jaccard similarity), 0 when one is too short."""
    if not one or not other:
        return 0.0
    return sum(a == b for a, b in zip(one, other, strict=True)) / HASHES


def keys_of(print_: Print, rarity: "dict[str, float] | None" = None) -> Iterator[str]:
    """Under which keys entries that may be the same meet: one in common is enough to compare them."""
    if print_.address:
        yield f"a {print_.address}"
    if print_.doi:
        yield f"d {print_.doi}"
    for checksum in print_.files:
        yield f"f {checksum}"
    for band in range(BANDS if print_.sketch else 0):
        yield f"m {band} {print_.sketch[band * ROWS : (band + 1) * ROWS]}"
    rarest = _rarest(print_.stems, rarity or {})
    for pair in combinations(sorted(rarest), 2):
        yield f"t {pair[0]} {pair[1]}"
    if len(print_.stems) < 3:
        yield f"t {' '.join(sorted(print_.stems))}"
    for word in _rarest(print_.stems | print_.words, rarity or {}):
        yield f"p {print_.publisher} {print_.year} {word}"


def _rarest(found: Names[str], rarity: "dict[str, float]") -> list[str]:
    return sorted(found, key=lambda word: (-rarity.get(word, 0.0), word))[:RAREST]


def _stems(found: Sequence[str]) -> frozenset[str]:
    """Stems of the words and of the parts of compounds."""
    parts = (part for word in found for part in part_stems(word))
    return frozenset([*(stem(word) for word in found if not word.isdigit()), *parts])


def _is_english(text: str) -> bool:
    """Whether title and summary are written in English, whatever the language of the thing itself."""
    spoken = text.casefold().split()
    return sum(word in ENGLISH_WORDS for word in spoken) > sum(word in GERMAN_WORDS for word in spoken)


def _numbers(title: str) -> frozenset[str]:
    """Numbers and what stands for parts of a whole: Teil II, Modul A, Nord."""
    found, before = set(), ""
    for folded in (word.folded for word in words(title)):
        found |= {number.lstrip("0") for number in _NUMBER.findall(folded)}
        if folded in SIDES:
            found.add(folded)
        elif before in PARTS and (len(folded) == 1 or folded in _ROMAN):
            found.add(_ROMAN.get(folded, folded))
        before = folded
    return frozenset(found)
