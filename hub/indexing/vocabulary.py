"""The words that really stand in the documents: completion of beginnings and correction of slips."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

from hub.indexing.facts import PackedTexts

SHORTEST_CORRECTED = 4
# What a guess may cost is bounded (T41); how many words of a search are guessed stands in planning.
_MOST_SLIPS = 1
_SURE_BEGINNING = 2


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


def first_place(sorted_texts: PackedTexts, beginning: str) -> int:
    """Where texts with this beginning would start."""
    return bisect_left(range(len(sorted_texts)), beginning.encode(), key=sorted_texts.raw)


def near(typed: str, words_from: Callable[[str], Iterable[str]]) -> Iterator[tuple[int, str]]:
    """Words that differ from the typed one by a slip after its first two letters, as (number of slips, word).

    ``words_from(beginning)`` names the words there are.
    """
    most = slips_allowed(typed)
    if not most:
        return
    pieces = _pieces(typed, most + 1)
    for word in words_from(typed[:_SURE_BEGINNING]):
        if abs(len(word) - len(typed)) <= most and any(piece in word for piece in pieces):
            slips = slips_between(typed, word, most)
            if slips <= most:
                yield slips, word


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
