"""From what was typed to a plan: forms, parts, joins, other words for the same thing, corrections.

Every widening is a way of less weight than the word itself, so that what was typed comes first.
"""

import heapq
import re
import time
from collections.abc import Iterable, Sequence
from itertools import islice

from hub.indexing import query as typed_query
from hub.indexing.analysis import ENGLISH, FRENCH, PART, english_stem, french_stem, is_stop_word, stem, words
from hub.indexing.compounds import commonness, leaf_parts
from hub.indexing.filing import COLLECTION, KEYWORD, PLACE
from hub.indexing.matching import MOST_PHRASE
from hub.indexing.plan import Budget, Need, Plan, Way
from hub.indexing.query import Either, Item, Phrase, Typed, Words
from hub.indexing.terms import Terms
from hub.indexing.thesaurus import Label, Thesaurus, joined_words
from hub.indexing.view import View
from hub.indexing.vocabulary import near
from hub.indexing.wanted import Wanted
from hub.indexing.words import fold

IN_COMPOUND = 0.7
IN_PARTS = 0.6
FOREIGN = 0.9
OF_COLLECTION = 0.7
JOINED = 0.95
RELATED_FORM = 0.6
CONTINUED = 0.3
CONTINUED_UNKNOWN = 0.95
ONE_WORD_OF_NAME = 0.25
WEAK_FACTOR = 0.12
PLACE_FACTOR = 1.5
NO_NOUN_FACTOR = 0.7
LABEL_WINDOW = 4
SURE = 0.5
SYNONYM = 0.7
SHOWN_LABELS = 6

_MOST_CONTINUATIONS = 24
_COMMON = 20
_MOST_TRIES = 2
_LONG_QUESTION = 3
_TELLING = 12
_CONTINUATIONS_LOOKED_AT = 400
_SHORTEST_COMPLETED = 4
_MOST_COMPLETED = 4
_SHORTEST_IN_COMPOUND = 6
_YEAR = re.compile(r"(?:19|20)\d\d")
_FORM_ENDINGS = ("orin", "iert", "ion", "ier", "iv", "or")
_SHORTEST_ROOT = 5
_SHORTEST_VERB = 4
_LANGUAGES = {"deutsch": "de", "englisch": "en", "english": "en", "franzoesisch": "fr", "french": "fr", "german": "de"}


def make_plan(wanted: Wanted, view: View, thesaurus: Thesaurus) -> Plan:
    """The plan for a search over this generation of the index."""
    parsed = typed_query.parse(wanted.text, thesaurus.names)
    return _Planner(view, thesaurus, wanted).plan(parsed)


class _Planner:
    """Builds one plan."""

    def __init__(self, view: View, thesaurus: Thesaurus, wanted: Wanted) -> None:
        self._view = view
        self._thesaurus = thesaurus
        self._wanted = wanted
        self._corrections: dict[str, str] = {}
        self._also: dict[str, float] = {}
        self._continued: list[str] = []
        self._writes_nouns = False
        self._tries = 0
        self._budget = Budget(time.monotonic() + wanted.seconds)

    def plan(self, parsed: typed_query.Query) -> Plan:
        """Needs for what is wanted, then what is asked for by field, then what is excluded."""
        plan = Plan(years=parsed.years, left_out=tuple(parsed.left_out), budget=self._budget)
        for item in parsed.wanted:
            needs = self._needs(item)
            plan.needs += needs
            if isinstance(item, Phrase) or (isinstance(item, Words) and item.field):
                plan.required += needs
        if plan.needs and all(need.factor == WEAK_FACTOR for need in plan.needs):
            for need in plan.needs:
                need.factor = 1.0
        plan.required += [self._restriction(name, value) for name, value in parsed.restrictions]
        plan.excluded = [need for item in parsed.excluded for need in self._exclusions(item)]
        asks = plan.needs or plan.required or plan.excluded or plan.years
        plan.finds_nothing = bool(not asks and self._wanted.text.strip())
        if plan.finds_nothing:
            plan.left_out = plan.left_out or ("only_stop_words",)
        if any(self._is_cut(way) for need in plan.needs for way in need.ways):
            plan.left_out += ("common_phrase",)
        plan.terms = _terms(plan.needs, self._continued)
        plan.corrected = self._corrected_text()
        plan.also_searched = self._also_shown()
        return plan

    # What is wanted

    def _needs(self, item: Item) -> list[Need]:
        if isinstance(item, Either):
            return [self._either(item)]
        if isinstance(item, Phrase):
            return [_phrase_need(item)]
        if item.field == "title":
            return [Need([_title_way(word.folded)], word.raw) for word in item.words]
        return self._word_needs([self._mended(word) for word in item.words])

    def _either(self, item: Either) -> Need:
        ways = [way for choice in item.choices for need in self._needs(choice) for way in need.ways]
        return Need(ways, " / ".join(word.raw for choice in item.choices for word in choice.words))

    def _word_needs(self, typed: Sequence[Typed]) -> list[Need]:
        folded = [word.folded for word in typed]
        self._writes_nouns = len(typed) >= _LONG_QUESTION and any(word.raw[:1].isupper() for word in typed)
        matches = {match.start: match for match in self._thesaurus.matches(folded)}
        joins = self._joins(folded)
        needs = []
        place = 0
        while place < len(typed):
            match = matches.get(place)
            end = match.end if match else place + 1
            span = typed[place:end]
            need = self._named_need(span) if len(span) > 1 else self._word_need(span[0])
            need.ways += [Way(JOINED, ((term,),), source="joined") for term in _distinct(joins, place, end)]
            if match and self._wanted.synonyms:
                need.ways += self._widening(match.concepts, folded[place:end])
            elif self._wanted.synonyms and len(span) == 1 and span[0].is_open:
                need.ways += self._widening(self._completions(span[0].folded), folded[place:end])
            needs.append(need)
            place = end
        return needs

    def _word_need(self, word: Typed) -> Need:
        ways = word_ways(word.folded)
        if word.is_open:
            ways += self._continuations(word.folded)
        if not self._is_known(ways):
            ways += self._split_by_vocabulary(word.folded)
        if word.is_weak:
            return Need(ways, word.raw, WEAK_FACTOR)
        if self._writes_nouns and word.raw.islower() and word.raw.isalpha():
            return Need(ways, word.raw, NO_NOUN_FACTOR)
        return Need(ways, word.raw, PLACE_FACTOR if self._is_place(word.folded) else 1.0)

    def _is_place(self, folded: str) -> bool:
        """Whether the word names who publishes: then it narrows the search rather than being one more topic."""
        root = stem(folded)
        return self._view.count(PLACE + root) > self._view.count(root) / 4

    def _named_need(self, span: Sequence[Typed]) -> Need:
        """A name of several words: best side by side, less well apart, a little for one of its words."""
        groups = tuple(_forms(word.folded) for word in span)
        ways = [Way(1.0, groups, window=LABEL_WINDOW, source="name")]
        ways.append(_collection_way(1.0, [word.folded for word in span]))
        ways += [Way(ONE_WORD_OF_NAME, (group,), source="word of name") for group in groups]
        return Need(ways, " ".join(word.raw for word in span), 1.0 + 0.5 * (len(span) - 1))

    def _joins(self, folded: Sequence[str]) -> dict[int, list[str]]:
        """Neighbours that stand in the documents as one word, in either order: terms by place of each neighbour."""
        joins: dict[int, list[str]] = {}
        for first in range(len(folded) - 1):
            for size in (2, 3):
                group = list(folded[first : first + size])
                if len(group) < size:
                    continue
                for term in self._joined_terms(group):
                    for place in range(first, first + size):
                        joins.setdefault(place, []).append(term)
        return joins

    def _joined_terms(self, group: list[str]) -> list[str]:
        candidates = {"".join(group)}
        if len(group) == 2:
            candidates.update(joined_words(*group))
        terms = {term for joined in candidates for term in (stem(joined), joined, PART + stem(joined))}
        terms -= {form for word in group for form in (word, stem(word), PART + stem(word))}
        return [term for term in terms if self._view.count(term)]

    def _continuations(self, beginning: str) -> list[Way]:
        """The most frequent words that begin like this, unless it is a common word already."""
        if self._view.count(stem(beginning)) > _COMMON:
            return []
        counts: dict[str, int] = {}
        for segment in self._view.segments:
            for word, count in islice(segment.counts_from("words", beginning), _CONTINUATIONS_LOOKED_AT):
                counts[word] = counts.get(word, 0) + count
        counts.pop(beginning, None)
        best = heapq.nlargest(_MOST_CONTINUATIONS, counts, key=lambda word: (counts[word], word))
        if not best:
            return []
        self._continued.append(beginning)
        weight = CONTINUED if self._is_known(word_ways(beginning)) else CONTINUED_UNKNOWN
        return [Way(weight, ((term,),), source="continued") for term in dict.fromkeys(map(stem, best))]

    def _split_by_vocabulary(self, folded: str) -> list[Way]:
        """An unknown word as two words that stand in the documents: Crowdmanagement, Hotspotkarte."""
        best: tuple[int, Way] | None = None
        for cut in range(3, len(folded) - 2):
            first, second = folded[:cut], folded[cut:]
            groups = (_forms(first), _forms(second))
            balance = min(cut, len(folded) - cut)
            if (best is None or balance > best[0]) and all(self._counts(group) for group in groups):
                best = balance, Way(IN_PARTS, groups, window=LABEL_WINDOW, source="split")
        return [best[1]] if best else []

    def _completions(self, beginning: str) -> tuple[str, ...]:
        """The concept that was probably being typed, if the beginning leaves little doubt."""
        if len(beginning) < _SHORTEST_COMPLETED or self._is_known(word_ways(beginning)):
            return ()
        named = [self._thesaurus.concepts_of(word) for word in self._thesaurus.vocabulary.starting_with(beginning)]
        shared = dict.fromkeys(concept for concepts in named for concept in concepts)
        return tuple(shared) if len(shared) <= _MOST_COMPLETED else ()

    def _widening(self, concepts: Sequence[str], typed: Sequence[str]) -> list[Way]:
        own = {stem(word) for word in typed}
        ways = []
        for label in self._thesaurus.widened(concepts):
            if self._budget.is_over():
                break
            if label.language == "de" and own <= {stem(word.folded) for word in words(label.text)}:
                continue  # whoever holds it holds what was typed
            found = [way for way in label_ways(label) if self._is_telling(way)]
            ways += found
            self._note_also(label, found, own)
        return ways

    def _is_telling(self, way: Way) -> bool:
        """Distant labels of common words bring everything and say nothing."""
        frequencies = [sum(map(self._view.count, group)) for group in way.groups]
        return min(frequencies) > 0 and (way.weight >= SURE or min(frequencies) * _TELLING < self._view.size)

    # Forgiveness

    def _mended(self, word: Typed) -> Typed:
        """The word itself, or the word of the documents that was probably meant."""
        if self._wanted.exact or self._tries >= _MOST_TRIES or self._is_understood(word) or self._budget.is_over():
            return word
        self._tries += 1
        better = self._nearest(word.folded)
        if better is None:
            return word
        self._corrections[word.raw] = better
        return Typed(better, better, word.is_open, word.is_weak)

    def _is_understood(self, word: Typed) -> bool:
        if word.is_weak or self._is_known(word_ways(word.folded)) or self._thesaurus.names([word.folded]):
            return True
        if word.is_open and any(True for _ in self._view.words_from(word.folded)):
            return True
        return bool(self._split_by_vocabulary(word.folded))

    def _nearest(self, folded: str) -> str | None:
        candidates: dict[str, int] = {}
        for words_from in (self._view.words_from, self._thesaurus.vocabulary.starting_with):
            for slips, candidate in near(folded, words_from):
                candidates[candidate] = slips
        if not candidates:
            return None
        return min(candidates, key=lambda word: (candidates[word], -self._view.count(word, "words"), word))

    def _corrected_text(self) -> str | None:
        if not self._corrections:
            return None
        text = self._wanted.text
        for raw, better in self._corrections.items():
            text = text.replace(raw, better)
        return text

    def _is_known(self, ways: Iterable[Way]) -> bool:
        return any(all(self._counts(group) for group in way.groups) for way in ways)

    def _counts(self, group: Iterable[str]) -> bool:
        return any(self._view.count(term) for term in group)

    def _is_cut(self, way: Way) -> bool:
        """Whether a phrase consists of words so common that it may not be looked for in all that hold them."""
        return way.ordered and any(
            all(sum(map(segment.count, group)) > MOST_PHRASE for group in way.groups) for segment in self._view.segments
        )

    # What is asked for by field, and what is excluded

    def _restriction(self, name: str, value: str) -> Need:
        folded = fold(value)
        if name == "kind":
            return _required(self._labels_like("k:", stem(folded)), value)
        if name == "collection":
            return _required(self._labels_like("c:", folded), value)
        if name == "language":
            return _required([f"l:{_LANGUAGES.get(folded, folded)}"], value)
        sign = PLACE if name == "organisation" else KEYWORD
        groups = tuple((sign + stem(word.folded),) for word in words(value) if not is_stop_word(word.folded))
        return Need([Way(1.0, groups or ((sign + folded,),))], value)

    def _labels_like(self, sign: str, beginning: str) -> list[str]:
        labels = {label for segment in self._view.segments for label in segment.labels(sign)}
        return [label for label in labels if beginning in label[2:] or label[2:] in beginning] or [sign + beginning]

    def _exclusions(self, item: Words | Phrase) -> list[Need]:
        if isinstance(item, Phrase):
            return [_phrase_need(item)]
        if item.field == "title":
            return [Need([_title_way(word.folded)], word.raw) for word in item.words]
        folded = [word.folded for word in item.words]
        return [Need([Way(1.0, (_forms(word),)) for word in folded], " ".join(folded))]

    # What the page says

    def _note_also(self, label: Label, ways: Sequence[Way], own: set[str]) -> None:
        if label.weight < SURE or {stem(word.folded) for word in words(label.text)} <= own:
            return
        if self._is_known(ways[:1]):
            self._also[label.text] = max(self._also.get(label.text, 0.0), label.weight)

    def _also_shown(self) -> tuple[str, ...]:
        return tuple(heapq.nlargest(SHOWN_LABELS, self._also, key=self._also.__getitem__))


def word_ways(folded: str) -> list[Way]:
    """The ways in which a document can hold a word: itself, in a compound, in its parts, in another language."""
    root = stem(folded)
    ways = [
        Way(1.0, ((root,),)),
        Way(IN_COMPOUND, ((PART + root,),), source="in compound"),
        Way(FOREIGN, ((english_stem(folded), french_stem(folded)),), source="foreign"),
        _collection_way(1.0, [folded]),
    ]
    if _YEAR.fullmatch(folded):
        ways.append(Way(1.0, ((f"y:{folded}",),), source="year"))
    groups = _part_groups(folded)
    if groups:
        ways.append(Way(IN_PARTS, groups, window=LABEL_WINDOW, source="parts"))
    related = _related_forms(root)
    if related:
        ways.append(Way(RELATED_FORM, (related,), source="related form"))
    return ways


def label_ways(label: Label) -> list[Way]:
    """The ways in which a document can hold a label of the thesaurus; only another name of the concept itself is also
    looked for inside words: parts of narrower ones lead to nothing that counts, and far."""
    folded = [word.folded for word in words(label.text) if not is_stop_word(word.folded)]
    if not folded:
        return []
    source = f"thesaurus: {label.text}"
    groups = tuple(_label_terms(word, label.language) for word in folded)
    ways = [Way(label.weight, groups, window=LABEL_WINDOW if len(groups) > 1 else 0, source=source)]
    if label.language == "de" and label.weight >= SURE:
        ways.append(_collection_way(label.weight, folded))
    if len(folded) > 1:
        return ways
    if label.language == "de" and label.weight >= SYNONYM and len(folded[0]) >= _SHORTEST_IN_COMPOUND:
        ways.append(Way(label.weight * IN_COMPOUND, ((PART + stem(folded[0]),),), source=source))
        groups = _part_groups(folded[0])
        if groups:
            ways.append(Way(label.weight * IN_PARTS, groups, window=LABEL_WINDOW, source=source))
    return ways


def _part_groups(folded: str) -> tuple[tuple[str, ...], ...]:
    """The terms of each part of a compound; empty for a word that has not got two.

    A verb in front stands for its noun as well: Fördermittel are Mittel zur Förderung.
    """
    parts = leaf_parts(folded)
    if len(parts) < 2:
        return ()
    nouns = [f"{part.removesuffix('e')}ung" for part in parts[:-1]]
    groups: list[tuple[str, ...]] = [(stem(part), PART + stem(part)) for part in parts]
    for place, noun in enumerate(nouns):
        if commonness(noun) is not None:
            groups[place] += (stem(noun),)
    return tuple(groups)


def _collection_way(weight: float, folded: Sequence[str]) -> Way:
    """The collection is named like that: its entries are about it, if less surely than those that say so."""
    groups = tuple((COLLECTION + stem(word), COLLECTION + PART + stem(word)) for word in folded)
    return Way(weight * OF_COLLECTION, groups, source="collection")


def _label_terms(folded: str, language: str) -> tuple[str, ...]:
    if language == "en":
        return stem(folded), english_stem(folded)
    if language == "fr":
        return stem(folded), french_stem(folded)
    return (stem(folded),)


def _forms(folded: str) -> tuple[str, ...]:
    root = stem(folded)
    return root, PART + root, english_stem(folded), french_stem(folded)


def _related_forms(root: str) -> tuple[str, ...]:
    """Prävention and präventiv, Mediation and Mediator, gesperrt and Sperrung: other forms of the same root."""
    forms = []
    for ending in _FORM_ENDINGS:
        if root.endswith(ending) and len(root) - len(ending) >= _SHORTEST_ROOT:
            base = root[: -len(ending)]
            forms = [base + other for other in _FORM_ENDINGS if other != ending]
            break
    base = root
    if root.startswith("ge") and root.endswith("t"):
        base = root[2:-1]
    elif root.endswith("ung"):
        base = root[:-3]
    if len(base) >= _SHORTEST_VERB:
        forms += [form for form in (base, f"{base}ung", f"ge{base}t") if form != root]
    return tuple(forms)


def _phrase_need(phrase: Phrase) -> Need:
    groups = tuple(
        (root := stem(word.folded), english_stem(word.folded), french_stem(word.folded), COLLECTION + root)
        for word in phrase.words
    )
    label = " ".join(word.raw for word in phrase.words)
    return Need([Way(1.0, groups, window=len(groups), ordered=True, source="phrase")], label, float(len(groups)))


def _title_way(folded: str) -> Way:
    return Way(1.0, (_forms(folded),), field="title", source="title")


def _required(terms: Sequence[str], label: str) -> Need:
    return Need([Way(1.0, (tuple(terms),))], label)


def _distinct(joins: dict[int, list[str]], start: int, end: int) -> list[str]:
    return list(dict.fromkeys(term for place in range(start, end) for term in joins.get(place, ())))


def _terms(needs: Iterable[Need], continued: Sequence[str]) -> Terms:
    stems: set[str] = set()
    foreign: set[str] = set()
    for need in needs:
        for way in need.ways:
            if way.weight < SURE and way.source != "word of name":
                continue
            for term in (term for group in way.groups for term in group):
                if term.startswith((ENGLISH, FRENCH)):
                    foreign.add(term)
                else:
                    stems.add(term.removeprefix(COLLECTION).removeprefix(PART))
    return Terms(frozenset(stems), frozenset(foreign), tuple(continued))
