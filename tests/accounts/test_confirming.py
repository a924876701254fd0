"""Before a sensitive step the person shows again who they are; the session turns its reference, nothing is lost."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.accounts import limits, sessions
from hub.accounts.models import LoginSession, User
from hub.core.actor import FRESH_FOR, Proof
from hub.core.db import db
from tests.accounts.held_clock import hold_clock
from tests.support.client import Visitor

PASSWORD = "sieben graue Tauben am Bahnhof"
STALE = FRESH_FOR + timedelta(seconds=1)


@pytest.fixture
def admin(make):
    return make.user(role="admin", password=PASSWORD)


@pytest.fixture
def browser(sign_in, admin):
    return sign_in(admin)


def reference(browser):
    return browser.client.get_cookie(sessions.cookie_name()).value


def row_of(browser):
    db.session.expire_all()
    return db.session.scalar(
        select(LoginSession).where(LoginSession.reference_hash == sessions.hash_token(reference(browser)))
    )


def confirm(browser, target, password=PASSWORD, **more):
    return browser.post("/confirm", {"password": password, "next": target, **more})


def test_a_fresh_session_is_not_asked(browser, make):
    person = make.user()
    assert browser.post(f"/people/{person.id}/block").headers["Location"] == f"/people/{person.id}"


def test_a_step_of_the_administration_asks_after_a_quarter_of_an_hour(browser, make, monkeypatch):
    person = make.user()
    hold_clock(monkeypatch, STALE)
    page = {"next": f"/people/{person.id}"}
    asked = browser.post(f"/people/{person.id}/block", page)
    assert (asked.status_code, asked.headers["Location"]) == (303, f"/confirm?next=/people/{person.id}&repeats=1")
    assert db.session.get(User, person.id).blocked_at is None
    assert "Bitte bestätigen Sie" in browser.get(asked.headers["Location"]).get_data(as_text=True)
    answer = confirm(browser, f"/people/{person.id}", repeats="1")
    assert answer.headers["Location"] == f"/people/{person.id}"
    assert "wiederholen Sie jetzt den letzten Schritt" in browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert browser.post(f"/people/{person.id}/block").headers["Location"] == f"/people/{person.id}"
    db.session.expire_all()
    assert db.session.get(User, person.id).blocked_at is not None


def test_looking_at_the_people_asks_nothing(browser, monkeypatch):
    hold_clock(monkeypatch, STALE)
    assert browser.get("/people").status_code == 200


def test_a_typed_form_is_there_again_after_the_question(browser, admin, monkeypatch):
    hold_clock(monkeypatch, STALE)
    fields = {"email": "neu@example.org", "name": "Neue Person", "organisation": admin.organisation_id, "role": "admin"}
    asked = browser.post("/people", fields)
    assert asked.headers["Location"] == "/confirm?next=/people"
    assert db.session.scalar(select(User).where(User.email == "neu@example.org")) is None
    assert confirm(browser, "/people").headers["Location"] == "/people"
    page = browser.get("/people").get_data(as_text=True)
    assert "neu@example.org" in page and "Bitte senden Sie sie noch einmal ab" in page and "abgelaufen" not in page


def test_the_proof_is_noted_and_the_reference_turns(app, browser, monkeypatch):
    before = reference(browser)
    hold_clock(monkeypatch, STALE)
    confirm(browser, "/people")
    assert reference(browser) != before
    assert row_of(browser).proofs == "password" and row_of(browser).previous_hash is None
    copied = Visitor(app)
    copied.client.set_cookie(sessions.cookie_name(), before)
    assert copied.get("/account").status_code == 303
    assert browser.get("/account").status_code == 200


def test_a_token_of_a_page_outlives_the_question(browser, monkeypatch):
    token = browser.token()
    hold_clock(monkeypatch, STALE)
    confirm(browser, "/people")
    assert browser.post("/account", {"name": "Neuer Name", "csrf_token": token}).headers["Location"] == "/account"


def test_a_wrong_password_confirms_nothing(browser, monkeypatch):
    hold_clock(monkeypatch, STALE)
    answer = confirm(browser, "/people", "falsch")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Das Passwort stimmt nicht" in text and 'value="/people"' in text
    assert browser.post("/people", {"name": "x"}).headers["Location"].startswith("/confirm")
    assert "Bitte geben Sie Ihr Passwort ein" in confirm(browser, "/people", "").get_data(as_text=True)


def test_guessing_on_the_question_comes_to_an_end(browser, monkeypatch):
    hold_clock(monkeypatch, STALE)
    for _ in range(limits.PER_ACCOUNT):
        confirm(browser, "/people", "falsch")
    assert "fünf Minuten" in confirm(browser, "/people").get_data(as_text=True)


@pytest.mark.parametrize("target", ["https://anderswo.example/", "//anderswo.example", "/\\anderswo", "/nirgends"])
def test_t29_the_question_leads_to_our_pages_only(browser, target):
    assert browser.get("/confirm", query_string={"next": target}).headers["Location"] == "/"
    assert confirm(browser, target).headers["Location"] == "/"


def test_a_person_without_a_password_sets_one_only_with_a_fresh_sign_in(sign_in, make, monkeypatch):
    browser = sign_in(make.user())
    hold_clock(monkeypatch, STALE)
    fields = {"new_password": PASSWORD, "repeated_password": PASSWORD}
    asked = browser.post("/account/password", fields, headers={"Referer": "http://localhost/account"})
    assert asked.headers["Location"] == "/confirm?next=/account&repeats=1"
    assert PASSWORD not in str(db.session.execute(select(LoginSession.parked)).all())
    page = browser.get("/confirm").get_data(as_text=True)
    assert "noch kein Passwort" in page
    assert confirm(browser, "/account").status_code == 422


def test_the_present_password_is_proof_enough_for_a_new_one(sign_in, make, monkeypatch):
    person = make.user(password=PASSWORD)
    browser = sign_in(person)
    before = reference(browser)
    hold_clock(monkeypatch, STALE)
    new = "acht rote Busse an der Ecke"
    fields = {"current_password": PASSWORD, "new_password": new, "repeated_password": new}
    assert browser.post("/account/password", fields).headers["Location"] == "/account/security"
    assert reference(browser) != before and browser.get("/account").status_code == 200


@pytest.mark.parametrize(("secure", "status"), [(False, 303), (True, 422)])
def test_an_example_account_confirms_by_a_click_on_loopback_only(app, make, monkeypatch, secure, status):
    monkeypatch.setitem(app.config, "SECURE", secure)
    browser = Visitor(app)
    base = "https://localhost" if secure else "http://localhost"
    browser.client.set_cookie(
        sessions.cookie_name(), sessions.start(make.user(role="admin", is_example=True).id, False), secure=secure
    )
    hold_clock(monkeypatch, STALE)
    page = browser.get("/confirm", base_url=base).get_data(as_text=True)
    assert ("Hier genügt ein Klick" in page) is not secure
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    answer = browser.post("/confirm", {"next": "/people", "csrf_token": token}, base_url=base)
    assert answer.status_code == status


def test_sessions_remember_browser_and_proofs(visitor, admin):
    visitor.post("/login", {"email": admin.email, "password": PASSWORD})
    visitor.get("/account", headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" + "x" * 400})
    row = db.session.scalar(select(LoginSession))
    assert row.proofs == Proof.PASSWORD and row.agent.startswith("Mozilla/5.0") and len(row.agent) == 300
