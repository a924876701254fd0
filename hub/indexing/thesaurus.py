"""Other words for the same thing: concepts with labels in several languages, in the sense of SKOS.

The table behind it belongs to the rooms above; here lives what a search needs of it, as a plain object that can be
exchanged at any moment without touching the index.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.indexing.analysis import english_stem, french_stem, is_stop_word, stem, words
from hub.indexing.vocabulary import Vocabulary

LONGEST_LABEL = 5
_SAME_LANGUAGE = 0.75
_OTHER_LANGUAGE = 0.7
_NARROWER = 0.5
_RELATED = 0.3
_BROADER = 0.22
_MOST_LABELS = 70

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept: labels by language (the first is the preferred one), broader and related concepts by id."""

    id: str
    labels: Mapping[str, tuple[str, ...]]
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """A label to search for as well, with how well it stands for what was typed."""

    text: str
    language: str
    weight: float


@dataclass(frozen=True, slots=True)
class Match:
    """Words `start` to `end` of what was typed name one or more concepts."""

    start: int
    end: int
    concepts: tuple[str, ...]


@dataclass(slots=True)
class Thesaurus:
    """Finds concepts in what was typed and the labels that widen a search."""

    concepts: Mapping[str, Concept] = field(default_factory=dict)
    _by_key: dict[Key, list[str]] = field(default_factory=dict)
    _narrower: dict[str, list[str]] = field(default_factory=dict)
    _vocabulary: Vocabulary | None = None

    @classmethod
    def of(cls, concepts: Iterable[Concept]) -> "Thesaurus":
        """A thesaurus of these concepts; mentions of unknown concepts are ignored."""
        made = cls({concept.id: concept for concept in concepts})
        for concept in made.concepts.values():
            for broader in concept.broader:
                made._narrower.setdefault(broader, []).append(concept.id)
            for language, labels in concept.labels.items():
                for label in labels:
                    for key in label_keys(label, language):
                        known = made._by_key.setdefault(key, [])
                        if concept.id not in known:
                            known.append(concept.id)
        return made

    def names(self, typed: Sequence[str]) -> bool:
        """Whether these folded words are a label."""
        typed = [word for word in typed if not is_stop_word(word)]
        return bool(typed) and bool(self._named(typed))

    @property
    def vocabulary(self) -> Vocabulary:
        """All single words of the labels, for corrections."""
        if self._vocabulary is None:
            self._vocabulary = Vocabulary(sorted({
                word.folded
                for concept in self.concepts.values() for labels in concept.labels.values()
                for label in labels for word in words(label)
            }))
        return self._vocabulary

    def matches(self, typed: Sequence[str]) -> list[Match]:
        """Concepts named by the folded words, longest names first, none overlapping another."""
        found: list[Match] = []
        taken: set[int] = set()
        for length in range(min(LONGEST_LABEL, len(typed)), 0, -1):
            for start in range(len(typed) - length + 1):
                places = range(start, start + length)
                if not taken.isdisjoint(places):
                    continue
                concepts = self._named(typed[start : start + length])
                if concepts:
                    found.append(Match(start, start + length, concepts))
                    taken.update(places)
        return found

    def _named(self, typed: Sequence[str]) -> tuple[str, ...]:
        concepts: list[str] = []
        for key in _keys(typed):
            concepts += [concept for concept in self._by_key.get(key, ()) if concept not in concepts]
        return tuple(concepts)

    def widened(self, concepts: Sequence[str]) -> list[Label]:
        """Labels to search for as well, best first; each text once, with its best weight."""
        weights: dict[tuple[str, str], float] = {}
        for name in concepts:
            concept = self.concepts[name]
            self._note(weights, concept, 1.0, _OTHER_LANGUAGE / _SAME_LANGUAGE)
            for narrower in self._narrower.get(name, ()):
                self._note(weights, self.concepts[narrower], _NARROWER, 0.7)
            for related in concept.related:
                if related in self.concepts:
                    self._note(weights, self.concepts[related], _RELATED, 0.7)
            for broader in concept.broader:
                if broader in self.concepts:
                    self._note(weights, self.concepts[broader], _BROADER, 0.7)
        labels = [Label(text, language, weight) for (text, language), weight in weights.items()]
        labels.sort(key=lambda label: -label.weight)
        return labels[:_MOST_LABELS]

    @staticmethod
    def _note(weights: dict[tuple[str, str], float], concept: Concept, factor: float, foreign: float) -> None:
        base = factor * _SAME_LANGUAGE if factor == 1.0 else factor
        for language, labels in concept.labels.items():
            for label in labels:
                weight = base if language == "de" else base * foreign
                if weight > weights.get((label, language), 0.0):
                    weights[(label, language)] = weight


def label_keys(label: str, language: str) -> set[Key]:
    """Under which keys a label is found: by its words in any order, and written as one word."""
    typed = [word.folded for word in words(label) if not is_stop_word(word.folded)]
    if not typed:
        return set()
    keys = {_key(typed, language)}
    if 1 < len(typed) <= 3:
        keys.add(_key(["".join(typed)], language))
    return keys


def _keys(typed: Sequence[str]) -> set[Key]:
    return {_key(typed, language) for language in ("de", "en", "fr")}


def _key(typed: Sequence[str], language: str) -> Key:
    by_language = {"en": english_stem, "fr": french_stem}
    find_stem = by_language.get(language, stem)
    return tuple(sorted(find_stem(word) for word in typed))
