"""Works a plan off against the postings of one segment: which documents meet which needs, and how well."""

import heapq
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, compress, islice
from math import log

from hub.indexing.plan import Budget, Need, Plan, Way
from hub.indexing.view import Segment, View

SUPPORT = 0.25
FAR_APART = 0.6
NEAR_FROM = 0.45
MOST_NEAR = 200
MOST_PHRASE = 1_500
_UNKNOWN_FREQUENCY = 0.5
_ROUNDING = 1 - 1e-9
_FEW = 6  # looking a place up in a long list costs as much as walking past so many
ENDLESS = Budget()

Postings = tuple[Sequence[int], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Among:
    """Documents that alone are of interest: in ascending order, and as a mark (0 or 1) for every document."""

    places: Sequence[int]
    marks: bytes

    def only(self, places: Sequence[int], degrees: Sequence[float]) -> Postings:
        """Those of the postings, in ascending order, that are among these."""
        if len(self.places) * _FEW < len(places):
            pairs = list(_look_up(self.places, places, degrees))
            return [place for place, _ in pairs], [degree for _, degree in pairs]
        chosen = bytes(map(self.marks.__getitem__, places))
        return list(compress(places, chosen)), list(compress(degrees, chosen))


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

    def take(self, weight: float, found: Postings, is_sure: bool = True) -> None:
        """Add what another way has found: the better degree counts, the other supports it a little.

        A way that is not sure enough only supports: what it alone has found is left aside.
        """
        places, degrees = found
        held = self.degrees
        if is_sure and places and not self.layers:
            for place, degree in zip(places, degrees, strict=True):
                held[place] = weight * degree
            self.layers.append((weight, places))
            return
        new: list[int] = []
        for place, plain in zip(places, degrees, strict=True):
            degree, before = weight * plain, held[place]
            if not before:
                if is_sure:
                    held[place] = degree
                    new.append(place)
            elif degree > before:
                held[place] = degree + (1 - degree) * before * SUPPORT
            else:
                held[place] = before + (1 - before) * degree * SUPPORT
        if new:
            self.layers.append((weight, new))


class Matched:
    """The documents of a segment that may be shown and may cover enough of what was wanted, and what they cover.

    Needs that could not reach ``least`` even together are optional: documents that meet nothing else are left aside, so
    the long lists of common words are read for the others only. In the same way those are left aside that meet a need
    too unsurely to reach ``least`` with all others. (Turtle and Flood, Query evaluation: strategies and optimizations,
    1995: "max-score".) With ``least`` 0 nothing is left aside.
    """

    def __init__(self, plan: Plan, segment: Segment, least: float = 0.0, former: "Matched | None" = None) -> None:
        self.plan, self.segment, self.size = plan, segment, len(segment.facts)
        self._known: dict[int, Met] = former._known if former else {}
        self._barred: set[int] = former._barred if former else self._find_barred()
        if len(plan.needs) == 1:
            self.mets = [self._met_of(plan.needs[0])]
            return
        self.covered = [0.0] * self.size
        mets, optional, floors = {}, _optional(plan.needs, least), _floors(plan.needs, least)
        for need in plan.needs:
            if id(need) not in optional:
                mets[id(need)] = self._met_of(need, floors[id(need)])
                self._cover(need, mets[id(need)])
        self.candidates = self.shown(list(compress(range(self.size), self.covered)))
        among = Among(self.candidates, bytes(map(bool, self.covered))) if optional else None
        for need in plan.needs:
            if id(need) in optional:
                floor = floors[id(need)]
                mets[id(need)] = self._known.get(id(need)) or meet(need, segment, plan.budget, among, floor)
                self._cover(need, mets[id(need)])
        self.mets = [mets[id(need)] for need in plan.needs]

    def _met_of(self, need: Need, floor: float = 0.0) -> Met:
        """All documents that meet the need; with a floor those that meet it so surely."""
        if id(need) in self._known:
            return self._known[id(need)]
        met = meet(need, self.segment, self.plan.budget, None, floor)
        if floor <= 0:
            self._known[id(need)] = met
        return met

    def _find_barred(self) -> set[int]:
        gone = (*self.segment.deleted, self.segment.facts.marker_place)
        return {place for place in gone if place >= 0}.union(
            *(self._met_of(need).places() for need in self.plan.excluded)
        )

    def _cover(self, need: Need, met: Met) -> None:
        """Add the importance of what documents cover by this need."""
        covered = self.covered
        for weight, places in met.layers:
            worth = need.importance * weight
            for place in places:
                covered[place] += worth

    def shown(self, places: Sequence[int]) -> Sequence[int]:
        """Those of the documents that nothing excludes, that meet what is required and lie within the years."""
        if not self._barred.isdisjoint(places):
            places = [place for place in places if place not in self._barred]
        for need in self.plan.required:
            degrees = self._met_of(need).degrees
            places = [place for place in places if degrees[place]]
        if self.plan.years is not None:
            low, high = self.plan.years
            years = self.segment.facts.years
            places = [place for place in places if low <= years[place] <= high]
        return places

    @cached_property
    def layers(self) -> list[tuple[float, Sequence[int]]]:
        """For a search that wants one thing: its importance by each way, with the documents that may be shown."""
        (need,), (met,) = self.plan.needs, self.mets
        return [(need.importance * weight, self.shown(places)) for weight, places in met.layers]

    @cached_property
    def coverages(self) -> dict[float, int]:
        """How many documents cover how much; those that cover nothing left out."""
        if len(self.mets) != 1:
            return Counter(map(self.covered.__getitem__, self.candidates))
        counts: Counter[float] = Counter()
        for worth, places in self.layers:
            counts[worth] += len(places)
        return counts

    def count(self, least: float) -> int:
        """How many documents cover at least this much (above 0)."""
        return sum(count for covered, count in self.coverages.items() if covered >= least)

    def places(self, least: float) -> list[int]:
        """The documents that cover at least this much (above 0)."""
        if len(self.mets) == 1:
            return [place for covered, places in self.layers if covered >= least for place in places]
        covered = self.covered
        return [place for place in self.candidates if covered[place] >= least]

    def values(self, places: Sequence[int]) -> list[float]:
        """What these documents are worth by all that was wanted."""
        totals = [0.0] * len(places)
        for need, met in zip(self.plan.needs, self.mets, strict=True):
            importance, degrees = need.importance, met.degrees
            totals = [total + importance * degrees[place] for total, place in zip(totals, places, strict=True)]
        return totals


def _optional(needs: Sequence[Need], least: float) -> set[int]:
    """The needs, by identity, that together cannot reach so much: the least important ones."""
    optional, reached = set(), 0.0
    for need in sorted(needs, key=lambda need: need.importance):
        reached += _most(need)
        if reached >= least * _ROUNDING:
            break
        optional.add(id(need))
    return optional


def _floors(needs: Sequence[Need], least: float) -> dict[int, float]:
    """How surely each need, by identity, must be met at least to reach so much with all others; 0: not at all."""
    whole = sum(_most(need) for need in needs)
    lacking = {id(need): least * _ROUNDING - (whole - _most(need)) for need in needs}
    return {id(need): max(lacking[id(need)], 0.0) / need.importance if need.importance else 0.0 for need in needs}


def _most(need: Need) -> float:
    """The most that a document can cover by this need."""
    return need.importance * max((way.weight for way in need.ways), default=0.0)


def weigh(need: Need, view: View) -> None:
    """Set how much a need counts: the rarer what meets it, the more."""
    frequency = max((way.weight**2 * _frequency(way, view) for way in need.ways), default=0.0)
    size = max(view.size, 1)
    need.importance = need.factor * log(1 + (size + 1) / (frequency + _UNKNOWN_FREQUENCY))


def _frequency(way: Way, view: View) -> int:
    return min(max(view.count(term, way.field) for term in group) for group in way.groups)


def meet(
    need: Need, segment: Segment, budget: Budget = ENDLESS, among: Among | None = None, floor: float = 0.0
) -> Met:
    """The documents, all or among these, that meet the need in any way; the best way counts, others support it a
    little. Ways below the floor only do that.

    When the time is over only what is surest is looked for, and nothing that takes reading positions.
    """
    met = Met([0.0] * len(segment.facts))
    for number, way in enumerate(sorted(need.ways, key=lambda way: -way.weight)):
        if budget.is_over() and (number or way.ordered):
            break
        met.take(way.weight, meet_way(way, segment, among), way.weight >= floor)
    return met


def meet_way(way: Way, segment: Segment, among: Among | None = None) -> Postings:
    """Documents, all or among these, that meet one way, with degrees between 0 and 1."""
    groups = [[term for term in group if segment.count(term, way.field)] for group in way.groups]
    if not all(groups):
        return (), ()
    groups.sort(key=lambda group: sum(segment.count(term, way.field) for term in group))
    first, *others = groups
    is_near = bool(way.window) and way.weight >= NEAR_FROM
    # Which documents are looked at for words that stand near each other depends on all that hold them.
    found = _meet_group(first, way.field, segment, None if is_near else among)
    for group in others:
        found = _narrow(found, group, way.field, segment)
    if not is_near:
        return _apart(found) if way.window else found
    found = _near(way, found, segment)
    return found if among is None else among.only(*found)


def _meet_group(group: Sequence[str], field: str, segment: Segment, among: Among | None) -> Postings:
    parts = [_postings(term, field, segment, among) for term in group]
    return parts[0] if len(parts) == 1 else _better(parts)


def _postings(term: str, field: str, segment: Segment, among: Among | None) -> Postings:
    found = segment.postings(term, field)
    return found if among is None else among.only(*found)


def _narrow(found: Postings, group: Sequence[str], field: str, segment: Segment) -> Postings:
    """Those that hold a term of this group too; the least degree of all groups counts."""
    if len(group) > 1:
        parts = [_narrow(found, (term,), field, segment) for term in group]
        return _better(parts)
    places, degrees = segment.postings(group[0], field)
    if len(found[0]) * _FEW < len(places):
        there = dict(_look_up(found[0], places, degrees))
        return list(there), [min(degree, there[place]) for place, degree in zip(*found, strict=True) if place in there]
    held = [0.0] * len(segment.facts)
    for place, degree in zip(*found, strict=True):
        held[place] = degree
    chosen = list(map(held.__getitem__, places))
    both = zip(compress(degrees, chosen), filter(None, chosen), strict=True)
    return list(compress(places, chosen)), [one if one < other else other for one, other in both]


def _better(parts: Sequence[Postings]) -> Postings:
    """What any of these postings hold, with the best degree, in ascending order."""
    first, *others = sorted(parts, key=lambda part: -len(part[0]))
    held: dict[int, float] = dict(zip(*first, strict=True))
    for part in others:
        for place, degree in zip(*part, strict=True):
            if degree > held.get(place, 0.0):
                held[place] = degree
    places = sorted(held)
    return places, [held[place] for place in places]


def _look_up(wanted: Iterable[int], places: Sequence[int], degrees: Sequence[float]) -> Iterator[tuple[int, float]]:
    """Those of the postings, in ascending order, that are wanted, each looked for by itself."""
    last = len(places)
    for place in wanted:
        row = bisect_left(places, place)
        if row < last and places[row] == place:
            yield place, degrees[row]


def _near(way: Way, found: Postings, segment: Segment) -> Postings:
    """Keep what stands together; words of a label that stand apart count less, those of a phrase nothing.

    Only the best are looked at when there are many: reading positions is what costs most.
    """
    places, degrees = found
    looked_at = _best(found, MOST_PHRASE if way.ordered else MOST_NEAR)
    if way.ordered:
        held = dict(zip(*found, strict=True))
        kept = sorted(_in_a_row(way, looked_at, segment))
        return kept, [held[place] for place in kept]
    groups = [_positions(group, looked_at, segment) for group in way.groups]
    near = [place for place in looked_at if _stand_together([held[place] for held in groups], way.window)]
    _places, lesser = _apart(found)
    for place in near:
        row = bisect_left(places, place)
        lesser[row] = degrees[row]
    return places, lesser


def _best(found: Postings, most: int) -> set[int]:
    places, degrees = found
    if len(places) <= most:
        return set(places)
    bar = heapq.nlargest(most, degrees)[-1]
    better = {place for place, degree in zip(places, degrees, strict=True) if degree > bar}
    return better.union(islice(compress(places, map(bar.__eq__, degrees)), most - len(better)))


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


def _apart(found: Postings) -> tuple[Sequence[int], list[float]]:
    places, degrees = found
    return places, [degree * FAR_APART for degree in degrees]


def _positions(group: Sequence[str], wanted: set[int], segment: Segment) -> dict[int, Sequence[int]]:
    """Where any of the terms stands in each of the documents, in ascending order."""
    found: dict[int, list[int]] = {place: [] for place in wanted}
    for term in group:
        if segment.count(term):
            for place, positions in segment.positions(term, wanted).items():
                found[place] += positions
    return {place: sorted(positions) for place, positions in found.items()}


def _stand_together(groups: Sequence[Sequence[int]], window: int) -> bool:
    """Whether around one of the first word's positions, within the window, each other word stands.

    Positions are in ascending order. Several others may stand around different ones.
    """
    first, *rest = groups
    return all(any(_has_between(group, place - window, place + window) for place in first) for group in rest)


def _has_between(positions: Sequence[int], low: int, high: int) -> bool:
    row = bisect_left(positions, low)
    return row < len(positions) and positions[row] <= high
