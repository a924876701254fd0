"""Passkeys: added, used as second step and as the way in; forged, foreign and repeated answers open nothing."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.accounts import limits
from hub.accounts.factor_models import Passkey
from hub.accounts.models import LoginSession
from hub.accounts.service import factors, passkeys
from hub.core import clock
from hub.core.actor import FRESH_FOR
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.web.headers import PERMISSIONS_POLICY
from tests.accounts.authenticator import PRESENT, Authenticator
from tests.accounts.held_clock import hold_clock
from tests.support.client import Visitor
from tests.support.events import proves

PASSWORD = "sieben graue Tauben am Bahnhof"


@pytest.fixture(autouse=True)
def named(app, monkeypatch):
    """The hub under a name: passkeys do not go with a number."""
    monkeypatch.setitem(app.config, "BASE_URL", "http://localhost:8000")


@pytest.fixture
def person(make):
    return make.user(email="tauben@example.org", password=PASSWORD)


@pytest.fixture
def device():
    return Authenticator()


@pytest.fixture
def browser(sign_in, person):
    return sign_in(person)


def options(browser, path):
    return json.loads(browser.post(path).get_data(as_text=True))


def add(browser, device, name="Mein Telefon"):
    asked = options(browser, "/account/security/passkeys/options")
    return browser.post("/account/security/passkeys/new", {"credential": device.make(asked), "name": name})


def enter(browser, device, **changes):
    answer = device.show(options(browser, "/login/passkey/options"), **changes)
    return browser.post("/login/passkey", {"credential": answer, "next": "/account"})


def stored(person):
    db.session.expire_all()
    return db.session.scalars(select(Passkey).where(Passkey.user_id == person.id)).all()


@proves("user.passkey_added")
def test_a_passkey_is_added_and_brings_recovery_codes(browser, device, person):
    asked = options(browser, "/account/security/passkeys/options")
    assert asked["rp"]["id"] == "localhost"
    assert asked["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    answer = browser.post(
        "/account/security/passkeys/new", {"credential": device.make(asked), "name": " Mein \0Telefon "}
    )
    assert answer.status_code == 200 and "Wiederherstellungscodes" in answer.get_data(as_text=True)
    passkey = stored(person)[0]
    assert (passkey.name, passkey.transports) == ("Mein Telefon", ["internal"])
    assert factors.find(person.id).codes_left == 10
    assert "Mein Telefon" in browser.get("/account/security").get_data(as_text=True)


def test_a_passkey_alone_opens_a_session(app, browser, device, person):
    add(browser, device)
    other = Visitor(app)
    answer = enter(other, device)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert "tauben@example.org" in other.get("/account").get_data(as_text=True)
    assert "passkey" in db.session.scalars(select(LoginSession.proofs)).all()
    assert stored(person)[0].used_at is not None


def test_a_passkey_is_the_second_step(app, browser, device, person):
    add(browser, device)
    other = Visitor(app)
    answer = other.post("/login", {"email": person.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/login/second"
    asked = options(other, "/login/second/options")
    assert [one["id"] for one in asked["allowCredentials"]] == [stored(person)[0].credential_id]
    assert other.post("/login/second/passkey", {"credential": "{}"}).status_code == 422
    asked = options(other, "/login/second/options")
    assert other.post("/login/second/passkey", {"credential": device.show(asked)}).headers["Location"] == "/"
    assert other.get("/account").status_code == 200


def test_a_passkey_confirms_a_sensitive_step(browser, device, monkeypatch):
    add(browser, device)
    hold_clock(monkeypatch, FRESH_FOR + timedelta(seconds=1))
    assert "Mit Passkey bestätigen" in browser.get("/confirm?next=/account/security").get_data(as_text=True)
    answer = device.show(options(browser, "/confirm/options"))
    form = {"credential": answer, "next": "/account/security"}
    assert browser.post("/confirm/passkey", form).headers["Location"] == "/account/security"
    assert browser.get("/account/security/passkeys/new").status_code == 200


def test_an_answer_counts_once_and_in_its_own_browser(app, browser, device):
    add(browser, device)
    first, second = Visitor(app), Visitor(app)
    answer = device.show(options(first, "/login/passkey/options"))
    options(second, "/login/passkey/options")
    assert second.post("/login/passkey", {"credential": answer}).status_code == 422
    assert first.post("/login/passkey", {"credential": answer}).status_code == 303
    first.post("/logout")
    first._token = None
    assert first.post("/login/passkey", {"credential": answer}).status_code == 422


def test_a_challenge_ends_after_five_minutes(app, browser, device, monkeypatch):
    add(browser, device)
    other = Visitor(app)
    answer = device.show(options(other, "/login/passkey/options"))
    hold_clock(monkeypatch, timedelta(minutes=5, seconds=1))
    assert other.post("/login/passkey", {"credential": answer}).status_code == 422


def test_a_challenge_serves_its_own_purpose_only(app, browser, device, person):
    add(browser, device)
    answer = device.show(options(browser, "/confirm/options"))
    browser.sign_out()
    assert browser.post("/login/passkey", {"credential": answer}).status_code == 422


@pytest.mark.parametrize(
    "change",
    [{"origin": "http://anderswo.example"}, {"host": "anderswo.example"}, {"flags": PRESENT}, {"flags": 0}],
)
def test_foreign_places_and_unverified_people_open_nothing(app, browser, device, change):
    add(browser, device)
    for name, value in change.items():
        setattr(device, name, value)
    answer = enter(Visitor(app), device)
    assert answer.status_code == 422 and "Mit diesem Passkey geht es nicht" in answer.get_data(as_text=True)


@pytest.mark.parametrize("change", [{"flags": PRESENT}, {"origin": "https://anderswo.example"}])
def test_what_is_made_elsewhere_or_unverified_is_not_added(browser, device, person, change):
    for name, value in change.items():
        setattr(device, name, value)
    answer = add(browser, device)
    assert answer.status_code == 422 and "ließ sich nicht prüfen" in answer.get_data(as_text=True)
    assert stored(person) == []


def test_a_forged_signature_or_another_persons_name_opens_nothing(app, browser, device):
    add(browser, device)
    assert enter(Visitor(app), device, userHandle="AAAA").status_code == 422
    assert enter(Visitor(app), device, signature="AAAA").status_code == 422
    forger = Authenticator()
    forger.id, forger.handle = device.id, device.handle
    assert enter(Visitor(app), forger).status_code == 422


def test_a_copied_device_shows_by_its_counter(app, browser, device):
    add(browser, device)
    device.count = 7
    assert enter(Visitor(app), device).status_code == 303
    device.count = 3
    assert enter(Visitor(app), device).status_code == 422


@pytest.mark.parametrize(
    "answer",
    ["", "{", "[]", "7", "{}", '{"id": 7}', '{"id": "\\u0000"}', '{"id": "\\ud800"}', "[" * 10_000, "x" * 30_000,
     '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}',
     '{"id": "AAAA", "response": []}'],
)  # fmt: skip
def test_odd_answers_are_refused(app, browser, device, person, answer):
    add(browser, device)
    other = Visitor(app)
    known = answer.replace("AAAA", stored(person)[0].credential_id)
    for credential in (answer, known):
        options(other, "/login/passkey/options")
        assert other.post("/login/passkey", {"credential": credential}).status_code == 422
    options(browser, "/account/security/passkeys/options")
    assert browser.post("/account/security/passkeys/new", {"credential": answer, "name": "x"}).status_code == 422


def test_a_blocked_account_is_not_opened_by_its_passkey(app, browser, device, person):
    add(browser, device)
    with unit_of_work():
        person.blocked_at = clock.now()
    assert enter(Visitor(app), device).status_code == 422


def test_guessing_with_passkeys_comes_to_an_end(app, browser, device, monkeypatch):
    monkeypatch.setattr(limits, "PER_ADDRESS", 3)
    add(browser, device)
    other = Visitor(app)
    for _ in range(3):
        assert other.post("/login/passkey", {"credential": "{}"}).status_code == 422
    assert enter(other, device).status_code == 429


@proves("user.passkey_removed")
def test_several_are_named_and_removed(browser, device, person):
    add(browser, device)
    asked = options(browser, "/account/security/passkeys/options")
    assert [one["id"] for one in asked["excludeCredentials"]] == [stored(person)[0].credential_id]
    second = Authenticator()
    answer = browser.post("/account/security/passkeys/new", {"credential": second.make(asked), "name": ""})
    assert answer.status_code == 303
    assert second.handle == device.handle
    one, two = stored(person)
    browser.post(f"/account/security/passkeys/{two.id}/rename", {"name": "Schlüssel am Bund"})
    assert stored(person)[1].name == "Schlüssel am Bund"
    browser.post(f"/account/security/passkeys/{one.id}/remove")
    assert [passkey.id for passkey in stored(person)] == [two.id]


def test_t33_passkeys_of_others_are_not_found(browser, device, sign_in, make, person):
    add(browser, device)
    stranger = sign_in(make.user())
    number = stored(person)[0].id
    assert stranger.post(f"/account/security/passkeys/{number}/rename", {"name": "x"}).status_code == 404
    assert stranger.post(f"/account/security/passkeys/{number}/remove").status_code == 404


def test_a_hub_under_a_number_offers_no_passkeys(app, visitor, browser, monkeypatch):
    for base in ("http://127.0.0.1:8000", "http://[::1]:8000"):
        monkeypatch.setitem(app.config, "BASE_URL", base)
        assert not passkeys.are_possible()
    assert "Passkey" not in visitor.get("/login").get_data(as_text=True)
    assert browser.get("/account/security/passkeys/new").status_code == 404
    assert "gehen Passkeys nicht" in browser.get("/account/security").get_data(as_text=True)


def test_the_headers_allow_passkeys_for_ourselves_only():
    assert "publickey-credentials-get=(self)" in PERMISSIONS_POLICY
    assert "publickey-credentials-create=(self)" in PERMISSIONS_POLICY
