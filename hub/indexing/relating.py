"""Documents that may fit as well: those that share the telling words of title and keywords."""

import heapq

from hub.indexing.analysis import PART, is_stop_word, stem, words
from hub.indexing.matching import score, weigh
from hub.indexing.plan import Need, Plan, Way
from hub.indexing.ranking import state_factor
from hub.indexing.view import Segment, View
from hub.indexing.words import WEAK_WORDS

MOST_WORDS = 10
LEAST_SHARED = 0.2
_KEYWORD_FACTOR = 1.4
_IN_COMPOUND = 0.7


def similar(view: View, id_: int, limit: int) -> list[int]:
    """Ids of the documents most like this one, best first; only those that share a fair part of its words."""
    needs = _needs(view, id_)
    plan = Plan(needs=needs)
    whole = sum(need.importance for need in needs)
    found: list[tuple[float, int]] = []
    for segment in view.segments if needs else ():
        scores, covered = score(plan, segment)
        facts = segment.facts
        found += [
            (value * state_factor(facts, place), facts.ids[place])
            for place, value in scores.items() if covered[place] >= LEAST_SHARED * whole and facts.ids[place] != id_
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


def _telling(needs: dict[str, Need], view: View) -> list[Need]:
    """The rarest of the words that stand in other documents too."""
    for need in needs.values():
        weigh(need, view)
    shared = [need for root, need in needs.items() if view.count(root) > 1 or view.count(PART + root) > 1]
    return heapq.nlargest(MOST_WORDS, shared, key=lambda need: need.importance)
