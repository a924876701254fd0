"""Works a plan off against the postings of one segment: which documents meet which needs, and how well."""

from math import log

from hub.indexing.plan import Need, Plan, Way
from hub.indexing.view import Segment, View

SATURATION = 3.0


def weigh(need: Need, view: View) -> None:
    """Set how much a need counts: the rarer what meets it, the more."""
    frequency = max((way.weight * _frequency(way, view) for way in need.ways), default=0.0)
    size = max(view.size, 1)
    need.importance = need.factor * log(1 + (size + 1) / (frequency + 0.5))


def _frequency(way: Way, view: View) -> int:
    return min(max(view.count(term, way.field) for term in group) for group in way.groups)


def meet(need: Need, segment: Segment) -> dict[int, float]:
    """Documents that meet the need, each with a degree between 0 and 1: the best of the ways."""
    best: dict[int, float] = {}
    for way in need.ways:
        met = _meet_way(way, segment)
        if not best:
            best = met
            continue
        get = best.get
        for place, degree in met.items():
            if degree > get(place, 0.0):
                best[place] = degree
    return best


def _meet_way(way: Way, segment: Segment) -> dict[int, float]:
    met = _meet_group(way.groups[0], way, segment)
    for group in way.groups[1:]:
        if not met:
            return met
        other = _meet_group(group, way, segment)
        if len(other) < len(met):
            met = {place: min(degree, met[place]) for place, degree in other.items() if place in met}
        else:
            met = {place: min(degree, other[place]) for place, degree in met.items() if place in other}
    return met


def _meet_group(group: tuple[str, ...], way: Way, segment: Segment) -> dict[int, float]:
    weight = way.weight
    met: dict[int, float] = {}
    for term in group:
        places, weights = segment.postings(term, way.field)
        if not met:
            met = {place: weight * w / (w + SATURATION) for place, w in zip(places, weights, strict=True)}
            continue
        for place, w in zip(places, weights, strict=True):
            degree = weight * w / (w + SATURATION)
            if degree > met.get(place, 0.0):
                met[place] = degree
    return met


def score(plan: Plan, segment: Segment) -> tuple[dict[int, float], dict[int, float]]:
    """Scores and covered importance of every document that meets at least one need and no exclusion."""
    scores: dict[int, float] = {}
    covered: dict[int, float] = {}
    for need in plan.needs:
        importance = need.importance
        for place, degree in meet(need, segment).items():
            scores[place] = scores.get(place, 0.0) + importance * degree
            covered[place] = covered.get(place, 0.0) + importance
    gone = set(segment.deleted)
    gone.add(segment.facts.marker_place)
    for need in plan.excluded:
        gone.update(meet(need, segment))
    for place in gone:
        if scores.pop(place, None) is not None:
            del covered[place]
    return scores, covered
