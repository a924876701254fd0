"""Concepts as plain values: what the table, the form and a SKOS file have in common."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from hub.core.text import clean_line, clean_text
from hub.indexing.thesaurus import Concept, Thesaurus
from hub.indexing.words import fold
from hub.search.models import KEY_LENGTH, LABEL_LENGTH, LANGUAGES, NOTE_LENGTH

MOST_LABELS = 60
MOST_RELATIONS = 60
_KEY_SIGNS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class ConceptDetails:
    """Labels by language (the first is the preferred one), broader and related concepts by key, a note."""

    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """How the concept is called in lists: the preferred German label, else that of another language."""
        return next((self.labels[language][0] for language in LANGUAGES if self.labels.get(language)), "")

    def is_same(self, other: "ConceptDetails") -> bool:
        """Whether both say the same; the order of further labels and of relations says nothing."""
        return _comparable(self) == _comparable(other)


Concepts = Mapping[str, ConceptDetails]


def tidied(key: str, details: ConceptDetails) -> ConceptDetails:
    """As it may be stored: clean lines of bounded length, each once, no relation to itself."""
    labels = {language: _once(map(_label, details.labels.get(language, ())), MOST_LABELS) for language in LANGUAGES}
    broader = _once((target for target in details.broader if target != key), MOST_RELATIONS)
    related = (target for target in details.related if target != key and target not in broader)
    return ConceptDetails(
        labels={language: names for language, names in labels.items() if names},
        broader=broader,
        related=_once(related, MOST_RELATIONS),
        note=clean_text(details.note)[:NOTE_LENGTH],
    )


def key_of(name: str) -> str:
    """A short permanent name from a label: ASCII, words joined by hyphens."""
    return _KEY_SIGNS.sub("-", fold(clean_line(name))).strip("-")[:KEY_LENGTH].strip("-") or "begriff"


def free_key(name: str, taken: set[str]) -> str:
    """The key of a label, with a number when it is taken."""
    key, number = key_of(name), 2
    found = key
    while found in taken:
        found, number = f"{key[: KEY_LENGTH - 6]}-{number}", number + 1
    return found


def find_ring(concepts: Concepts) -> list[str]:
    """Keys that lead back to the first of them, each naming the next as broader; or nothing."""
    try:
        TopologicalSorter({key: details.broader for key, details in concepts.items()}).prepare()
    except CycleError as ring:
        return list(ring.args[1][:0:-1])
    return []


def as_thesaurus(concepts: Concepts) -> Thesaurus:
    """What the search needs of the concepts."""
    return Thesaurus.of(
        Concept(key, details.labels, details.broader, details.related) for key, details in concepts.items()
    )


def _label(text: str) -> str:
    return clean_line(text)[:LABEL_LENGTH].strip()


def _once(values: Iterable[str], most: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))[:most]


def _comparable(details: ConceptDetails) -> tuple[object, ...]:
    labels = {language: (names[0], frozenset(names)) for language, names in details.labels.items() if names}
    return labels, frozenset(details.broader), frozenset(details.related), details.note
