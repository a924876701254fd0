"""What a change of the thesaurus would do to a search."""

from dataclasses import dataclass

from hub.indexing.analysis import words
from hub.indexing.thesaurus import Thesaurus
from hub.indexing.words import fold
from hub.search.concepts import Concepts, as_thesaurus

MOST_LINES = 40
LONGEST_SAMPLE = 200
CLOSE = 0.5


@dataclass(frozen=True, slots=True)
class Widening:
    """A label that would be searched for as well; how much it counts now and after the change (0: not at all)."""

    label: str
    language: str
    before: float
    after: float

    @property
    def is_close(self) -> bool:
        """Whether it stands for the same thing rather than for something related."""
        return max(self.before, self.after) >= CLOSE


@dataclass(frozen=True, slots=True)
class Sample:
    """The names of the concepts that the text means after the change, and the labels it brings."""

    text: str
    named: list[str]
    widenings: list[Widening]


def sample(text: str, before: Concepts, after: Concepts) -> Sample:
    """Compare what a search for the text would also look for, the weightiest first, changes before the rest."""
    _, then = widened(text, as_thesaurus(before))
    named, now = widened(text, as_thesaurus(after))
    found = [Widening(*label, then.get(label, 0.0), now.get(label, 0.0)) for label in then.keys() | now.keys()]
    found.sort(key=lambda line: (line.before == line.after, -max(line.before, line.after), line.label))
    return Sample(text, [after[key].name for key in named], found[:MOST_LINES])


def widened(text: str, thesaurus: Thesaurus) -> tuple[list[str], dict[tuple[str, str], float]]:
    """The concepts that a text names, and by (label, language) what they bring with how much it counts."""
    matches = thesaurus.matches([word.folded for word in words(text[:LONGEST_SAMPLE])])
    keys = list(dict.fromkeys(key for match in matches for key in match.concepts))
    labels = {(label.text, label.language): round(label.weight, 3) for label in thesaurus.widened(keys)}
    typed = fold(text).strip()
    return keys, {label: weight for label, weight in labels.items() if fold(label[0]) != typed}
