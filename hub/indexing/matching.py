"""Works a plan off against the postings of one segment: which documents meet which needs, and how well."""

import heapq
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from math import log

from hub.indexing.plan import Budget, Need, Plan, Way
from hub.indexing.view import Segment, View

SUPPORT = 0.25
FAR_APART = 0.6
NEAR_FROM = 0.45
MOST_NEAR = 200
MOST_PHRASE = 1_500
_UNKNOWN_FREQUENCY = 0.5
_FEW = 30  # looking a place up in a long list costs as much as walking past so many
ENDLESS = Budget()

Postings = tuple[Sequence[int], Sequence[float]]


@dataclass(slots=True)
class Met:
    """Documents that meet a need: how well (0: not at all, to 1), and by the surest way that leads to each of them.

    ``degrees`` holds a number for every document of the segment: a list is read and written in half the time of a
    mapping. ``layers`` holds for each way, surest first, its weight and the documents that no way before it had found.
    """

    degrees: list[float]
    layers: list[tuple[float, Sequence[int]]] = field(default_factory=list)

    def places(self) -> Iterator[int]:
        """All documents that meet the need."""
        return chain.from_iterable(places for _, places in self.layers)

    def sureness(self, place: int) -> float:
        """How surely it is the thing itself (0 to 1)."""
        return next((weight for weight, places in self.layers if place in places), 0.0)

    def take(self, weight: float, places: Sequence[int], degrees: Sequence[float]) -> None:
        """Add what another way has found: the better degree counts, the other supports it a little."""
        if not places:
            return
        held = self.degrees
        if not self.layers:
            for place, degree in zip(places, degrees, strict=True):
                held[place] = weight * degree
            self.layers.append((weight, places))
            return
        new: list[int] = []
        for place, found in zip(places, degrees, strict=True):
            degree, before = weight * found, held[place]
            if not before:
                held[place] = degree
                new.append(place)
            elif degree > before:
                held[place] = degree + (1 - degree) * before * SUPPORT
            else:
                held[place] = before + (1 - before) * degree * SUPPORT
        if new:
            self.layers.append((weight, new))


@dataclass
class Matched:
    """The documents of a segment that may be shown, and what they cover of all that was wanted."""

    plan: Plan
    mets: list[Met]
    size: int
    barred: set[int] = field(default_factory=set)

    @cached_property
    def covered(self) -> list[float]:
        """For every document the importance of what it covers; 0 for those that may not be shown."""
        covered = [0.0] * self.size
        for number, (need, met) in enumerate(zip(self.plan.needs, self.mets, strict=True)):
            for weight, places in met.layers:
                worth = need.importance * weight
                if number:
                    for place in places:
                        covered[place] += worth
                else:
                    for place in places:
                        covered[place] = worth
        for place in self.barred:
            covered[place] = 0.0
        return covered

    @cached_property
    def layers(self) -> list[tuple[float, Sequence[int]]]:
        """For a search that wants one thing: its importance by each way, with the documents that may be shown."""
        (need,), (met,) = self.plan.needs, self.mets
        return [(need.importance * weight, self._allowed(places)) for weight, places in met.layers]

    def _allowed(self, places: Sequence[int]) -> Sequence[int]:
        if self.barred.isdisjoint(places):
            return places
        return [place for place in places if place not in self.barred]

    @cached_property
    def coverages(self) -> dict[float, int]:
        """How many documents cover how much; those that cover nothing left out."""
        counts: Counter[float] = Counter()
        if len(self.mets) == 1:
            for worth, places in self.layers:
                counts[worth] += len(places)
        else:
            counts.update(self.covered)
            counts.pop(0.0, None)
        return counts

    def places(self, least: float) -> list[int]:
        """The documents that cover at least this much (above 0)."""
        return [place for place, covered in enumerate(self.covered) if covered >= least]

    def values(self, places: Sequence[int]) -> list[float]:
        """What these documents are worth by all that was wanted."""
        totals = [0.0] * len(places)
        for need, met in zip(self.plan.needs, self.mets, strict=True):
            importance, degrees = need.importance, met.degrees
            totals = [total + importance * degrees[place] for total, place in zip(totals, places, strict=True)]
        return totals


def weigh(need: Need, view: View) -> None:
    """Set how much a need counts: the rarer what meets it, the more."""
    frequency = max((way.weight**2 * _frequency(way, view) for way in need.ways), default=0.0)
    size = max(view.size, 1)
    need.importance = need.factor * log(1 + (size + 1) / (frequency + _UNKNOWN_FREQUENCY))


def _frequency(way: Way, view: View) -> int:
    return min(max(view.count(term, way.field) for term in group) for group in way.groups)


def meet(need: Need, segment: Segment, budget: Budget = ENDLESS) -> Met:
    """All documents that meet the need in any way; the best way counts, others support it a little.

    When the time is over only what is surest is looked for, and nothing that takes reading positions.
    """
    met = Met([0.0] * len(segment.facts))
    for number, way in enumerate(sorted(need.ways, key=lambda way: -way.weight)):
        if budget.is_over() and (number or way.ordered):
            break
        met.take(way.weight, *meet_way(way, segment))
    return met


def meet_way(way: Way, segment: Segment) -> Postings:
    """Documents that meet one way, with degrees between 0 and 1."""
    groups = [[term for term in group if segment.count(term, way.field)] for group in way.groups]
    if not all(groups):
        return (), ()
    groups.sort(key=lambda group: sum(segment.count(term, way.field) for term in group))
    first, *others = groups
    if not others and not way.window:
        return _meet_group(first, way.field, segment)
    met = dict(zip(*_meet_group(first, way.field, segment), strict=True))
    for group in others:
        met = _narrow(met, group, way.field, segment)
    if way.window and met:
        met = _near(way, met, segment) if way.weight >= NEAR_FROM else _apart(met)
    return list(met), list(met.values())


def _meet_group(group: Sequence[str], field: str, segment: Segment) -> Postings:
    first, *others = sorted(group, key=lambda term: -segment.count(term, field))
    if not others:
        return segment.postings(first, field)
    met: dict[int, float] = dict(zip(*segment.postings(first, field), strict=True))
    for term in others:
        for place, degree in zip(*segment.postings(term, field), strict=True):
            if degree > met.get(place, 0.0):
                met[place] = degree
    return list(met), list(met.values())


def _narrow(met: dict[int, float], group: Sequence[str], field: str, segment: Segment) -> dict[int, float]:
    """Those that hold a term of this group too; the least degree of all groups counts."""
    found: dict[int, float] = {}
    for term in group:
        pairs = _among(met, *segment.postings(term, field))
        if not found:
            found = dict(pairs)
            continue
        for place, degree in pairs:
            if degree > found.get(place, 0.0):
                found[place] = degree
    return {place: degree if degree < met[place] else met[place] for place, degree in found.items()}


def _among(met: dict[int, float], places: Sequence[int], degrees: Sequence[float]) -> list[tuple[int, float]]:
    """Those of the postings that are among the documents."""
    if len(met) * _FEW < len(places):
        at = ((place, bisect_left(places, place)) for place in met)
        return [(place, degrees[number]) for place, number in at if number < len(places) and places[number] == place]
    return [pair for pair in zip(places, degrees, strict=True) if pair[0] in met]


def _near(way: Way, met: dict[int, float], segment: Segment) -> dict[int, float]:
    """Keep what stands together; words of a label that stand apart count less, those of a phrase nothing.

    Only the best are looked at when there are many: reading positions is what costs most.
    """
    most = MOST_PHRASE if way.ordered else MOST_NEAR
    looked_at = _best(met, most)
    if way.ordered:
        return {place: met[place] for place in _in_a_row(way, looked_at, segment)}
    groups = [_positions(group, looked_at, segment) for group in way.groups]
    kept = _apart(met)
    near = [place for place in looked_at if _stand_together([found[place] for found in groups], way.window)]
    kept.update({place: met[place] for place in near})
    return kept


def _best(met: dict[int, float], most: int) -> set[int]:
    if len(met) <= most:
        return set(met)
    bar = heapq.nlargest(most, met.values())[-1]
    better = {place for place, degree in met.items() if degree > bar}
    return better.union(islice((place for place, degree in met.items() if degree == bar), most - len(better)))


def _in_a_row(way: Way, looked_at: set[int], segment: Segment) -> set[int]:
    """Documents in which the words follow each other; the rarest word is read first, for it leaves the fewest."""
    starts: dict[int, set[int]] = {}
    steps = sorted(enumerate(way.groups), key=lambda step: sum(segment.count(term) for term in step[1]))
    for number, (step, group) in enumerate(steps):
        found: dict[int, set[int]] = {}
        for term in group:
            for place, positions in segment.positions(term, looked_at).items() if segment.count(term) else ():
                fitting: Iterable[int] = positions
                if number:
                    fitting = {start + step for start in starts[place]}.intersection(positions)
                if fitting:
                    found.setdefault(place, set()).update([position - step for position in fitting])
        starts = found
        looked_at = set(starts)
    return looked_at


def _apart(met: dict[int, float]) -> dict[int, float]:
    return {place: degree * FAR_APART for place, degree in met.items()}


def _positions(group: tuple[str, ...], wanted: set[int], segment: Segment) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {place: set() for place in wanted}
    for term in group:
        if segment.count(term):
            for place, positions in segment.positions(term, wanted).items():
                found[place].update(positions)
    return found


def _stand_together(groups: list[set[int]], window: int) -> bool:
    """Whether each word stands within the window around the first."""
    first, *rest = groups
    reach = range(-window, window + 1)
    around = {place + step for place in first for step in reach}
    return not any(group.isdisjoint(around) for group in rest)


def match(plan: Plan, segment: Segment) -> Matched:
    """Every document that may be shown for the plan."""
    known: dict[int, Met] = {}

    def met_of(need: Need) -> Met:
        if id(need) not in known:
            known[id(need)] = meet(need, segment, plan.budget)
        return known[id(need)]

    mets = [met_of(need) for need in plan.needs]
    barred = {place for place in (*segment.deleted, segment.facts.marker_place) if place >= 0}
    for need in plan.excluded:
        barred.update(met_of(need).places())
    matched = Matched(plan, mets, len(segment.facts), barred)
    if plan.required or plan.years is not None:
        _bar_others(matched, segment, [met_of(need) for need in plan.required])
    return matched


def _bar_others(matched: Matched, segment: Segment, required: Sequence[Met]) -> None:
    """Only what meets every required need and lies within the years may be shown."""
    shown = set(chain.from_iterable(met.places() for met in matched.mets)) if matched.mets else set(range(matched.size))
    for met in required:
        matched.barred.update(shown.difference(met.places()))
    if matched.plan.years is not None:
        low, high = matched.plan.years
        years = segment.facts.years
        matched.barred.update(place for place in shown if not low <= years[place] <= high)
