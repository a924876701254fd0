"""Documents that may fit as well: those that share the telling words of title and keywords, or of any given texts."""

import heapq
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from math import log

from hub.indexing.analysis import PART, is_stop_word, part_stems, stem, words
from hub.indexing.matching import Matched, meet, weigh
from hub.indexing.plan import Need, Plan, Way
from hub.indexing.ranking import state_factor
from hub.indexing.view import Segment, View
from hub.indexing.words import WEAK_WORDS

MOST_WORDS = 10
LEAST_SHARED = 0.2
_KEYWORD_FACTOR = 1.4
_IN_COMPOUND = 0.7
MOST_TEXT_WORDS, MOST_TEXT_NEEDS = 3000, 40
_OF_COMPOUND = 0.5
DOUBT = 0.5


def similar(view: View, id_: int, limit: int) -> list[int]:
    """Ids of the documents most like this one, best first; only those that share a fair part of its words."""
    needs = _needs(view, id_)
    plan = Plan(needs=needs)
    whole = sum(need.importance for need in needs)
    found: list[tuple[float, int]] = []
    for segment in view.segments if needs else ():
        matched, facts = Matched(plan, segment, LEAST_SHARED * whole), segment.facts
        near = matched.places(LEAST_SHARED * whole)
        found += [
            (value * state_factor(facts, place), facts.ids[place])
            for place, value in zip(near, matched.values(near), strict=True)
            if facts.ids[place] != id_
        ]
    return [other for _, other in heapq.nlargest(limit, found)]


def _needs(view: View, id_: int) -> list[Need]:
    for segment in view.segments:
        for place in segment.postings(str(id_), "id")[0]:
            if place not in segment.deleted:
                return _telling(_all_needs(view, segment, place), view)
    return []


def _all_needs(view: View, segment: Segment, place: int) -> dict[str, Need]:
    keywords = " · ".join(view.codes.values[code] for code in segment.facts.many["tag"].of(place))
    needs: dict[str, Need] = {}
    for text, factor in ((keywords, _KEYWORD_FACTOR), (segment.facts.titles[place], 1.0)):
        for word in words(text):
            root = stem(word.folded)
            if root not in needs and not is_stop_word(word.folded) and word.folded not in WEAK_WORDS:
                ways = [Way(1.0, ((root,),)), Way(_IN_COMPOUND, ((PART + root,),))]
                needs[root] = Need(ways, word.folded, factor)
    return needs


def _telling(needs: dict[str, Need], view: View, most: int = MOST_WORDS, least: int = 1) -> list[Need]:
    """The rarest of the words that stand in more than ``least`` documents."""
    for need in needs.values():
        weigh(need, view)
    shared = [need for root, need in needs.items() if view.count(root) > least or view.count(PART + root) > least]
    return heapq.nlargest(most, shared, key=lambda need: need.importance)


def alike(view: View, texts: Sequence[tuple[str, float]], limit: int, leave_out: int = 0) -> list[tuple[int, float]]:
    """Ids of the documents most like these texts, best first, ``leave_out`` never; each text has a weight.

    The scores lie between 0 and 1, where 1 would be a document that has all their telling words, and often.
    """
    needs = _needs_of(texts)
    plan = Plan(needs=_telling(needs, view, MOST_TEXT_NEEDS, 0))
    # Words that no document has count here: texts about something else are like none.
    whole = sum(heapq.nlargest(MOST_TEXT_NEEDS, (need.importance for need in needs.values())))
    found: list[tuple[float, int]] = []
    for segment in view.segments if plan.needs else ():
        matched, facts = Matched(plan, segment), segment.facts
        sharing = matched.places(sys.float_info.min)
        found += [
            (value / whole, facts.ids[place])
            for place, value in zip(sharing, matched.values(sharing), strict=True)
            if facts.ids[place] != leave_out
        ]
    return [(number, value) for value, number in heapq.nlargest(limit, found)]


def speak_for(view: View, texts: Sequence[tuple[str, float]], leave_out: int = 0) -> dict[str, float]:
    """For which collections the words of these texts speak, as sums of log odds (naive Bayes over all documents).

    A word speaks for a collection as far as its documents are there more often than documents are at all.
    """
    whole = _homes(view, ((segment, segment.live_places()) for segment in view.segments), leave_out)
    size = sum(whole.values())
    found: dict[str, float] = dict.fromkeys(whole, 0.0)
    for need in _telling(_needs_of(texts), view, MOST_TEXT_NEEDS, 0) if size else ():
        meeting = ((segment, set(meet(need, segment).places()) - segment.deleted) for segment in view.segments)
        held = _homes(view, meeting, leave_out)
        count = sum(held.values())
        for home in whole if count else ():
            share = whole[home] / size
            found[home] += need.factor * log((held[home] + DOUBT * share) / ((count + DOUBT) * share))
    return found


def _homes(view: View, found: Iterable[tuple[Segment, Iterable[int]]], leave_out: int) -> Counter[str]:
    """How many of these documents are in each collection."""
    homes: Counter[str] = Counter()
    for segment, places in found:
        column, ids = segment.facts.many["collection"], segment.facts.ids
        counts = column.count([place for place in places if ids[place] != leave_out])
        homes.update({view.codes.values[code]: count for code, count in counts.items()})
    return homes


def _needs_of(texts: Sequence[tuple[str, float]]) -> dict[str, Need]:
    """The words of the texts and the parts of their compounds; what is said often counts more."""
    factors: dict[str, float] = {}
    for text, weight in texts:
        for root, count in _roots(text).items():
            factors[root] = factors.get(root, 0.0) + weight * (1 + log(count) if count > 1 else count)
    ways = {root: [Way(1.0, ((root,),)), Way(_IN_COMPOUND, ((PART + root,),))] for root in factors}
    return {root: Need(ways[root], root, factor) for root, factor in factors.items()}


def _roots(text: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for word in islice(words(text), MOST_TEXT_WORDS):
        if not is_stop_word(word.folded) and word.folded not in WEAK_WORDS:
            counts[stem(word.folded)] += 1
            for part in part_stems(word.folded):
                counts[part] += _OF_COMPOUND  # type: ignore[assignment]
    return counts
