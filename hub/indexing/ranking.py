"""What becomes of scores: how much of the search a document covers, and gentle factors for its state."""

from hub.indexing.facts import SegmentFacts
from hub.indexing.plan import Plan

LEAST_COVERED = 0.16
COVERAGE_POWER = 0.5
_REVIEWED_FACTOR = 1.04
_OUTDATED_FACTOR = 0.7


def ranked(
    scores: dict[int, float], covered: dict[int, float], plan: Plan, facts: SegmentFacts
) -> dict[int, float]:
    """Final scores of the documents that cover enough of the search."""
    whole = sum(need.importance for need in plan.needs)
    if not whole:
        return scores
    least = LEAST_COVERED * whole
    kept = {
        place: value * (covered[place] / whole) ** COVERAGE_POWER
        for place, value in scores.items() if covered[place] >= least
    }
    for place in kept:
        if facts.marks[place]:
            kept[place] *= _state_factor(facts, place)
    return kept


def _state_factor(facts: SegmentFacts, place: int) -> float:
    factor = _REVIEWED_FACTOR if facts.is_reviewed(place) else 1.0
    return factor * _OUTDATED_FACTOR if facts.is_outdated(place) else factor
