"""Verdicts are a pure function of the history of tries: patient, and never wrong about what comes and goes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.linkcare.judging import (
    AGAIN,
    AGAIN_LATER,
    EACH,
    JITTER,
    LEAST_DAYS,
    LEAST_TRIES,
    Try,
    Verdict,
    judge,
    wait_after,
)
from hub.linkcare.outcomes import BROKEN, Outcome

START = datetime(2026, 3, 2, tzinfo=UTC)
SIGNS = {
    "+": Outcome.FINE, "4": Outcome.GONE, "5": Outcome.SERVER, "s": Outcome.SOFT_GONE, "m": Outcome.MOVED,
    "r": Outcome.REFUSES, "h": Outcome.NO_HOST, "t": Outcome.SLOW, "u": Outcome.UNTRIED,
}  # fmt: skip


def tries(signs: str, days: float = 2) -> list[Try]:
    """One sign a try, so many days apart."""
    return [
        Try(START + timedelta(days=days * place), SIGNS[sign], "https://neu.example/" if sign == "m" else "")
        for place, sign in enumerate(signs)
    ]


@pytest.mark.parametrize(
    ("signs", "outcome"),
    [
        ("", Outcome.UNKNOWN),
        ("+", Outcome.FINE),
        ("4", Outcome.UNKNOWN),
        ("4444", Outcome.UNKNOWN),
        ("44444", Outcome.GONE),
        ("+++44444", Outcome.GONE),
        ("44444+", Outcome.FINE),
        ("4s4s4", Outcome.GONE),
        ("4s4ss", Outcome.SOFT_GONE),
        ("mmmmm", Outcome.MOVED),
        ("rrrrr", Outcome.REFUSES),
        ("r+r+", Outcome.FINE),
        ("+r+r", Outcome.UNKNOWN),
        ("55555", Outcome.SERVER),
        ("hhhhh", Outcome.NO_HOST),
        ("u", Outcome.UNTRIED),
        # A verdict stays while nothing but other failures follow, and ends when the link leads somewhere.
        ("444445", Outcome.GONE),
        ("44444tt", Outcome.GONE),
        ("44444m", Outcome.UNKNOWN),
        # Mixed failures are trouble on the website, never gone.
        ("454545", Outcome.SERVER),
        ("4t4t4t", Outcome.SLOW),
        ("45454", Outcome.UNKNOWN),
        # What has come back before must fail longer.
        ("4+44444", Outcome.UNKNOWN),
        ("4+4444444", Outcome.GONE),
        ("4+4+444444444", Outcome.GONE),
        ("4+4+44444444", Outcome.UNKNOWN),
    ],
)
def test_verdicts(signs, outcome):
    assert judge(tries(signs)).outcome == outcome


def test_many_tries_on_one_day_are_no_verdict():
    assert judge(tries("4" * 20, days=0.2)).outcome == Outcome.UNKNOWN


def test_a_move_counts_only_to_the_same_place():
    found = tries("mmmmm")
    other = Try(found[-1].at, Outcome.MOVED, "https://anders.example/")
    assert judge([*found[:-1], other]).outcome == Outcome.UNKNOWN
    assert judge(found) == Verdict(Outcome.MOVED, START, "https://neu.example/")


def test_a_verdict_knows_since_when():
    assert judge(tries("++44444")).since == START + timedelta(days=4)


@given(st.lists(st.sampled_from(sorted(SIGNS)), max_size=20), st.floats(0.01, 10))
def test_nothing_is_gone_that_answered_within_the_last_days(signs, days):
    """However it flaps: a link is called gone only when enough tries over enough days have failed since it was fine."""
    history = tries("".join(signs), days)
    verdict = judge(history)
    if verdict.outcome in BROKEN:
        fine = [one.at for one in history if one.outcome == Outcome.FINE]
        since = [one for one in history if not fine or one.at > fine[-1]]
        assert len(since) >= LEAST_TRIES
        assert since[-1].at - since[0].at >= LEAST_DAYS
        assert all(one.outcome != Outcome.FINE for one in since)


def test_links_that_are_fine_wait_a_month_and_suspects_long_enough_for_a_verdict():
    fine, suspect = judge(tries("+")), judge(tries("+4"))
    for chance in (0.0, 0.5, 1.0):
        assert EACH * (1 - JITTER) <= wait_after(tries("+"), fine, chance) <= EACH * (1 + JITTER)
        assert AGAIN[0] <= wait_after(tries("+4"), suspect, chance) <= AGAIN[0] + AGAIN_LATER
    assert sum(AGAIN[: LEAST_TRIES - 1], timedelta()) >= LEAST_DAYS


@pytest.mark.parametrize(("days", "up"), [(2, 1), (3, 1), (3, 2), (4, 1), (10, 5)])
@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_a_page_that_comes_and_goes_by_days_is_never_called_gone(days, up, chance):
    """Away on all but ``up`` of so many days, whatever the hour at which it was first looked at."""
    for hour in range(24 * days):
        history: list[Try] = []
        at, end = START + timedelta(hours=hour), START + timedelta(days=60)
        while at < end:
            is_up = (at - START).days % days < up
            history.append(Try(at, Outcome.FINE if is_up else Outcome.GONE))
            verdict = judge(history)
            assert verdict.outcome != Outcome.GONE, hour
            at += wait_after(history, verdict, chance)
