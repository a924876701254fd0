"""Works a plan off against the postings of one segment: which documents meet which needs, and how well."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import log

from hub.indexing.plan import Budget, Need, Plan, Way
from hub.indexing.view import Segment, View

SUPPORT = 0.25
FAR_APART = 0.6
NEAR_FROM = 0.45
MOST_NEAR = 200
MOST_PHRASE = 1_500
_UNKNOWN_FREQUENCY = 0.5
ENDLESS = Budget()


@dataclass(slots=True)
class Met:
    """Documents that meet a need: how well (0 to 1), and by the surest way that leads to each of them.

    ``layers`` holds for each way, surest first, its weight and the documents that no way before it had found.
    """

    degrees: dict[int, float] = field(default_factory=dict)
    layers: list[tuple[float, list[int]]] = field(default_factory=list)

    def sureness(self, place: int) -> float:
        """How surely it is the thing itself (0 to 1)."""
        return next((weight for weight, places in self.layers if place in places), 0.0)


@dataclass(slots=True)
class Matched:
    """The documents of a segment that may be shown, each with the importance of what it covers."""

    plan: Plan
    mets: list[Met]
    covered: dict[int, float]
    barred: set[int] = field(default_factory=set)

    def values(self, places: Iterable[int]) -> dict[int, float]:
        """What these documents are worth by all that was wanted."""
        needs = [(need.importance, met.degrees) for need, met in zip(self.plan.needs, self.mets, strict=True)]
        if not needs:
            return dict.fromkeys(places, 0.0)
        wanted = list(places)
        totals = [0.0] * len(wanted)
        for importance, degrees in needs:
            get = degrees.get
            totals = [total + importance * get(place, 0.0) for total, place in zip(totals, wanted, strict=True)]
        return dict(zip(wanted, totals, strict=True))


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
    met = Met()
    for number, way in enumerate(sorted(need.ways, key=lambda way: -way.weight)):
        if budget.is_over() and (number or way.ordered):
            break
        _take(met, way, meet_way(way, segment))
    return met


def _take(met: Met, way: Way, found: dict[int, float]) -> None:
    if not found:
        return
    weight = way.weight
    if not met.degrees:
        met.degrees = found if weight == 1.0 else {place: weight * degree for place, degree in found.items()}
        met.layers.append((weight, list(found)))
        return
    degrees = met.degrees
    known = degrees.keys() & found.keys()
    for place in known:
        degree = weight * found[place]
        before = degrees[place]
        if degree > before:
            degrees[place] = degree + (1 - degree) * before * SUPPORT
        else:
            degrees[place] = before + (1 - before) * degree * SUPPORT
    new = list(found.keys() - known if known else found)
    if new:
        degrees.update({place: weight * found[place] for place in new})
        met.layers.append((weight, new))


def meet_way(way: Way, segment: Segment) -> dict[int, float]:
    """Documents that meet one way, with degrees between 0 and 1."""
    groups = [[term for term in group if segment.count(term, way.field)] for group in way.groups]
    if not all(groups):
        return {}
    groups.sort(key=lambda group: sum(segment.count(term, way.field) for term in group))
    met = _meet_group(groups[0], way.field, segment)
    for group in groups[1:]:
        other = _meet_group(group, way.field, segment)
        small, large = (met, other) if len(met) < len(other) else (other, met)
        met = {place: small[place] for place in small.keys() & large.keys()}
        met.update({place: lower for place, degree in met.items() if (lower := large[place]) < degree})
    if way.window and met:
        return _near(way, met, segment) if way.weight >= NEAR_FROM else _apart(met)
    return met


def _meet_group(group: Sequence[str], field: str, segment: Segment) -> dict[int, float]:
    met: dict[int, float] = dict(zip(*segment.postings(group[0], field), strict=True))
    for term in group[1:]:
        other = dict(zip(*segment.postings(term, field), strict=True))
        better = {place: degree for place in met.keys() & other.keys() if (degree := met[place]) > other[place]}
        met.update(other)
        met.update(better)
    return met


def _near(way: Way, met: dict[int, float], segment: Segment) -> dict[int, float]:
    """Keep what stands together; words of a label that stand apart count less, those of a phrase nothing.

    Only the best are looked at when there are many: reading positions is what costs most.
    """
    most = MOST_PHRASE if way.ordered else MOST_NEAR
    looked_at = set(met) if len(met) <= most else set(heapq.nlargest(most, met, key=met.__getitem__))
    if way.ordered:
        return {place: met[place] for place in _in_a_row(way, looked_at, segment)}
    groups = [_positions(group, looked_at, segment) for group in way.groups]
    kept = _apart(met)
    near = [place for place in looked_at if _stand_together([found[place] for found in groups], way.window)]
    kept.update({place: met[place] for place in near})
    return kept


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
    covered = _covered(plan, mets) if plan.needs else dict.fromkeys(segment.live_places(), 0.0)
    barred = _barred(plan, segment, covered, met_of)
    for place in barred:
        covered.pop(place, None)
    return Matched(plan, mets, covered, barred)


def _covered(plan: Plan, mets: Sequence[Met]) -> dict[int, float]:
    covered: dict[int, float] = {}
    for need, met in zip(plan.needs, mets, strict=True):
        for weight, places in met.layers:
            worth = need.importance * weight
            if met is mets[0]:
                covered.update(dict.fromkeys(places, worth))
                continue
            get = covered.get
            covered.update({place: get(place, 0.0) + worth for place in places})
    return covered


def _barred(plan: Plan, segment: Segment, covered: dict[int, float], met_of: Callable[[Need], Met]) -> set[int]:
    barred = set(segment.deleted)
    barred.add(segment.facts.marker_place)
    for need in plan.excluded:
        barred.update(met_of(need).degrees)
    for need in plan.required:
        barred.update(covered.keys() - met_of(need).degrees.keys())
    if plan.years is not None:
        low, high = plan.years
        years = segment.facts.years
        barred.update(place for place in covered if not low <= years[place] <= high)
    return barred
