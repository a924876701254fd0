"""From the history of tries to a verdict, and when to try again. Pure functions; the only place that decides.

The rules, in order:

1. The last try was fine: the link is fine, at once. Whatever came before, nobody is told that it is broken.
2. Else look at the tries since it was last fine. A verdict needs ``LEAST_TRIES`` of them over ``LEAST_DAYS`` days.
3. All of one kind: that kind. A move counts only while it leads to the same place; two ways of being gone (404, and
   "not found" said with status 200) are one kind. It holds while nothing but other failures follow.
4. Of several kinds: never gone. After ``MIXED_TRIES`` over ``MIXED_DAYS`` days the most frequent of the others.
5. A link that has come back before (``flaps``) must fail longer: each return within the known history adds two tries
   and four days, so a page that comes and goes is never called gone.
6. What cannot be tried (inner address, own port) says so at once: waiting would change nothing.

A suspect is looked at on four days running and once more four days later (``AGAIN``): looks at equal distances would
meet a page that is away every other day on bad days only.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from hub.linkcare.outcomes import BROKEN, Outcome

LEAST_TRIES, LEAST_DAYS = 5, timedelta(days=6)
MIXED_TRIES, MIXED_DAYS = 6, timedelta(days=10)
MORE_TRIES, MORE_DAYS, MOST_FLAPS = 2, timedelta(days=4), 5
KEPT_TRIES = 20
EACH, BROKEN_AGAIN, JITTER = timedelta(days=30), timedelta(days=7), 0.1
DAY = timedelta(days=1)
AGAIN, AGAIN_LATER = (DAY, DAY, DAY, 4 * DAY), timedelta(minutes=15)
_FAMILY = {Outcome.SOFT_GONE: Outcome.GONE}


@dataclass(frozen=True, slots=True)
class Try:
    """What one look at a link gave. ``target``: where a permanent redirect leads."""

    at: datetime
    outcome: Outcome
    target: str = ""
    reason: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is held of a link, since which try; ``target`` is the new address of one that moved."""

    outcome: Outcome
    since: datetime | None = None
    target: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether readers do not get what the entry promises."""
        return self.outcome in BROKEN


def judge(tries: Sequence[Try]) -> Verdict:
    """The verdict on a link with these tries, oldest first."""
    if not tries:
        return Verdict(Outcome.UNKNOWN)
    last, streak = tries[-1], _streak(tries)
    if last.outcome == Outcome.FINE:
        return Verdict(Outcome.FINE, streak[0].at)
    if last.outcome == Outcome.UNTRIED:
        return Verdict(Outcome.UNTRIED, streak[0].at)
    flaps = min(_flaps(tries), MOST_FLAPS)
    for run in _runs(streak):
        if _lasts(run, LEAST_TRIES + flaps * MORE_TRIES, LEAST_DAYS + flaps * MORE_DAYS):
            return Verdict(run[-1].outcome, run[0].at, run[-1].target)
    if _lasts(streak, MIXED_TRIES + flaps * MORE_TRIES, MIXED_DAYS + flaps * MORE_DAYS):
        others = Counter(one.outcome for one in streak if _kind(one)[0] not in (Outcome.GONE, Outcome.MOVED))
        if others:
            return Verdict(others.most_common(1)[0][0], streak[0].at)
    return Verdict(Outcome.UNKNOWN)


def wait_after(tries: Sequence[Try], verdict: Verdict, chance: float) -> timedelta:
    """How long to wait after the newest try; ``chance`` between 0 and 1 keeps links from moving in step."""
    if verdict.outcome == Outcome.UNKNOWN:
        place = (len(_streak(tries)) - 1) % len(AGAIN)
        return AGAIN[place] + AGAIN_LATER * chance  # never shorter: the tries must span the days
    usual = BROKEN_AGAIN if verdict.is_broken else EACH
    return usual * (1 - JITTER + 2 * JITTER * chance)


def _streak(tries: Sequence[Try]) -> Sequence[Try]:
    """The tries at the end that are all fine, or all not."""
    is_fine = tries[-1].outcome == Outcome.FINE
    first = len(tries)
    while first and (tries[first - 1].outcome == Outcome.FINE) == is_fine:
        first -= 1
    return tries[first:]


def _runs(streak: Sequence[Try]) -> Iterator[Sequence[Try]]:
    """Runs of tries that say the same thing, the newest first, as far back as nothing but failures came after."""
    end = len(streak)
    while end:
        first = end - 1
        while first and _kind(streak[first - 1]) == _kind(streak[end - 1]):
            first -= 1
        yield streak[first:end]
        if streak[first].outcome not in BROKEN:
            return
        end = first


def _kind(one: Try) -> tuple[Outcome, str]:
    is_move = one.outcome == Outcome.MOVED
    return _FAMILY.get(one.outcome, one.outcome), one.target if is_move else ""


def _lasts(tries: Sequence[Try], least: int, span: timedelta) -> bool:
    return len(tries) >= least and tries[-1].at - tries[0].at >= span


def _flaps(tries: Sequence[Try]) -> int:
    """How often the link was broken and came back."""
    return sum(before.outcome in BROKEN and after.outcome == Outcome.FINE for before, after in pairwise(tries))
