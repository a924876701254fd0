"""One search from start to end: meet the plan, filter, count facets, order, cut the page."""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from operator import itemgetter

from hub.indexing.matching import weigh
from hub.indexing.plan import Plan
from hub.indexing.ranking import MOST_FACTOR, is_loosened, match_enough, ranked, state_factor
from hub.indexing.view import Segment, View
from hub.indexing.wanted import FACETS, OUT_OF_TIME, PER_PAGE_LIMIT, Found, Wanted
from hub.indexing.words import fold

_ROUNDING = 1 - 1e-9


@dataclass(slots=True)
class Candidates:
    """What is left of one segment: places, what each is worth, and the places that pass each chosen facet."""

    segment: Segment
    all_places: Sequence[int]
    values: list[float]
    passing: dict[str, set[int]]
    counted: tuple[Sequence[int], int | None] | None = None

    def places(self, without: str = "") -> Sequence[int]:
        """Places that pass every choice, or every choice but one."""
        left = [passing for facet, passing in self.passing.items() if facet != without]
        return list(set.intersection(*left)) if left else self.all_places

    def worth(self) -> tuple[Sequence[int], list[float]]:
        """Places that pass every choice, and what each is worth."""
        if not self.passing:
            return self.all_places, self.values
        passing = set.intersection(*self.passing.values())
        pairs = zip(self.all_places, self.values, strict=True)
        left = [pair for pair in pairs if pair[0] in passing]
        return [place for place, _ in left], [value for _, value in left]

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

    def score(self, place: int, value: float) -> float:
        """The value with the gentle factors for the document's state."""
        return value * state_factor(self.segment.facts, place)


def run(view: View, plan: Plan, wanted: Wanted) -> Found:
    """The page of hits for a plan."""
    for need in plan.needs:
        weigh(need, view)
    matched, least = match_enough(plan, () if plan.finds_nothing else view.segments)
    candidates = []
    for segment, one in zip(view.segments, matched, strict=not plan.finds_nothing):
        places, values = ranked(one, least)
        candidates.append(Candidates(segment, places, values, _passing(segment, places, view, wanted.filters)))
    size = min(max(wanted.per_page, 1), PER_PAGE_LIMIT)
    first = (max(wanted.page, 1) - 1) * size
    page = _best(candidates, wanted.sort, first + size)[first:]
    return Found(
        ids=tuple(id_ for _, id_ in page),
        scores=tuple(round(value, 4) for value, _ in page),
        total=sum(len(candidate.places()) for candidate in candidates),
        unfiltered_total=sum(len(candidate.all_places) for candidate in candidates),
        facets={facet: _facet(candidates, facet, view) for facet in FACETS},
        filter_totals={
            facet: sum(len(candidate.places(without=facet)) for candidate in candidates)
            for facet in FACETS
            if wanted.filters.get(facet)
        },
        terms=plan.terms,
        corrected=plan.corrected,
        loosened=any(is_loosened(one, plan, least) for one in matched),
        also_searched=plan.also_searched,
        left_out=(*plan.left_out, OUT_OF_TIME) if plan.budget.is_spent else plan.left_out,
    )


def _passing(
    segment: Segment, places: Sequence[int], view: View, filters: Mapping[str, tuple[str, ...]]
) -> dict[str, set[int]]:
    return {
        facet: segment.facts.columns[facet].having(places, _numbers(filters[facet], view))
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
    best = choose(count, rows, key=itemgetter(0))
    return [(candidate.score(place, value), id_) for *_, id_, place, value, candidate in best]


def _rows(candidate: Candidates, sort: str) -> Iterator[tuple]:
    facts, pairs = candidate.segment.facts, zip(*candidate.worth(), strict=True)
    ids, published, years, titles = facts.ids, facts.published, facts.years, facts.titles
    if sort == "newest":
        return (((published[one], ids[one]), ids[one], one, value, candidate) for one, value in pairs)
    if sort == "year":
        return (((years[one], published[one], ids[one]), ids[one], one, value, candidate) for one, value in pairs)
    return (((fold(titles[one]), ids[one]), ids[one], one, value, candidate) for one, value in pairs)


def _rows_by_score(candidates: list[Candidates], count: int) -> Iterator[tuple]:
    """The documents that may be among the best: the others are worth too little, whatever their state."""
    held = [(candidate, *candidate.worth()) for candidate in candidates]
    bar = (heapq.nlargest(count, chain.from_iterable(values for *_, values in held)) or [0.0])[-1]
    sure = [row[0][0] for row in _rows_from(held, bar)]
    bar = heapq.nlargest(count, sure)[-1] / MOST_FACTOR * _ROUNDING if len(sure) >= count else 0.0
    return _rows_from(held, bar)


def _rows_from(held: list[tuple[Candidates, Sequence[int], list[float]]], bar: float) -> Iterator[tuple]:
    for candidate, places, values in held:
        facts = candidate.segment.facts
        for place, value in compress(zip(places, values, strict=True), map(bar.__le__, values)):
            key = candidate.score(place, value), facts.published[place], facts.ids[place]
            yield key, facts.ids[place], place, value, candidate


def _facet(candidates: list[Candidates], facet: str, view: View) -> list[tuple[str, int]]:
    counts: Counter = Counter()
    for candidate in candidates:
        counts.update(candidate.count(facet))
    values = view.codes.values
    named = [(values[number], count) for number, count in counts.items() if count and values[number]]
    return heapq.nsmallest(len(named), named, key=lambda pair: (-pair[1], pair[0]))
