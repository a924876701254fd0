"""Whether two entries are the same thing: a score between 0 and 1 with the reasons for it. Pure functions.

Rules that hold whatever the rest says: other numbers in the titles (another year, another part), other cities, or one
word exchanged in the same title speak of siblings, not of the same thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from hub.duplicates.prints import Print, share_alike
from hub.indexing.analysis import stem

LEAST = 0.7
ADDRESS, DOI, FILE, TEXT, TITLE = "address", "doi", "file", "text", "title"
UNKNOWN_RARITY = 4.0
SAME_TEXT, ALIKE_TEXT = 0.62, 0.5
SAME_FIGURES, ALIKE_FIGURES = 0.8, 0.6
RARE = 0.75
SIBLINGS = 0.5
ALIKE_LETTERS = 0.8


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely two entries are the same thing, and why."""

    score: float
    reasons: tuple[str, ...]

    @property
    def is_pair(self) -> bool:
        """Whether people should look at it."""
        return self.score >= LEAST


class Rarity(dict[str, float]):
    """How much each stem tells: the logarithm of how seldom it is."""

    @cached_property
    def least_of_names(self) -> float:
        """From where on a stem is so seldom that it names something; looked for once, among tens of thousands."""
        return RARE * max(self.values(), default=0.0)


def judge(one: Print, other: Print, rarity: Rarity) -> Verdict:
    """Compare two entries."""
    title = likeness(one.stems, other.stems, rarity)
    if are_strangers(one, other, rarity):
        title /= 2
    scores = {
        ADDRESS: _by_address(one, other, title),
        DOI: 0.97 if one.doi and one.doi == other.doi else 0.0,
        FILE: _by_files(one, other, title),
        TEXT: _by_text(one, other, title),
        TITLE: _by_words(one, other, title, rarity),
    }
    if are_siblings(one, other):
        scores = {name: score * SIBLINGS for name, score in scores.items()}
    best = max(scores.values())
    reasons = tuple(name for name, score in scores.items() if score >= LEAST)
    return Verdict(round(best, 3), reasons)


def likeness(one: frozenset[str], other: frozenset[str], rarity: Mapping[str, float]) -> float:
    """What two sets of stems have in common, seldom ones counting more (weighted Dice)."""
    whole = _weight(one, rarity) + _weight(other, rarity)
    return 2 * _weight(one & other, rarity) / whole if whole else 0.0


def are_siblings(one: Print, other: Print) -> bool:
    """Whether the titles say themselves that these are two: editions, parts, cities."""
    if one.numbers - other.numbers and other.numbers - one.numbers:
        return True
    return bool(one.places and other.places and not one.places & other.places)


def are_strangers(one: Print, other: Print, rarity: Rarity) -> bool:
    """Whether each title names something of which the other entry knows nothing."""
    return bool(_marks(one, rarity) - _all_words(other) and _marks(other, rarity) - _all_words(one))


def _by_address(one: Print, other: Print, title: float) -> float:
    """The same page; a front page alone says little, it belongs to everything its owner does."""
    if not one.address or one.address != other.address:
        return 0.0
    if "/" in one.address or "?" in one.address:
        return 0.95
    return 0.3 + 0.5 * title


def _by_files(one: Print, other: Print, title: float) -> float:
    """The same content; an enclosure among other files says little."""
    common = len(one.files & other.files)
    if not common:
        return 0.0
    share = common / max(len(one.files), len(other.files))
    return 0.95 if share > 0.5 else 0.35 + 0.5 * title


def _by_text(one: Print, other: Print, title: float) -> float:
    """The same text but for a few places, and in it the same numbers; a template filled twice has other ones."""
    alike, figures = share_alike(one.sketch, other.sketch), _share(one.figures, other.figures)
    if alike >= SAME_TEXT and figures >= SAME_FIGURES:
        return 0.9
    if alike < ALIKE_TEXT or figures < ALIKE_FIGURES or _has_exchanged_word(one, other):
        return 0.0
    return 0.45 + 0.45 * title


def _by_words(one: Print, other: Print, title: float, rarity: Rarity) -> float:
    """Title and summary are about the same, publisher and year agree as far as they are known."""
    if one.year and other.year and one.year != other.year:
        return 0.0
    if one.is_english != other.is_english:
        return _by_translation(one, other, rarity)
    if _has_exchanged_word(one, other):
        return 0.0
    said = 0.9 * title
    if one.words and other.words:
        summaries = likeness(one.words, other.words, rarity)
        whole = likeness(one.stems | one.words, other.stems | other.words, rarity)
        said = max(0.5 * title + 0.4 * summaries, 0.9 * whole)
    said += 0.05 if one.publisher == other.publisher else -0.2
    said -= 0.1 if not (one.year and other.year) else 0.0
    if one.doi and other.doi and one.doi != other.doi:
        said -= 0.3
    if are_strangers(one, other, rarity):
        said -= 0.2
    return max(0.0, min(0.93, said))


def _by_translation(one: Print, other: Print, rarity: Rarity) -> float:
    """Words differ from language to language; names, numbers, publisher and year do not."""
    if one.publisher != other.publisher or one.year != other.year or not one.year:
        return 0.0
    names = _marks(one, rarity) & _all_words(other) or _marks(other, rarity) & _all_words(one)
    if not names or (one.figures - other.figures and other.figures - one.figures):
        return 0.0
    return 0.75


def _marks(print_: Print, rarity: Rarity) -> frozenset[str]:
    """Stems of the title that hardly any other entry has: names, mostly."""
    return frozenset(word for word in print_.stems if rarity.get(word, UNKNOWN_RARITY) >= rarity.least_of_names)


def _all_words(print_: Print) -> frozenset[str]:
    return print_.stems | print_.words


def _has_exchanged_word(one: Print, other: Print) -> bool:
    """The same title but for one or two words, of which the other entry knows nothing: a template filled twice."""
    if len(one.line) != len(other.line) or len(one.line) < 3:
        return False
    differing = [(a, b) for a, b in zip(one.line, other.line, strict=True) if a != b]
    if not differing or len(differing) > 2 or len(differing) > len(one.line) / 2:
        return False
    return any(
        _letters_alike(a, b) < ALIKE_LETTERS and stem(a) not in _all_words(other) and stem(b) not in _all_words(one)
        for a, b in differing
    )


def _letters_alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    whole = len(one | other)
    return len(one & other) / whole if whole else 1.0


def _weight(found: frozenset[str], rarity: Mapping[str, float]) -> float:
    return sum(rarity.get(word, UNKNOWN_RARITY) for word in found)
