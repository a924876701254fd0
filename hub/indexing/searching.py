"""One search from start to end: meet the plan, filter, count facets, order, cut the page."""

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from hub.indexing.facts import SegmentFacts
from hub.indexing.matching import score, weigh
from hub.indexing.plan import Plan
from hub.indexing.ranking import ranked
from hub.indexing.view import Segment, View
from hub.indexing.wanted import FACETS, PER_PAGE_LIMIT, Found, Wanted


@dataclass(slots=True)
class Candidates:
    """What is left of one segment: places with their scores, and the places that pass each chosen facet."""

    segment: Segment
    scores: dict[int, float]
    passing: dict[str, set[int]]

    def places(self, without: str = "") -> list[int]:
        """Places that pass every choice, or every choice but one."""
        left = [passing for facet, passing in self.passing.items() if facet != without]
        if not left:
            return list(self.scores)
        return list(set.intersection(*left))


def run(view: View, plan: Plan, wanted: Wanted) -> Found:
    """The page of hits for a plan."""
    for need in plan.needs:
        weigh(need, view)
    candidates = [_candidates(segment, plan, view, wanted.filters) for segment in view.segments]
    ordered = _order(candidates, wanted)
    size = min(max(wanted.per_page, 1), PER_PAGE_LIMIT)
    first = (max(wanted.page, 1) - 1) * size
    page = ordered[first : first + size]
    return Found(
        ids=tuple(id_ for _, id_ in page),
        scores=tuple(round(value, 4) for value, _ in page),
        total=len(ordered),
        unfiltered_total=sum(len(candidate.scores) for candidate in candidates),
        facets={facet: _facet(candidates, facet, view) for facet in FACETS},
        filter_totals={
            facet: sum(len(candidate.places(without=facet)) for candidate in candidates)
            for facet in FACETS if wanted.filters.get(facet)
        },
        terms=plan.terms,
        corrected=plan.corrected,
        also_searched=plan.also_searched,
        left_out=plan.left_out,
    )


def _candidates(segment: Segment, plan: Plan, view: View, filters: Mapping[str, tuple[str, ...]]) -> Candidates:
    raw, covered = ({}, {}) if plan.finds_nothing else score(plan, segment)
    scores = ranked(raw, covered, plan, segment.facts)
    passing = {
        facet: segment.facts.columns[facet].having(scores, _numbers(filters[facet], view))
        for facet in FACETS if filters.get(facet)
    }
    return Candidates(segment, scores, passing)


def _numbers(values: tuple[str, ...] | frozenset[str], view: View) -> frozenset[int]:
    return frozenset(number for value in values if (number := view.codes.known(value)) is not None)


def _order(candidates: list[Candidates], wanted: Wanted) -> list[tuple[float, int]]:
    """All hits as (score, id), best first; ties go to the newer, then to the higher id."""
    rows = []
    for candidate in candidates:
        facts, scores = candidate.segment.facts, candidate.scores
        key = _sort_key(wanted.sort, facts, scores)
        rows += [(key(place), facts.ids[place], scores[place]) for place in candidate.places()]
    rows.sort(reverse=wanted.sort != "title")
    return [(value, id_) for _, id_, value in rows]


def _sort_key(sort: str, facts: SegmentFacts, scores: dict[int, float]):
    if sort == "newest":
        return lambda place: (facts.published[place], scores[place])
    if sort == "year":
        return lambda place: (facts.years[place], facts.published[place])
    if sort == "title":
        return lambda place: (facts.titles[place].casefold(), -facts.published[place])
    return lambda place: (scores[place], facts.published[place])


def _facet(candidates: list[Candidates], facet: str, view: View) -> list[tuple[str, int]]:
    counts: Counter = Counter()
    for candidate in candidates:
        counts.update(candidate.segment.facts.columns[facet].count(candidate.places(without=facet)))
    values = view.codes.values
    named = [(values[number], count) for number, count in counts.items() if values[number]]
    return heapq.nsmallest(len(named), named, key=lambda pair: (-pair[1], pair[0]))
