"""Failed sign-ins are counted: exactly to the limit, for a few minutes, apart for known browsers."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.accounts import limits
from hub.accounts.limits import Limit, take
from hub.accounts.models import LoginFailure
from hub.accounts.service.opening import Refusal, SignedIn
from hub.accounts.service.signing_in import sign_in
from hub.core.db import db
from tests.accounts.held_clock import hold_clock

PASSWORD = "sieben graue Tauben am Bahnhof"
EMAIL = "tauben@example.org"


@pytest.fixture
def person(make):
    return make.user(email=EMAIL, password=PASSWORD)


def attempt(email=EMAIL, password="falsch", address="192.0.2.1", browser=None):
    return sign_in(email, password, address, browser, False)


def test_the_eleventh_failure_for_an_account_is_refused_until_five_minutes_have_passed(person, monkeypatch):
    hold_clock(monkeypatch, timedelta())
    assert [attempt() for _ in range(12)] == [Refusal.WRONG] * 10 + [Refusal.TOO_OFTEN] * 2
    assert attempt(password=PASSWORD) is Refusal.TOO_OFTEN
    hold_clock(monkeypatch, timedelta(minutes=5, seconds=-1))
    assert attempt(password=PASSWORD) is Refusal.TOO_OFTEN
    hold_clock(monkeypatch, timedelta(seconds=2))
    assert isinstance(attempt(password=PASSWORD), SignedIn)


def test_an_unknown_address_is_counted_like_a_known_one(app):
    assert [attempt("nobody@example.org") for _ in range(11)][-2:] == [Refusal.WRONG, Refusal.TOO_OFTEN]


def test_spelling_does_not_open_a_new_count(person):
    for spelling in (EMAIL, EMAIL.upper(), f" {EMAIL} ", f"{EMAIL}\n") * 3:
        last = attempt(spelling)
    assert last is Refusal.TOO_OFTEN


def test_success_does_not_count(person):
    for _ in range(limits.PER_ACCOUNT + 5):
        assert isinstance(attempt(password=PASSWORD), SignedIn)
    assert db.session.scalar(select(func.count()).select_from(LoginFailure)) == 0


def test_a_hundred_failures_of_an_address_are_the_limit(app, monkeypatch):
    monkeypatch.setattr(limits, "PER_ADDRESS", 20)
    answers = [attempt(f"person{number}@example.org") for number in range(21)]
    assert answers == [Refusal.WRONG] * 20 + [Refusal.TOO_OFTEN]
    assert attempt("someone@example.org", address="192.0.2.2") is Refusal.WRONG


def test_the_limits_are_those_of_the_rules():
    assert (limits.PER_ACCOUNT, limits.PER_ADDRESS, limits.OVERALL) == (10, 100, 1000)
    assert timedelta(minutes=5) == limits.WINDOW


def test_the_whole_hub_has_a_limit(app, monkeypatch):
    monkeypatch.setattr(limits, "OVERALL", 5)
    answers = [attempt(f"person{number}@example.org", address=f"192.0.2.{number}") for number in range(6)]
    assert answers == [Refusal.WRONG] * 5 + [Refusal.TOO_OFTEN]


def test_a_known_browser_has_a_count_of_its_own(person):
    for _ in range(11):
        attempt()
    assert attempt(browser="known") is Refusal.WRONG
    for _ in range(10):
        last = attempt(browser="known")
    assert last is Refusal.TOO_OFTEN


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_an_ipv6_network_is_one_address(address, network):
    assert limits.network_of(address) == network


def test_several_times_count_over_the_same_rows(app, monkeypatch):
    both = (Limit("reset", "7", 2), Limit("reset", "7", 3, timedelta(days=1)))
    hold_clock(monkeypatch, timedelta())
    assert [take(*both) is not None for _ in range(3)] == [True, True, False]
    hold_clock(monkeypatch, timedelta(minutes=6))
    assert [take(*both) is not None for _ in range(2)] == [True, False]
    hold_clock(monkeypatch, timedelta(hours=12))
    assert take(*both) is None
    assert take(Limit("reset", "8", 1)) is not None
    hold_clock(monkeypatch, timedelta(hours=12))
    assert take(*both) is not None


def test_signing_in_does_not_sweep_what_is_counted_for_longer(person, monkeypatch):
    day = Limit("reset", "7", 1, timedelta(days=1))
    assert take(day) is not None
    hold_clock(monkeypatch, timedelta(hours=1))
    attempt()
    assert take(day) is None


def test_one_limit_reached_counts_nothing_for_the_others(app):
    assert take(Limit("a", "1", 1)) is not None
    assert take(Limit("b", "1", 1), Limit("a", "1", 1)) is None
    assert take(Limit("b", "1", 1)) is not None
