"""One search from start to end: meet the plan, filter, count facets, order, cut the page."""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter

from hub.indexing.matching import Matched, match, weigh
from hub.indexing.plan import Plan
from hub.indexing.ranking import MOST_FACTOR, is_loosened, least_covered, ranked, state_factor
from hub.indexing.view import Segment, View
from hub.indexing.wanted import FACETS, OUT_OF_TIME, PER_PAGE_LIMIT, Found, Wanted
from hub.indexing.words import fold

_ROUNDING = 1 - 1e-9


@dataclass(slots=True)
class Candidates:
    """What is left of one segment: places with their values, and the places that pass each chosen facet."""

    segment: Segment
    values: dict[int, float]
    passing: dict[str, set[int]]
    counted: tuple[list[int], int | None] | None = None

    def places(self, without: str = "") -> list[int]:
        """Places that pass every choice, or every choice but one."""
        left = [passing for facet, passing in self.passing.items() if facet != without]
        if not left:
            return list(self.values)
        return list(set.intersection(*left))

    def count(self, facet: str) -> Counter:
        """How many of the places have each value of a facet; a choice made in it is ignored."""
        if facet in self.passing or self.counted is None:
            places = self.places(without=facet)
            counted = places, self.segment.facts.bits_of(places)
            if facet not in self.passing:
                self.counted = counted
        else:
            counted = self.counted
        return self.segment.facts.columns[facet].count(*counted)

    def score(self, place: int) -> float:
        """The value with the gentle factors for the document's state."""
        return self.values[place] * state_factor(self.segment.facts, place)


def run(view: View, plan: Plan, wanted: Wanted) -> Found:
    """The page of hits for a plan."""
    for need in plan.needs:
        weigh(need, view)
    matched = [Matched(plan, [], {}) if plan.finds_nothing else match(plan, segment) for segment in view.segments]
    least = least_covered([one.covered for one in matched], plan)
    candidates = []
    loosened = False
    for segment, one in zip(view.segments, matched, strict=True):
        kept = ranked(one, least)
        loosened = loosened or is_loosened(one.covered, kept, plan, least)
        candidates.append(Candidates(segment, kept, _passing(segment, kept, view, wanted.filters)))
    size = min(max(wanted.per_page, 1), PER_PAGE_LIMIT)
    first = (max(wanted.page, 1) - 1) * size
    page = _best(candidates, wanted.sort, first + size)[first:]
    return Found(
        ids=tuple(id_ for _, id_ in page),
        scores=tuple(round(value, 4) for value, _ in page),
        total=sum(len(candidate.places()) for candidate in candidates),
        unfiltered_total=sum(len(candidate.values) for candidate in candidates),
        facets={facet: _facet(candidates, facet, view) for facet in FACETS},
        filter_totals={
            facet: sum(len(candidate.places(without=facet)) for candidate in candidates)
            for facet in FACETS
            if wanted.filters.get(facet)
        },
        terms=plan.terms,
        corrected=plan.corrected,
        loosened=loosened,
        also_searched=plan.also_searched,
        left_out=(*plan.left_out, OUT_OF_TIME) if plan.budget.is_spent else plan.left_out,
    )


def _passing(
    segment: Segment, scores: dict[int, float], view: View, filters: Mapping[str, tuple[str, ...]]
) -> dict[str, set[int]]:
    return {
        facet: segment.facts.columns[facet].having(scores, _numbers(filters[facet], view))
        for facet in FACETS
        if filters.get(facet)
    }


def _numbers(values: tuple[str, ...] | frozenset[str], view: View) -> frozenset[int]:
    return frozenset(number for value in values if (number := view.codes.known(value)) is not None)


def _best(candidates: list[Candidates], sort: str, count: int) -> list[tuple[float, int]]:
    """The first hits as (score, id), best first; ties go to the newer, then to the higher id."""
    if sort == "relevance":
        rows = _rows_by_score(candidates, count)
    else:
        rows = (row for candidate in candidates for row in _rows(candidate, sort))
    choose = heapq.nsmallest if sort == "title" else heapq.nlargest
    return [(candidate.score(place), id_) for *_, id_, place, candidate in choose(count, rows, key=itemgetter(0))]


def _rows(candidate: Candidates, sort: str) -> Iterator[tuple]:
    facts = candidate.segment.facts
    ids, published, years, titles = facts.ids, facts.published, facts.years, facts.titles
    places = candidate.places()
    if sort == "newest":
        return (((published[place], ids[place]), ids[place], place, candidate) for place in places)
    if sort == "year":
        return (((years[place], published[place], ids[place]), ids[place], place, candidate) for place in places)
    return (((fold(titles[place]), ids[place]), ids[place], place, candidate) for place in places)


def _rows_by_score(candidates: list[Candidates], count: int) -> Iterator[tuple]:
    """The documents that may be among the best: the others are worth too little, whatever their state."""
    held = [(candidate, candidate.places()) for candidate in candidates]
    worth = chain.from_iterable(map(candidate.values.__getitem__, places) for candidate, places in held)
    bar = (heapq.nlargest(count, worth) or [0.0])[-1]
    sure = [one.score(place) for one, places in held for place in places if one.values[place] >= bar]
    bar = heapq.nlargest(count, sure)[-1] / MOST_FACTOR * _ROUNDING if len(sure) >= count else 0.0
    for candidate, places in held:
        facts, values = candidate.segment.facts, candidate.values
        for place in places:
            if values[place] >= bar:
                key = candidate.score(place), facts.published[place], facts.ids[place]
                yield key, facts.ids[place], place, candidate


def _facet(candidates: list[Candidates], facet: str, view: View) -> list[tuple[str, int]]:
    counts: Counter = Counter()
    for candidate in candidates:
        counts.update(candidate.count(facet))
    values = view.codes.values
    named = [(values[number], count) for number, count in counts.items() if count and values[number]]
    return heapq.nsmallest(len(named), named, key=lambda pair: (-pair[1], pair[0]))
