"""What becomes of scores: how much of the search a document covers, and gentle factors for its state."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest

from hub.core import clock
from hub.indexing.facts import OUTDATED, REVIEWED, SegmentFacts
from hub.indexing.matching import Matched
from hub.indexing.plan import Plan
from hub.indexing.view import Segment

STEPS = (0.6, 0.35, 0.16)
ENOUGH = 100
COVERAGE_POWER = 0.5
_REVIEWED_FACTOR = 1.04
_OUTDATED_FACTOR = 0.7
_FULLY = 0.95
MOST_FACTOR = _REVIEWED_FACTOR
A_YEAR_OLDER, OLDEST_AGE, UNDATED_AGE = 0.005, 10, 5


def match_enough(plan: Plan, segments: Sequence[Segment]) -> tuple[list[Matched], float]:
    """The documents by segment, and how much of the search a hit covers at least.

    That is loosened step by step as long as there are few hits.
    """
    matched: list[Matched] = []
    for step in STEPS:
        least = step * importance_of(plan)
        matched = [Matched(plan, segment, least, former) for segment, former in zip_longest(segments, matched)]
        if sum(one.count(least) for one in matched) >= ENOUGH:
            break
    return matched, least


def importance_of(plan: Plan) -> float:
    """What a document that covers all of the search covers."""
    return sum(need.importance for need in plan.needs)


def ranked(matched: Matched, least: float) -> tuple[Sequence[int], list[float]]:
    """The documents that cover enough of the search, and what each is worth, its state left aside."""
    if not matched.plan.needs:
        every = matched.shown(range(matched.size))
        return every, [0.0] * len(every)
    if len(matched.mets) == 1:
        return _ranked_by_one(matched, least)
    whole, covered = importance_of(matched.plan), matched.covered
    places = matched.places(least)
    shares = {value: (value / whole) ** COVERAGE_POWER for value in matched.coverages}
    values = zip(places, matched.values(places), strict=True)
    return places, [value * shares[covered[place]] for place, value in values]


def _ranked_by_one(matched: Matched, least: float) -> tuple[list[int], list[float]]:
    """The same for a search that wants one thing: what is covered is the weight of the way that led there."""
    (need,), (met,) = matched.plan.needs, matched.mets
    places: list[int] = []
    values: list[float] = []
    for covered, those in matched.layers:
        if covered >= least:
            worth, degrees = need.importance * (covered / need.importance) ** COVERAGE_POWER, met.degrees
            places += those
            values += [worth * degrees[place] for place in those]
    return places, values


def is_loosened(matched: Matched, plan: Plan, least: float) -> bool:
    """Whether a document that is shown lacks something that was wanted."""
    enough = importance_of(plan) * _FULLY * STEPS[0]
    return len(plan.needs) > 1 and any(least <= covered < enough for covered in matched.coverages)


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
