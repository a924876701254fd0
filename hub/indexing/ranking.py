"""What becomes of scores: how much of the search a document covers, and gentle factors for its state."""

from collections.abc import Sequence
from functools import lru_cache

from hub.core import clock
from hub.indexing.facts import OUTDATED, REVIEWED, SegmentFacts
from hub.indexing.matching import Matched
from hub.indexing.plan import Plan

STEPS = (0.6, 0.35, 0.16)
ENOUGH = 100
COVERAGE_POWER = 0.5
_REVIEWED_FACTOR = 1.04
_OUTDATED_FACTOR = 0.7
_FULLY = 0.95
MOST_FACTOR = _REVIEWED_FACTOR
A_YEAR_OLDER, OLDEST_AGE, UNDATED_AGE = 0.005, 10, 5

Numbers = dict[int, float]


def least_covered(covered: Sequence[Numbers], plan: Plan) -> float:
    """How much of the search a hit must cover: loosened step by step as long as there are few hits."""
    whole = importance_of(plan)
    for step in STEPS[:-1]:
        if sum(sum(map((step * whole).__le__, segment.values())) for segment in covered) >= ENOUGH:
            return step * whole
    return STEPS[-1] * whole


def importance_of(plan: Plan) -> float:
    """What a document that covers all of the search covers."""
    return sum(need.importance for need in plan.needs)


def ranked(matched: Matched, least: float) -> Numbers:
    """What the documents that cover enough of the search are worth, their state left aside."""
    whole, covered = importance_of(matched.plan), matched.covered
    if not whole:
        return matched.values(covered)
    if len(matched.mets) == 1:
        return _ranked_by_one(matched, least)
    values = matched.values([place for place, value in covered.items() if value >= least])
    shares = {value: (value / whole) ** COVERAGE_POWER for value in set(map(covered.__getitem__, values))}
    return {place: value * shares[covered[place]] for place, value in values.items()}


def _ranked_by_one(matched: Matched, least: float) -> Numbers:
    """The same for a search that wants one thing: what is covered is the weight of the way that led there."""
    (need,), (met,) = matched.plan.needs, matched.mets
    kept: Numbers = {}
    for weight, places in met.layers:
        if need.importance * weight >= least:
            worth, degrees = need.importance * weight**COVERAGE_POWER, met.degrees
            kept.update({place: worth * degrees[place] for place in places})
    for place in matched.barred:
        kept.pop(place, None)
    return kept


def is_loosened(covered: Numbers, kept: Numbers, plan: Plan, least: float) -> bool:
    """Whether a kept document lacks something that was wanted."""
    enough = importance_of(plan) * _FULLY * STEPS[0]
    return len(plan.needs) > 1 and least < enough and any(covered[place] < enough for place in kept)


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
