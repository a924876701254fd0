"""Finding pairs among many prints: those that meet under a key are judged. Pure functions."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log

from hub.duplicates.judging import Rarity, Verdict, judge
from hub.duplicates.prints import Print, keys_of

MOST_UNDER_A_KEY = 60
# Addresses, DOIs and files: however many share one, each is compared with its neighbours among them.
STRONG = "adf"


class Group:
    """Prints to be compared with others, by the keys under which they are met.

    The work for one print is bounded, whatever the size of the group: under no key it meets more than
    ``MOST_UNDER_A_KEY`` others.
    """

    def __init__(self, prints: Iterable[Print], rarity: Mapping[str, float]) -> None:
        self.rarity = Rarity(rarity)
        self.prints = dict(sorted((print_.id, print_) for print_ in prints))
        self._under: dict[str, list[int]] = defaultdict(list)
        for print_ in self.prints.values():
            for key in keys_of(print_, self.rarity):
                self._under[key].append(print_.id)

    def pairs_with(self, other: Print) -> Iterator[tuple[int, Verdict]]:
        """Those of the group that are the same thing as this print, with the verdict. Two of the group meet once."""
        met: set[int] = set()
        for key in keys_of(other, self.rarity):
            under = self._under.get(key, ())
            if len(under) <= MOST_UNDER_A_KEY:
                met.update(under)
            elif key[0] in STRONG:
                met.update(_neighbours(under, other.id))
        is_inside = other.id in self.prints
        for number in sorted(met - {other.id}):
            if is_inside and number > other.id:
                break
            verdict = judge(self.prints[number], other, self.rarity)
            if verdict.is_pair:
                yield number, verdict


def _neighbours(numbers: Sequence[int], number: int) -> Sequence[int]:
    """Of many ordered numbers those around this one."""
    place = bisect_left(numbers, number)
    return numbers[max(0, place - MOST_UNDER_A_KEY // 2) : place + MOST_UNDER_A_KEY // 2]


def rarity_of(counts: Mapping[str, int], whole: int) -> Rarity:
    """How much each stem tells: the logarithm of how seldom it is."""
    return Rarity((word, log((whole + 1) / (count + 0.5))) for word, count in counts.items())


def count_words(prints: Iterable[Print]) -> Counter[str]:
    """In how many entries each stem of titles and summaries is."""
    counts: Counter[str] = Counter()
    for print_ in prints:
        counts.update(print_.stems | print_.words)
    return counts


def find_pairs(prints: list[Print]) -> dict[tuple[int, int], Verdict]:
    """All pairs among these, the lower number first."""
    group = Group(prints, rarity_of(count_words(prints), len(prints)))
    found = {}
    for print_ in prints:
        for number, verdict in group.pairs_with(print_):
            found[min(number, print_.id), max(number, print_.id)] = verdict
    return found
