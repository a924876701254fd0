"""One search from start to end: meet the plan, filter, count facets, order, cut the page."""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hub.indexing.matching import score, weigh
from hub.indexing.plan import Plan
from hub.indexing.ranking import is_loosened, least_covered, ranked
from hub.indexing.view import Segment, View
from hub.indexing.wanted import FACETS, PER_PAGE_LIMIT, Found, Wanted
from hub.indexing.words import fold


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
    scored = [({}, {}) if plan.finds_nothing else score(plan, segment) for segment in view.segments]
    least = least_covered((covered for _, covered in scored), plan)
    candidates = []
    loosened = False
    for segment, (raw, covered) in zip(view.segments, scored, strict=True):
        kept = ranked(raw, covered, least, plan, segment.facts)
        loosened = loosened or is_loosened(covered, kept, plan)
        candidates.append(Candidates(segment, kept, _passing(segment, kept, view, wanted.filters)))
    size = min(max(wanted.per_page, 1), PER_PAGE_LIMIT)
    first = (max(wanted.page, 1) - 1) * size
    page = _best(candidates, wanted.sort, first + size)[first:]
    return Found(
        ids=tuple(id_ for _, id_ in page),
        scores=tuple(round(value, 4) for value, _ in page),
        total=sum(len(candidate.places()) for candidate in candidates),
        unfiltered_total=sum(len(candidate.scores) for candidate in candidates),
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
        left_out=plan.left_out,
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
    rows = (row for candidate in candidates for row in _rows(candidate, sort))
    choose = heapq.nsmallest if sort == "title" else heapq.nlargest
    return [(row[-1], row[-2]) for row in choose(count, rows)]


def _rows(candidate: Candidates, sort: str) -> Iterator[tuple]:
    facts, scores = candidate.segment.facts, candidate.scores
    ids, published, years, titles = facts.ids, facts.published, facts.years, facts.titles
    places = candidate.places()
    if sort == "newest":
        return ((published[place], ids[place], scores[place]) for place in places)
    if sort == "year":
        return ((years[place], published[place], ids[place], scores[place]) for place in places)
    if sort == "title":
        return ((fold(titles[place]), ids[place], scores[place]) for place in places)
    return ((scores[place], published[place], ids[place], scores[place]) for place in places)


def _facet(candidates: list[Candidates], facet: str, view: View) -> list[tuple[str, int]]:
    counts: Counter = Counter()
    for candidate in candidates:
        counts.update(candidate.segment.facts.columns[facet].count(candidate.places(without=facet)))
    values = view.codes.values
    named = [(values[number], count) for number, count in counts.items() if values[number]]
    return heapq.nsmallest(len(named), named, key=lambda pair: (-pair[1], pair[0]))
