"""The words that really stand in the documents: completion of beginnings and correction of slips."""

import heapq
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from hub.indexing.facts import PackedTexts, SegmentFacts
from hub.indexing.words import STOP_WORDS, fold

SHORTEST_CORRECTED = 4
MOST_LOOKED_AT = 300
_MANY = 3_000
# What a guess may cost is bounded (T41); how many words of a search are guessed stands in planning.
_MOST_SLIPS = 1
_SURE_BEGINNING = 2
_LAST_SIGN = "\U0010ffff"
_WORD = re.compile(r"[^\W_][\w-]*[^\W_]")


class Vocabulary:
    """Sorted words, packed."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = PackedTexts()
        for word in words:
            self._words.append(word)

    def __len__(self) -> int:
        return len(self._words)

    def __contains__(self, word: str) -> bool:
        place = first_place(self._words, word)
        return place < len(self._words) and self._words[place] == word

    def starting_with(self, beginning: str) -> Iterator[str]:
        """All words with this beginning, in alphabetical order."""
        for place in range(first_place(self._words, beginning), len(self._words)):
            word = self._words[place]
            if not word.startswith(beginning):
                return
            yield word

    def near(self, typed: str) -> Iterator[tuple[int, str]]:
        """Words that differ from the typed one by a slip after its first two letters, as (number of slips, word)."""
        most = slips_allowed(typed)
        if not most:
            return
        pieces = _pieces(typed, most + 1)
        for word in self.starting_with(typed[:_SURE_BEGINNING]):
            if abs(len(word) - len(typed)) <= most and any(piece in word for piece in pieces):
                slips = slips_between(typed, word, most)
                if slips <= most:
                    yield slips, word


def first_place(sorted_texts: PackedTexts, beginning: str) -> int:
    """Where texts with this beginning would start."""
    return bisect_left(range(len(sorted_texts)), beginning.encode(), key=sorted_texts.raw)


class WrittenWords:
    """The words and keywords of one segment as they are written, sorted by their folded spelling."""

    def __init__(self, facts: SegmentFacts, codes: list[str]) -> None:
        counts: dict[str, int] = {}
        for place in range(len(facts)):
            for written in _WORD.findall(facts.titles[place]):
                counts[written] = counts.get(written, 0) + 1
        for code in facts.many["tag"].codes:
            counts[codes[code]] = counts.get(codes[code], 0) + 2
        best: dict[str, str] = {}
        totals: dict[str, int] = {}
        for written in sorted(counts, key=counts.__getitem__):
            folded = fold(written)
            if len(folded) > 2 and folded not in STOP_WORDS:
                best[folded] = written
                totals[folded] = totals.get(folded, 0) + counts[written]
        self._folded, self._written, self._counts = PackedTexts(), PackedTexts(), array("I")
        self._best: dict[str, Sequence[int]] = {}
        for folded in sorted(best, key=str.encode):
            self._folded.append(folded)
            self._written.append(best[folded])
            self._counts.append(totals[folded])

    def starting_with(self, beginning: str) -> list[tuple[int, str, str]]:
        """(count, folded, written) of the words with this beginning that stand most often, as many as are looked at."""
        best = self._best.get(beginning)
        if best is None:
            first, last = (first_place(self._folded, text) for text in (beginning, beginning + _LAST_SIGN))
            best = heapq.nlargest(MOST_LOOKED_AT, range(first, last), key=self._counts.__getitem__)
            if last - first > _MANY:
                self._best[beginning] = array("I", best)
        return [(self._counts[place], self._folded[place], self._written[place]) for place in best]


def slips_allowed(typed: str) -> int:
    """How many slips are looked for in a word of this length; none where digits are part of it."""
    if len(typed) < SHORTEST_CORRECTED or not typed.isalpha():
        return 0
    return _MOST_SLIPS


def _pieces(typed: str, count: int) -> list[str]:
    """With k slips one of k + 1 pieces is untouched; a swap over a border touches two, so they are cut short."""
    size = len(typed) // count
    return [typed[number * size : number * size + max(size - 1, 1)] for number in range(count)]


def slips_between(one: str, other: str, most: int) -> int:
    """Edits between two words (a swap of neighbours is one), or more than `most` as soon as that is certain."""
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for row, sign in enumerate(one, 1):
        current = [row]
        for column, other_sign in enumerate(other, 1):
            value = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (sign != other_sign))
            is_swap = row > 1 and column > 1 and sign == other[column - 2] and one[row - 2] == other_sign
            if is_swap:
                value = min(value, before_last[column - 2] + 1)
            current.append(value)
        if min(current) > most:
            return most + 1
        before_last, last = last, current
    return last[-1]
