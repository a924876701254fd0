"""Sessions as rows: how long they live, how they turn, what ends them."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.accounts import sessions
from hub.accounts.models import LoginSession, User
from hub.core.db import db
from hub.mailing.models import Letter
from tests.accounts.held_clock import hold_clock
from tests.support.client import Visitor
from tests.support.events import proves

SECOND = timedelta(seconds=1)


def is_in(browser):
    return browser.get("/account").status_code == 200


def reference(browser):
    return browser.client.get_cookie(sessions.cookie_name()).value


def with_reference(app, value):
    browser = Visitor(app)
    browser.client.set_cookie(sessions.cookie_name(), value)
    return browser


@pytest.fixture
def kept(visitor, make):
    """A browser of a member who stays signed in."""
    visitor.sign_in(make.user(), keep=True)
    return visitor


@pytest.mark.parametrize(
    ("role", "idle"),
    [("member", 60), ("coordinator", 60), ("editor", 30), ("admin", 30)],
)
def test_a_session_ends_when_it_is_not_used(sign_in, make, monkeypatch, role, idle):
    browser = sign_in(make.user(role=role))
    assert is_in(browser)
    hold_clock(monkeypatch, timedelta(minutes=idle) - SECOND)
    assert is_in(browser)
    hold_clock(monkeypatch, timedelta(minutes=idle) - SECOND)
    assert is_in(browser)
    hold_clock(monkeypatch, timedelta(minutes=idle) + SECOND)
    assert not is_in(browser)


def test_a_session_ends_after_twelve_hours_however_busy(sign_in, make, monkeypatch):
    browser = sign_in(make.user())
    for _ in range(14):
        hold_clock(monkeypatch, timedelta(minutes=50))
        assert is_in(browser)
    hold_clock(monkeypatch, timedelta(minutes=50))
    assert not is_in(browser)


def test_a_kept_session_lives_thirty_days(kept, monkeypatch):
    for _ in range(29):
        hold_clock(monkeypatch, timedelta(days=1))
        assert is_in(kept)
    hold_clock(monkeypatch, timedelta(days=1, minutes=1))
    assert not is_in(kept)


def test_a_kept_session_gets_a_new_reference_each_day(kept, monkeypatch):
    first = reference(kept)
    hold_clock(monkeypatch, timedelta(hours=23))
    assert is_in(kept) and reference(kept) == first
    hold_clock(monkeypatch, timedelta(hours=2))
    assert is_in(kept) and reference(kept) != first
    assert is_in(kept)


def test_requests_under_way_while_the_reference_turns_still_count(app, kept, monkeypatch):
    first = reference(kept)
    hold_clock(monkeypatch, timedelta(days=1, minutes=1))
    assert is_in(kept)
    late = with_reference(app, first)
    assert is_in(late) and reference(late) == first
    assert is_in(kept)


@proves("session.copied")
def test_t26_an_old_reference_that_comes_back_ends_all_sessions_and_tells_the_person(
    app, kept, sign_in, make, monkeypatch
):
    person = db.session.get(User, db.session.scalar(select(LoginSession.user_id)))
    other, stranger = sign_in(person), sign_in(make.user())
    first = reference(kept)
    hold_clock(monkeypatch, timedelta(days=1, minutes=1))
    assert is_in(kept)
    hold_clock(monkeypatch, timedelta(minutes=2))
    assert not is_in(with_reference(app, first))
    assert not is_in(kept) and not is_in(other)
    left = db.session.scalars(select(LoginSession.user_id)).all()
    assert person.id not in left and len(left) == 1
    assert stranger is not None
    letters = db.session.scalars(select(Letter)).all()
    assert [letter.recipient for letter in letters] == [person.email] and "kopiert" in letters[0].text


def test_two_requests_at_once_turn_the_reference_once(app, kept, monkeypatch):
    old = reference(kept)
    hold_clock(monkeypatch, timedelta(days=1, minutes=1))
    row = db.session.scalar(select(LoginSession))
    with app.test_request_context():
        for _ in range(2):
            sessions._rotate(row.id, sessions.hash_token(old), sessions.clock.now())
    db.session.expire_all()
    assert db.session.scalar(select(LoginSession.previous_hash)) == sessions.hash_token(old)


def test_a_token_of_a_page_outlives_the_turning_of_the_reference(kept, monkeypatch):
    token = kept.token()
    hold_clock(monkeypatch, timedelta(days=1, minutes=1))
    answer = kept.post("/account", {"name": "Neuer Name", "csrf_token": token})
    assert answer.headers["Location"] == "/account"
    assert db.session.scalar(select(User.name).where(User.name == "Neuer Name")) is not None


@pytest.mark.parametrize("value", ["", "x", "x" * 101, "ä", "x" * 5000])
def test_odd_cookies_are_strangers(app, value):
    browser = Visitor(app)
    assert browser.client.get("/account", headers={"Cookie": f"hub_session={value}"}).status_code == 303


def test_only_hashes_of_references_are_stored(kept):
    value = reference(kept)
    row = db.session.scalar(select(LoginSession))
    assert row.reference_hash != value and len(row.reference_hash) == 64


def test_very_old_rows_are_swept(make, visitor, monkeypatch):
    person = make.user()
    visitor.sign_in(person)
    hold_clock(monkeypatch, timedelta(days=31))
    visitor.sign_in(person)
    assert db.session.scalar(select(func.count()).select_from(LoginSession)) == 1


def test_use_is_noted_at_most_once_a_minute(kept, make, monkeypatch):
    is_in(kept)
    person = db.session.scalar(select(User))
    first = person.last_seen_at
    hold_clock(monkeypatch, timedelta(seconds=50))
    is_in(kept)
    db.session.expire_all()
    assert person.last_seen_at == first
    hold_clock(monkeypatch, timedelta(seconds=20))
    is_in(kept)
    db.session.expire_all()
    assert person.last_seen_at > first


def test_over_tls_the_cookie_is_bound_to_the_host(app, make, visitor):
    make.user(email="tauben@example.org", password="sieben graue Tauben am Bahnhof")
    app.config["SECURE"] = True
    try:
        fields = {"email": "tauben@example.org", "password": "sieben graue Tauben am Bahnhof"}
        answer = visitor.post("/login", fields, base_url="https://localhost")
        cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-session="))
        assert "Secure" in cookie and "HttpOnly" in cookie and "Path=/" in cookie and "Domain" not in cookie
        assert "Secure" in next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("hub_known="))
    finally:
        app.config["SECURE"] = False
