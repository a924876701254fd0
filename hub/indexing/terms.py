"""What a search was for, as far as a reader's eye is concerned: decides which words of a text are marked."""

from dataclasses import dataclass

from hub.indexing.analysis import english_stem, french_stem, part_stems, stem
from hub.indexing.compounds import spans
from hub.indexing.words import STOP_WORDS, fold


@dataclass(frozen=True, slots=True)
class Terms:
    """Stems, foreign stems and beginnings of words that were searched for."""

    stems: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.stems or self.foreign or self.prefixes)

    def holds(self, folded: str) -> bool:
        """Whether the whole word is one that was searched for."""
        if folded in STOP_WORDS:
            return False
        if stem(folded) in self.stems:
            return True
        if self.foreign and (english_stem(folded) in self.foreign or french_stem(folded) in self.foreign):
            return True
        return bool(self.prefixes) and folded.startswith(self.prefixes)

    def parts(self, raw: str, folded: str) -> list[tuple[int, int]]:
        """Where parts of the compound `raw` are words that were searched for, as places in `raw`."""
        if not any(part in self.stems for part in part_stems(folded)):
            return []
        places = [0]
        for sign in raw:
            places.append(places[-1] + len(fold(sign)))
        if places[-1] != len(folded):
            return [(0, len(raw))]
        found = [(start, end) for start, end, part in spans(folded) if stem(part) in self.stems]
        return [(_raw_place(places, start), _raw_place(places, end)) for start, end in found]


def _raw_place(places: list[int], folded_place: int) -> int:
    for raw_place, place in enumerate(places):
        if place >= folded_place:
            return raw_place
    return len(places) - 1


NO_TERMS = Terms()
