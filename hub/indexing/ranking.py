"""What becomes of scores: how much of the search a document covers, and gentle factors for its state."""

from collections.abc import Iterable
from functools import lru_cache

from hub.core import clock
from hub.indexing.facts import OUTDATED, REVIEWED, SegmentFacts
from hub.indexing.plan import Plan

STEPS = (0.6, 0.35, 0.16)
ENOUGH = 100
COVERAGE_POWER = 0.5
_REVIEWED_FACTOR = 1.04
_OUTDATED_FACTOR = 0.7
_FULLY = 0.95
A_YEAR_OLDER, OLDEST_AGE, UNDATED_AGE = 0.005, 10, 5

Numbers = dict[int, float]


def least_covered(covered: Iterable[Numbers], plan: Plan) -> float:
    """How much of the search a hit must cover: loosened step by step as long as there are few hits."""
    whole = sum(need.importance for need in plan.needs)
    values = [value for segment in covered for value in segment.values()]
    for step in STEPS[:-1]:
        if sum(value >= step * whole for value in values) >= ENOUGH:
            return step * whole
    return STEPS[-1] * whole


def ranked(scores: Numbers, covered: Numbers, least: float, plan: Plan, facts: SegmentFacts) -> Numbers:
    """Final scores of the documents that cover enough of the search."""
    whole = sum(need.importance for need in plan.needs)
    if not whole:
        return scores
    kept = {
        place: value * (covered[place] / whole) ** COVERAGE_POWER
        for place, value in scores.items()
        if covered[place] >= least
    }
    years, marks, this_year = facts.years, facts.marks, clock.today().year
    for place in kept:
        kept[place] *= _factor(years[place], marks[place], this_year)
    return kept


def is_loosened(covered: Numbers, kept: Numbers, plan: Plan) -> bool:
    """Whether a kept document lacks something that was wanted."""
    whole = sum(need.importance for need in plan.needs) * _FULLY * STEPS[0]
    return len(plan.needs) > 1 and any(covered[place] < whole for place in kept)


def state_factor(facts: SegmentFacts, place: int) -> float:
    """Newer documents count a little more, checked ones too, outdated ones clearly less."""
    return _factor(facts.years[place], facts.marks[place], clock.today().year)


@lru_cache(2_000)
def _factor(year: int, marks: int, this_year: int) -> float:
    factor = freshness(year, this_year)
    if marks & REVIEWED:
        factor *= _REVIEWED_FACTOR
    return factor * _OUTDATED_FACTOR if marks & OUTDATED else factor


def freshness(year: int, this_year: int) -> float:
    """1 for this year, a little less for each year before, never less than five hundredths off; 0 is no year."""
    age = this_year - year if year else UNDATED_AGE
    return 1.0 - A_YEAR_OLDER * min(max(age, 0), OLDEST_AGE)
