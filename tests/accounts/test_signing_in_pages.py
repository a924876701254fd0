"""Sign-in page, one-time links, sign-out: what people and strangers get to see."""

import re
from datetime import timedelta

import bcrypt
import pytest

from hub.accounts import passwords, sessions
from hub.accounts.models import LoginSession, User
from hub.accounts.service.people import block_user
from hub.accounts.service.signing_in import LIFETIMES, make_link
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.errors import Busy
from tests.accounts.held_clock import hold_clock

PASSWORD = "sieben graue Tauben am Bahnhof"
VOLATILE = re.compile(r'name="csrf_token" value="[^"]+"')


@pytest.fixture
def person(make):
    return make.user(email="tauben@example.org", password=PASSWORD, organisation="Essen")


def cookie_of(answer, name):
    return next((value for value in answer.headers.getlist("Set-Cookie") if value.startswith(f"{name}=")), "")


def test_right_password_leads_to_the_wanted_page(visitor, person):
    answer = visitor.post("/login", {"email": " Tauben@example.org ", "password": PASSWORD, "next": "/account"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    cookie = cookie_of(answer, "hub_session")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Max-Age" not in cookie
    assert visitor.get("/account").status_code == 200


def test_staying_signed_in_is_a_cookie_of_thirty_days_for_members_only(visitor, make):
    make.user(email="a@example.org", password=PASSWORD)
    make.user(email="b@example.org", password=PASSWORD, role="editor")
    member = visitor.post("/login", {"email": "a@example.org", "password": PASSWORD, "keep": "y"})
    assert "Max-Age=2592000" in cookie_of(member, "hub_session")
    visitor.sign_out()
    editor = visitor.post("/login", {"email": "b@example.org", "password": PASSWORD, "keep": "y"})
    assert "Max-Age" not in cookie_of(editor, "hub_session")


def test_signing_in_keeps_the_password_with_the_cost_of_today(app, visitor, person, monkeypatch):
    before, right = person.password_hash, {"email": "tauben@example.org", "password": PASSWORD}
    monkeypatch.setitem(app.config, "BCRYPT_COST", 5)
    visitor.post("/login", right | {"password": "falsches Passwort"})
    assert db.session.get(User, person.id).password_hash == before
    assert visitor.post("/login", right).status_code == 303
    db.session.expire_all()
    renewed = db.session.get(User, person.id).password_hash
    assert before.startswith("v1$$2b$04$") and renewed.startswith("v1$$2b$05$")
    assert passwords.is_password(PASSWORD, renewed)
    visitor.sign_out()
    monkeypatch.setitem(app.config, "BCRYPT_COST", 4)  # less work is no reason
    assert visitor.post("/login", right).status_code == 303
    db.session.expire_all()
    assert db.session.get(User, person.id).password_hash == renewed


def test_a_hash_that_cannot_be_renewed_now_waits_for_the_next_time(app, visitor, person, monkeypatch):
    def busy(password):
        raise Busy

    before = person.password_hash
    monkeypatch.setitem(app.config, "BCRYPT_COST", 5)
    monkeypatch.setattr(passwords, "hash_password", busy)
    assert visitor.post("/login", {"email": "tauben@example.org", "password": PASSWORD}).status_code == 303
    db.session.expire_all()
    assert db.session.get(User, person.id).password_hash == before


def test_wrong_unknown_and_blocked_get_the_same_answer(visitor, make, person):
    make.user(email="zaun__@example.org", password=PASSWORD, blocked_at=clock.now())
    make.user(email="offen_@example.org")
    tries = [
        ("tauben@example.org", "falsches Passwort"),
        ("nobody@example.org", PASSWORD),
        ("zaun__@example.org", PASSWORD),
        ("offen_@example.org", PASSWORD),
    ]
    answers = []
    for email, password in tries:
        answer = visitor.post("/login", {"email": email, "password": password})
        text = VOLATILE.sub("", answer.get_data(as_text=True)).replace(email, "…")
        headers = {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}
        assert PASSWORD not in text and "falsches Passwort" not in text
        answers.append((answer.status_code, text, headers))
    assert answers[0][0] == 422
    assert "passen nicht zusammen" in answers[0][1]
    assert all(answer == answers[0] for answer in answers)


def test_each_way_of_failing_costs_one_hash(visitor, make, person, monkeypatch):
    calls = []
    original = bcrypt.checkpw
    monkeypatch.setattr(bcrypt, "checkpw", lambda *given: calls.append(given) or original(*given))
    make.user(email="zaun@example.org", password=PASSWORD, blocked_at=clock.now())
    make.user(email="offen@example.org")
    for email, password in [
        ("tauben@example.org", PASSWORD),
        ("tauben@example.org", "falsch"),
        ("nobody@example.org", PASSWORD),
        ("zaun@example.org", PASSWORD),
        ("offen@example.org", PASSWORD),
        ("tauben@example.org", "x" * 100_000),
        ("tauben@example.org", "x\0y"),
    ]:
        calls.clear()
        visitor.post("/login", {"email": email, "password": password})
        visitor.sign_out()
        assert len(calls) == 1, (email, password[:20])


def test_too_many_failures_are_answered_in_words_without_a_hash(visitor, person, monkeypatch):
    for _ in range(10):
        assert visitor.post("/login", {"email": person.email, "password": "falsch"}).status_code == 422
    monkeypatch.setattr(bcrypt, "checkpw", None)
    answer = visitor.post("/login", {"email": person.email, "password": PASSWORD})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert "fünf Minuten" in answer.get_data(as_text=True)


def test_a_known_browser_is_not_locked_out_by_failures_elsewhere(app, visitor, person):
    from tests.support.client import Visitor

    visitor.post("/login", {"email": person.email, "password": PASSWORD})
    visitor.post("/logout")
    stranger = Visitor(app)
    for _ in range(11):
        last = stranger.post("/login", {"email": person.email, "password": "falsch"})
    assert last.status_code == 429
    visitor.sign_out()
    assert visitor.post("/login", {"email": person.email, "password": PASSWORD}).status_code == 303


def test_a_forged_known_browser_counts_like_any_other(app, visitor, person):
    visitor.client.set_cookie("hub_known", "WyJ4IixbMV1d.aaaa.forged")
    for _ in range(10):
        visitor.post("/login", {"email": person.email, "password": "falsch"})
    assert visitor.post("/login", {"email": person.email, "password": PASSWORD}).status_code == 429


def test_empty_fields_are_named(visitor):
    answer = visitor.post("/login", {"email": "", "password": ""})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Bitte geben Sie Ihre E-Mail-Adresse ein." in text and "Bitte geben Sie Ihr Passwort ein." in text


def test_who_is_signed_in_goes_on_at_once(sign_in, make):
    answer = sign_in(make.user()).get("/login?next=/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")


def test_a_session_that_ended_is_named_on_the_sign_in_page(visitor, person, monkeypatch):
    visitor.sign_in(person)
    hold_clock(monkeypatch, timedelta(minutes=61))
    answer = visitor.get("/account", follow_redirects=True)
    assert "Sie waren länger nicht aktiv" in answer.get_data(as_text=True)


def test_signing_out_ends_the_session_on_the_server_too(app, make, visitor):
    visitor.sign_in(make.user())
    copied = visitor.client.get_cookie(sessions.cookie_name()).value
    answer = visitor.post("/logout")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Max-Age=0" in cookie_of(answer, "hub_session")
    visitor.client.set_cookie(sessions.cookie_name(), copied)
    assert visitor.get("/account").status_code == 303


def test_signing_in_elsewhere_changes_the_reference_and_ends_the_old_one(make, visitor, person):
    visitor.sign_in(make.user())
    old = visitor.client.get_cookie(sessions.cookie_name()).value
    token = make_link(SYSTEM, person, "sign_in")
    assert visitor.post(f"/link/{token}").status_code == 303
    assert visitor.client.get_cookie(sessions.cookie_name()).value != old
    assert sessions.find_id(old) is None


@pytest.mark.parametrize("purpose", ["sign_in", "example"])
def test_a_sign_in_link_works_once_and_only_by_its_button(visitor, person, purpose):
    token = make_link(SYSTEM, person, purpose)
    for _ in range(2):
        page = visitor.get(f"/link/{token}")
        assert page.status_code == 200 and "tauben@example.org" in page.get_data(as_text=True)
    answer = visitor.post(f"/link/{token}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    visitor.sign_out()
    for used in (visitor.get(f"/link/{token}"), visitor.post(f"/link/{token}")):
        assert used.status_code == 410
        assert "schon benutzt" in used.get_data(as_text=True)


def test_an_old_link_says_that_its_time_is_over(visitor, person, monkeypatch):
    token = make_link(SYSTEM, person, "sign_in")
    hold_clock(monkeypatch, LIFETIMES["sign_in"] + timedelta(seconds=1))
    answer = visitor.get(f"/link/{token}")
    assert answer.status_code == 410 and "abgelaufen" in answer.get_data(as_text=True)
    assert visitor.post(f"/link/{token}").status_code == 410


@pytest.mark.parametrize("token", ["unbekannt", "x" * 3000, "%00", "%F0%9F%9A%86"])
def test_an_unknown_link_is_answered_with_help(visitor, token):
    answer = visitor.get(f"/link/{token}")
    assert answer.status_code == 404 and "Geschäftsstelle" in answer.get_data(as_text=True)


def test_a_link_of_a_blocked_account_leads_nowhere(visitor, make, admin):
    person = make.user()
    token = make_link(SYSTEM, person, "sign_in")
    block_user(admin, person)
    assert visitor.post(f"/link/{token}").status_code == 410


@pytest.mark.parametrize("purpose", ["invitation", "first_admin"])
def test_an_invitation_sets_the_password_and_signs_in(visitor, make, purpose):
    person = make.user(email="neu@example.org")
    token = make_link(SYSTEM, person, purpose)
    assert "neu@example.org" in visitor.get(f"/link/{token}").get_data(as_text=True)
    weak = visitor.post(f"/link/{token}", {"new_password": "passwort", "repeated_password": "passwort"})
    assert weak.status_code == 422 and "weniger als 12 Zeichen" in weak.get_data(as_text=True)
    typo = visitor.post(f"/link/{token}", {"new_password": PASSWORD, "repeated_password": PASSWORD[:-1]})
    assert typo.status_code == 422 and PASSWORD[:-1] not in typo.get_data(as_text=True)
    done = visitor.post(f"/link/{token}", {"new_password": PASSWORD, "repeated_password": PASSWORD})
    assert done.status_code == 303
    assert visitor.get("/account").status_code == 200
    visitor.sign_out()
    assert visitor.post(f"/link/{token}", {"new_password": PASSWORD}).status_code == 410
    assert visitor.post("/login", {"email": "neu@example.org", "password": PASSWORD}).status_code == 303


def test_a_password_link_is_no_button_and_a_button_no_password_link(visitor, person):
    sign_in_link = make_link(SYSTEM, person, "sign_in")
    visitor.post(f"/link/{sign_in_link}", {"new_password": "ein anderer langer Satz", "repeated_password": "egal"})
    visitor.sign_out()
    assert visitor.post("/login", {"email": person.email, "password": PASSWORD}).status_code == 303


def test_no_password_or_link_reaches_the_tables(visitor, make, person):
    from sqlalchemy import select

    token = make_link(SYSTEM, person, "sign_in")
    visitor.post(f"/link/{token}")
    reference = visitor.client.get_cookie(sessions.cookie_name()).value
    for table in db.metadata.sorted_tables:
        kept = str(db.session.execute(select(table)).all())
        assert token not in kept and reference not in kept and PASSWORD not in kept
    assert db.session.scalar(select(LoginSession)) is not None
