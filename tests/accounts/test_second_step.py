"""The second step of signing in: no session before both proofs; each code once; guessing comes to an end."""

import re
from datetime import timedelta

import bcrypt
import pytest
from sqlalchemy import func, select

from hub.accounts import half_open, limits, sessions
from hub.accounts.factor_models import HalfOpenSignIn, RecoveryCode
from hub.accounts.models import LoginSession
from hub.accounts.service import factors, recovery_codes, second_step, time_codes
from hub.accounts.service.people import block_user, change_own_password
from hub.accounts.service.signing_in import make_link
from hub.audit.models import AuditEvent
from hub.core import clock, sealing
from hub.core.actor import SYSTEM
from hub.core.db import db
from tests.accounts.codes import code_of, give_app, give_codes, row_of
from tests.accounts.held_clock import hold_clock
from tests.support.client import Visitor
from tests.support.events import proves

PASSWORD = "sieben graue Tauben am Bahnhof"


@pytest.fixture
def person(make):
    return make.user(email="tauben@example.org", password=PASSWORD)


@pytest.fixture
def seed(person):
    return give_app(person)


def begin(browser, **more):
    return browser.post("/login", {"email": "tauben@example.org", "password": PASSWORD, **more})


def show(browser, code, **more):
    return browser.post("/login/second", {"code": code, **more})


def is_in(browser):
    return browser.get("/account").status_code == 200


def sessions_of(user):
    return db.session.scalars(select(LoginSession).where(LoginSession.user_id == user.id)).all()


def test_the_password_alone_opens_no_session(visitor, person, seed):
    answer = begin(visitor)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login/second")
    assert visitor.client.get_cookie(sessions.cookie_name()) is None and sessions_of(person) == []
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("hub_second="))
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Max-Age=600" in cookie
    assert not is_in(visitor)


def test_both_proofs_open_the_session_and_lead_on(visitor, person, seed):
    begin(visitor, next="/account")
    answer = show(visitor, code_of(seed))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert is_in(visitor)
    assert sessions_of(person)[0].proofs == "password time_code"
    assert db.session.scalar(select(func.count()).select_from(HalfOpenSignIn)) == 0
    assert not visitor.client.get_cookie(half_open.cookie_name())


def test_codes_with_blanks_are_read(visitor, seed):
    begin(visitor)
    code = code_of(seed)
    assert show(visitor, f" {code[:3]} {code[3:]} ").headers["Location"] == "/"


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_one_step_off_is_taken_two_are_not(visitor, seed, monkeypatch, steps, fits):
    hold_clock(monkeypatch, timedelta())
    begin(visitor)
    answer = show(visitor, code_of(seed, steps))
    assert (answer.status_code == 303) is fits
    assert fits or "prüfen Sie die Uhr" in answer.get_data(as_text=True)


def test_t27_a_code_counts_once_and_no_earlier_one_after_it(app, person, seed, monkeypatch):
    hold_clock(monkeypatch, timedelta())
    first, second = Visitor(app), Visitor(app)
    begin(first)
    begin(second)
    assert show(first, code_of(seed)).status_code == 303
    assert show(second, code_of(seed)).status_code == 422
    assert show(second, code_of(seed, -1)).status_code == 422
    assert show(second, code_of(seed, 1)).status_code == 303


def test_t28_a_recovery_code_works_once_and_says_how_many_are_left(app, person, seed):
    codes = give_codes(person)
    first = Visitor(app)
    begin(first)
    assert show(first, codes[0].lower().replace("-", " "), recovery="1").status_code == 303
    assert "noch 9" in first.get("/account").get_data(as_text=True)
    second = Visitor(app)
    begin(second)
    answer = show(second, codes[0], recovery="1")
    assert answer.status_code == 422 and "schon benutzt" in answer.get_data(as_text=True)
    assert recovery_codes.count_left(person.id) == 9
    assert sessions_of(person)[0].proofs == "password recovery_code"


def test_recovery_codes_are_kept_as_keyed_hashes(app, person):
    codes = give_codes(person)
    assert len(set(codes)) == 10 and all(
        re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){5}[2-9A-HJ-NP-Z]{4}", code) for code in codes
    )
    stored = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert all(len(value) == 64 for value in stored)
    app.config["PASSWORD_PEPPER"], old = "another pepper, also only for tests", app.config["PASSWORD_PEPPER"]
    try:
        assert not recovery_codes.use(person.id, codes[0])
    finally:
        app.config["PASSWORD_PEPPER"] = old
    assert recovery_codes.use(person.id, codes[0])


def test_a_code_of_somebody_else_opens_nothing(visitor, make, person, seed):
    other = make.user()
    foreign, paper = give_app(other), give_codes(other)
    begin(visitor)
    assert show(visitor, code_of(foreign)).status_code == 422
    assert show(visitor, paper[0], recovery="1").status_code == 422


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "\0" * 6, "0" * 61, "x" * 10_000])
def test_odd_codes_are_refused_in_words(visitor, seed, code):
    begin(visitor)
    assert show(visitor, code).status_code == 422


@proves("session.second_step_refused")
def test_guessing_codes_comes_to_an_end(app, visitor, person, seed, monkeypatch):
    hold_clock(monkeypatch, timedelta())
    begin(visitor)
    for _ in range(5):
        assert show(visitor, "000000").status_code == 422
    answer = show(visitor, code_of(seed))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert "zu viele Versuche" in answer.get_data(as_text=True)
    events = select(func.count()).where(AuditEvent.action == "session.second_step_refused")
    assert db.session.scalar(events) == 5


@pytest.mark.parametrize(("window", "most"), [(timedelta(hours=1), 20), (timedelta(days=1), 50)])
def test_patient_guessing_comes_to_an_end_too(app, person, seed, monkeypatch, window, most):
    moment = clock.now()
    taken = 0
    for step in range(most + 5):
        at = moment + (window / (most + 10)) * step
        monkeypatch.setattr(clock, "_wall_clock", lambda at=at: at)
        taken += limits.take_second_place(person.id, None) is not None
    per_hour = 20 if window == timedelta(hours=1) else 50
    assert taken == per_hour


def test_a_known_browser_is_not_locked_out_of_the_second_step(app, visitor, person, seed, monkeypatch):
    hold_clock(monkeypatch, timedelta())
    begin(visitor)
    show(visitor, code_of(seed))
    visitor.post("/logout")
    visitor._token = None
    stranger = Visitor(app)
    begin(stranger)
    for _ in range(6):
        last = show(stranger, "000000")
    assert last.status_code == 429
    hold_clock(monkeypatch, timedelta(seconds=61))
    begin(visitor)
    assert show(visitor, code_of(seed)).status_code == 303


def test_the_second_step_is_bound_to_its_browser_and_ten_minutes(app, visitor, seed, monkeypatch):
    begin(visitor)
    other = Visitor(app)
    assert show(other, code_of(seed)).headers["Location"] == "/login"
    other.client.set_cookie(half_open.cookie_name(), "x" * 43)
    assert show(other, code_of(seed)).headers["Location"] == "/login"
    hold_clock(monkeypatch, timedelta(minutes=10, seconds=1))
    assert show(visitor, code_of(seed)).headers["Location"] == "/login"
    assert "zu lange gedauert" in visitor.get("/login").get_data(as_text=True)


def test_a_finished_step_cannot_be_finished_again(app, person, seed):
    first = half_open.start(person.id, False, sessions.Proof.PASSWORD)
    waiting, again = half_open.find(first), half_open.find(first)
    codes = give_codes(person)
    assert isinstance(second_step.finish_by_code(waiting, codes[0], None), second_step.SignedIn)
    assert second_step.finish_by_code(again, codes[1], None) is second_step.Refusal.WRONG


def test_a_form_waits_across_both_steps(visitor, make, seed, monkeypatch):
    from tests.accounts.test_lost_forms import HIDDEN, TYPED, html

    lost = visitor.post("/account", {"name": "Ein neuer Name mit Wörtern"})
    found = html.unescape(HIDDEN.search(lost.get_data(as_text=True))[1])
    begin(visitor, parked=found)
    assert "danach wieder da" in visitor.get("/login/second").get_data(as_text=True)
    assert show(visitor, code_of(seed)).headers["Location"] == "/account"
    assert "Ein neuer Name mit Wörtern" in visitor.get("/account").get_data(as_text=True) and TYPED


def test_a_link_does_not_skip_the_second_step(visitor, person, seed):
    token = make_link(SYSTEM, person, "sign_in")
    assert visitor.post(f"/link/{token}").headers["Location"] == "/login/second"
    assert not is_in(visitor)
    assert show(visitor, code_of(seed)).status_code == 303
    assert sessions_of(person)[0].proofs == "link time_code"


def test_a_new_password_by_link_does_not_skip_the_second_step(visitor, person, seed):
    token = make_link(SYSTEM, person, "invitation")
    new = "acht rote Busse an der Ecke"
    answer = visitor.post(f"/link/{token}", {"new_password": new, "repeated_password": new})
    assert answer.headers["Location"] == "/login/second" and not is_in(visitor)


def test_a_link_for_somebody_else_leaves_the_own_session_first(app, sign_in, make, person, seed):
    browser = sign_in(make.user())
    browser.post(f"/link/{make_link(SYSTEM, person, 'sign_in')}")
    browser._token = None
    assert show(browser, code_of(seed)).status_code == 303
    assert "tauben@example.org" in browser.get("/account").get_data(as_text=True)


@pytest.mark.parametrize("end", ["block", "password", "reset"])
def test_what_was_begun_ends_with_the_old_password_or_factor(visitor, make, person, seed, end):
    begin(visitor)
    admin = make.actor(make.user(role="admin"))
    if end == "block":
        block_user(admin, person)
    elif end == "password":
        change_own_password(make.actor(person), PASSWORD, "acht rote Busse an der Ecke", "192.0.2.1")
    else:
        factors.reset(admin, person)
    assert show(visitor, code_of(seed)).headers["Location"] == "/login"
    assert not is_in(visitor)


def test_t20_the_way_with_a_second_factor_costs_one_hash_too(visitor, seed, monkeypatch):
    calls = []
    original = bcrypt.checkpw
    monkeypatch.setattr(bcrypt, "checkpw", lambda *given: calls.append(given) or original(*given))
    begin(visitor)
    show(visitor, code_of(seed))
    assert len(calls) == 1


def test_t24_nobody_can_plant_a_reference(app, visitor, person, seed):
    visitor.client.set_cookie(sessions.cookie_name(), "planted")
    visitor.client.set_cookie(half_open.cookie_name(), "planted")
    begin(visitor)
    assert visitor.client.get_cookie(half_open.cookie_name()).value != "planted"
    show(visitor, code_of(seed))
    assert visitor.client.get_cookie(sessions.cookie_name()).value != "planted"
    victim = Visitor(app)
    victim.client.set_cookie(sessions.cookie_name(), "planted")
    assert not is_in(victim)


def test_seeds_rest_sealed_and_bound_to_their_person(app, make, person, seed):
    assert seed not in row_of(person).sealed_seed
    other = make.user()
    give_app(other)
    row_of(other).sealed_seed = row_of(person).sealed_seed
    db.session.flush()
    assert not time_codes.use(other.id, code_of(seed))


def test_a_seed_is_sealed_anew_under_a_newer_key_when_it_is_used(app, person, seed, monkeypatch):
    before = row_of(person).sealed_seed
    keys = ("a newer key, only for tests, never anywhere else", *app.config["SEALING_KEYS"])
    monkeypatch.setitem(app.config, "SEALING_KEYS", keys)
    assert not sealing.is_under_newest_key(before)
    assert time_codes.use(person.id, code_of(seed))
    assert sealing.is_under_newest_key(row_of(person).sealed_seed)
    monkeypatch.setitem(app.config, "SEALING_KEYS", keys[1:])
    assert not time_codes.use(person.id, code_of(seed, 1))
