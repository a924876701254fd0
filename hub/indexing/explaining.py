"""Why a document stands where it stands: each wish, how it is met, and what that is worth."""

from dataclasses import dataclass

from hub.indexing.matching import meet, meet_way, weigh
from hub.indexing.plan import Need, Plan
from hub.indexing.ranking import COVERAGE_POWER, state_factor
from hub.indexing.view import Segment, View


@dataclass(frozen=True, slots=True)
class Reason:
    """One wish: its importance, how well the document meets it (0 to 1), and the ways that hit, best first."""

    label: str
    importance: float
    degree: float
    ways: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The score of a document for a search in its parts; `barred` says that an exclusion or a field keeps it out."""

    score: float
    coverage: float
    factor: float
    barred: bool
    reasons: tuple[Reason, ...]


def explain(view: View, plan: Plan, id_: int) -> Explanation | None:
    """The parts of the score, or None when the index does not hold the document."""
    for segment in view.segments:
        for place in segment.postings(str(id_), "id")[0]:
            if place not in segment.deleted:
                return _explain(view, plan, segment, place)
    return None


def _explain(view: View, plan: Plan, segment: Segment, place: int) -> Explanation:
    for need in plan.needs:
        weigh(need, view)
    reasons = tuple(_reason(need, segment, place) for need in plan.needs)
    whole = sum(need.importance for need in plan.needs) or 1.0
    covered = sum(need.importance * meet(need, segment).sureness(place) for need in plan.needs)
    raw = sum(reason.importance * reason.degree for reason in reasons)
    factor = state_factor(segment.facts, place)
    return Explanation(
        score=round(raw * (covered / whole) ** COVERAGE_POWER * factor, 4),
        coverage=round(covered / whole, 3),
        factor=factor,
        barred=_is_barred(plan, segment, place),
        reasons=reasons,
    )


def _reason(need: Need, segment: Segment, place: int) -> Reason:
    hits = []
    for way in need.ways:
        degree = dict(zip(*meet_way(way, segment), strict=True)).get(place)
        if degree is not None:
            terms = " + ".join(group[0] for group in way.groups)
            hits.append((way.source, terms, round(way.weight * degree, 3)))
    hits.sort(key=lambda hit: -hit[2])
    degree = meet(need, segment).degrees[place]
    return Reason(need.label, round(need.importance, 3), round(degree, 3), tuple(hits))


def _is_barred(plan: Plan, segment: Segment, place: int) -> bool:
    if plan.years is not None and not plan.years[0] <= segment.facts.years[place] <= plan.years[1]:
        return True
    is_excluded = any(meet(need, segment).degrees[place] for need in plan.excluded)
    return is_excluded or any(not meet(need, segment).degrees[place] for need in plan.required)
