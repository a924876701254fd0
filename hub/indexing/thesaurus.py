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

_SHORTEST_LINKED = 3
_LINKS = ("", "s", "n", "en")

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
                    made._file(label_keys(label, language), concept.id)
        for concept in made.concepts.values():
            for label in concept.labels.get("de", ()):
                typed = _content(label)
                if len(typed) > 1:
                    made._file({made._conceptual_key(typed)}, concept.id)
        return made

    def _file(self, keys: Iterable[Key], concept: str) -> None:
        for key in keys:
            known = self._by_key.setdefault(key, [])
            if concept not in known:
                known.append(concept)

    def _conceptual_key(self, typed: Sequence[str]) -> Key:
        """A name of several words with each word replaced by its concept: other words for a word fit as well."""
        return tuple(sorted(f"={(self._by_key.get((stem(word),)) or [stem(word)])[0]}" for word in typed))

    def concepts_of(self, word: str) -> tuple[str, ...]:
        """Concepts of which the word alone is a label."""
        return self._named([word])

    def names(self, typed: Sequence[str]) -> bool:
        """Whether these folded words are a label."""
        typed = [word for word in typed if not is_stop_word(word)]
        return bool(typed) and bool(self._named(typed))

    @property
    def vocabulary(self) -> Vocabulary:
        """All single words of the labels, for corrections."""
        if self._vocabulary is None:
            self._vocabulary = Vocabulary(
                sorted(
                    {
                        word.folded
                        for concept in self.concepts.values()
                        for labels in concept.labels.values()
                        for label in labels
                        for word in words(label)
                    }
                )
            )
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
        if not concepts and len(typed) == 2:
            concepts = [concept for joined in joined_words(*typed) for concept in self._by_key.get((stem(joined),), ())]
        if not concepts and len(typed) > 1:
            concepts = self._by_key.get(self._conceptual_key(typed), [])
        return tuple(dict.fromkeys(concepts))

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


def joined_words(one: str, other: str) -> list[str]:
    """Two words as the compound they may stand for, in either order: Schutz, Einbruch and Einbruchschutz."""
    if min(len(one), len(other)) < _SHORTEST_LINKED:
        return []
    return [first + link + second for first, second in ((one, other), (other, one)) for link in _LINKS]


def label_keys(label: str, language: str) -> set[Key]:
    """Under which keys a label is found: by its words in any order, and written as one word."""
    typed = _content(label)
    if not typed:
        return set()
    keys = {_key(typed, language)}
    if 1 < len(typed) <= 3:
        keys.add(_key(["".join(typed)], language))
    return keys


def _content(label: str) -> list[str]:
    return [word.folded for word in words(label) if not is_stop_word(word.folded)]


def _keys(typed: Sequence[str]) -> set[Key]:
    return {_key(typed, language) for language in ("de", "en", "fr")}


def _key(typed: Sequence[str], language: str) -> Key:
    by_language = {"en": english_stem, "fr": french_stem}
    find_stem = by_language.get(language, stem)
    return tuple(sorted(find_stem(word) for word in typed))
