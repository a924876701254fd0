"""The page "Anmeldung und Sicherheit": setting up and removing factors, recovery codes, signed-in browsers."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.accounts import agents, sessions
from hub.accounts.factor_models import RecoveryCode, TimeCode
from hub.accounts.models import LoginSession
from hub.accounts.service import factors, recovery_codes
from hub.core.actor import FRESH_FOR
from hub.core.db import db
from hub.mailing.models import Letter
from tests.accounts.codes import code_of, give_app, give_codes, row_of
from tests.accounts.held_clock import hold_clock
from tests.support.client import Visitor
from tests.support.events import proves

SEED = re.compile(r'<code class="seed">([A-Z2-7 ]+)</code>')
CODE = re.compile(r"<li><code>([^<]+)</code></li>")


@pytest.fixture
def person(make):
    return make.user(password="sieben graue Tauben am Bahnhof")


@pytest.fixture
def browser(sign_in, person):
    return sign_in(person)


def set_up(browser):
    """Set up an app as a person does; gives its seed and the answer."""
    browser.post("/account/security/time-code/begin")
    page = browser.get("/account/security/time-code").get_data(as_text=True)
    seed = SEED.search(page)[1].replace(" ", "")
    return seed, browser.post("/account/security/time-code", {"code": code_of(seed)})


def letters():
    return db.session.scalars(select(Letter.text).order_by(Letter.id)).all()


@proves("user.time_code_added")
def test_an_app_is_set_up_and_ten_codes_are_shown_once(browser, person):
    _seed, answer = set_up(browser)
    codes = CODE.findall(answer.get_data(as_text=True))
    assert len(codes) == 10 and answer.headers["Cache-Control"] == "no-store"
    assert recovery_codes.are_open(person.id, codes) and factors.has_any(person.id)
    page = browser.get("/account/security").get_data(as_text=True)
    assert "eingerichtet" in page and codes[0] not in page and "10 Codes sind noch unbenutzt" in page
    assert "App für Einmal-Codes wurde eingerichtet" in letters()[0]
    assert db.session.scalar(select(LoginSession.proofs)) == "password time_code"


def test_the_picture_is_drawn_here_without_styles(browser):
    browser.post("/account/security/time-code/begin")
    page = browser.get("/account/security/time-code").get_data(as_text=True)
    drawn = re.search(r'<svg[^>]*class="qr".*?</svg>', page, re.S)[0]
    assert "style" not in drawn and "data:" not in drawn and "<script" not in drawn
    seed = SEED.search(page)[1].replace(" ", "")
    assert len(seed) == 32 and f"secret={seed}" in html.unescape(page)


def test_a_wrong_first_code_sets_nothing_up(browser, person):
    browser.post("/account/security/time-code/begin")
    answer = browser.post("/account/security/time-code", {"code": "000000"})
    assert answer.status_code == 422 and "Der Code passt nicht" in answer.get_data(as_text=True)
    assert not factors.has_any(person.id)


def test_a_begun_app_does_not_replace_the_old_one_before_its_first_code(browser, person):
    old = give_app(person)
    browser.post("/account/security/time-code/begin")
    assert factors.check_code(person.id, code_of(old)) is not None
    page = browser.get("/account/security/time-code").get_data(as_text=True)
    new = SEED.search(page)[1].replace(" ", "")
    assert browser.post("/account/security/time-code", {"code": code_of(new)}).status_code == 200
    assert factors.check_code(person.id, code_of(old, 1)) is None
    assert factors.check_code(person.id, code_of(new, 1)) is not None
    assert db.session.scalar(select(func.count()).select_from(TimeCode)) == 1


def test_the_first_code_does_not_sign_in_again(browser, person):
    seed, _answer = set_up(browser)
    assert factors.check_code(person.id, code_of(seed)) is None


def test_other_browsers_are_signed_out_when_a_factor_comes_or_goes(app, browser, sign_in, person):
    other = sign_in(person)
    set_up(browser)
    assert other.get("/account").status_code == 303 and browser.get("/account").status_code == 200
    other = sign_in(person)
    browser.post("/account/security/time-code/remove")
    assert other.get("/account").status_code == 303 and browser.get("/account").status_code == 200


@proves("user.time_code_removed")
def test_removing_the_last_factor_takes_the_codes_along_and_tells_the_person(browser, person):
    set_up(browser)
    answer = browser.post("/account/security/time-code/remove")
    assert answer.headers["Location"] == "/account/security"
    assert not factors.has_any(person.id) and recovery_codes.count_left(person.id) == 0
    assert "wurde entfernt" in letters()[-1]


def test_each_change_of_a_factor_asks_who_is_there(browser, person, monkeypatch):
    give_app(person)
    hold_clock(monkeypatch, FRESH_FOR + timedelta(seconds=1))
    for path in ("time-code/begin", "time-code/remove", "recovery-codes", "passkeys/1/remove"):
        answer = browser.post(f"/account/security/{path}", {"next": "/account/security"})
        assert answer.headers["Location"] == "/confirm?next=/account/security&repeats=1", path
    assert browser.get("/account/security/time-code").headers["Location"].startswith("/confirm?next=")
    assert factors.has_any(person.id)


def test_a_code_of_the_app_confirms_for_those_without_a_password(sign_in, make, monkeypatch):
    person = make.user()
    seed, browser = give_app(person), sign_in(person)
    hold_clock(monkeypatch, FRESH_FOR + timedelta(seconds=1))
    page = browser.get("/confirm?next=/account/security").get_data(as_text=True)
    assert "Code aus der App" in page
    assert browser.post("/confirm", {"code": "000000", "next": "/account/security"}).status_code == 422
    answer = browser.post("/confirm", {"code": code_of(seed), "next": "/account/security"})
    assert answer.headers["Location"] == "/account/security"
    assert browser.post("/account/security/time-code/begin").headers["Location"] == "/account/security/time-code"


@proves("user.recovery_codes_renewed")
def test_new_codes_end_the_old_ones(browser, person):
    give_app(person)
    old = give_codes(person)
    answer = browser.post("/account/security/recovery-codes")
    new = CODE.findall(answer.get_data(as_text=True))
    assert len(new) == 10 and not set(new) & set(old)
    assert not recovery_codes.use(person.id, old[0]) and recovery_codes.use(person.id, new[0])


def test_without_a_factor_there_are_no_codes(browser, person):
    assert browser.post("/account/security/recovery-codes").headers["Location"] == "/account/security"
    assert db.session.scalar(select(func.count()).select_from(RecoveryCode)) == 0


def test_the_codes_just_shown_come_as_a_text_file_and_no_others(browser, person):
    give_app(person)
    codes = give_codes(person)
    answer = browser.post("/account/security/recovery-codes.txt", {"codes": " ".join(codes)})
    assert answer.mimetype == "text/plain" and "attachment" in answer.headers["Content-Disposition"]
    assert all(code in answer.get_data(as_text=True) for code in codes)
    for wrong in ("", "AAAA-BBBB", f"{codes[0]} <b>x</b>"):
        assert browser.post("/account/security/recovery-codes.txt", {"codes": wrong}).status_code == 404


@proves("session.ended")
def test_own_browsers_are_listed_and_ended_one_by_one(app, browser, person):
    other = Visitor(app)
    other.sign_in(person, keep=True)
    other.get("/account", headers={"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/605.1"})
    page = browser.get("/account/security").get_data(as_text=True)
    assert "Safari auf iPhone" in page and "dieser Browser" in page and "bleibt angemeldet" in page
    session_id = re.search(r"/account/sessions/(\d+)/end", page)[1]
    assert browser.post(f"/account/sessions/{session_id}/end").headers["Location"] == "/account/security"
    assert other.get("/account").status_code == 303 and browser.get("/account").status_code == 200


def test_t33_sessions_of_others_and_the_present_one_are_not_found(browser, sign_in, make, person):
    stranger = sign_in(make.user())
    for one in (browser, stranger):
        number = sessions.find_id(one.client.get_cookie(sessions.cookie_name()).value)
        assert browser.post(f"/account/sessions/{number}/end").status_code == 404
    assert stranger.get("/account").status_code == 200


def test_nobody_has_more_than_ten_sessions(sign_in, person):
    first = sign_in(person)
    later = [sign_in(person) for _ in range(10)]
    assert first.get("/account").status_code == 303
    assert [one.get("/account").status_code for one in later] == [200] * 10


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge auf Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox auf Linux"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome auf Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1", "Safari auf macOS"),
        ("curl/8.5", "curl"),
        ("<script>alert(1)</script>", "Unbekannter Browser"),
        (None, "Unbekannter Browser"),
    ],
)
def test_browsers_have_names_in_words(app, agent, words):
    with app.test_request_context():
        assert agents.describe(agent) == words


@proves("user.factors_reset")
def test_the_administration_resets_a_lost_factor_and_the_person_is_told(app, sign_in, make, person, browser):
    give_app(person)
    give_codes(person)
    admin = sign_in(make.user(role="admin"))
    assert "Zweiten Faktor zurücksetzen" in admin.get(f"/people/{person.id}").get_data(as_text=True)
    assert admin.post(f"/people/{person.id}/reset-factors").headers["Location"] == f"/people/{person.id}"
    assert not factors.has_any(person.id) and recovery_codes.count_left(person.id) == 0
    assert browser.get("/account").status_code == 303
    assert "zurückgesetzt" in letters()[-1]


@proves("session.all_ended")
def test_the_administration_signs_a_person_out_everywhere(sign_in, make, person, browser):
    sign_in(make.user(role="admin")).post(f"/people/{person.id}/end-sessions")
    assert browser.get("/account").status_code == 303


def test_commands_reset_factors_and_end_sessions(app, browser, sign_in, make, person):
    give_app(person)
    run = app.test_cli_runner().invoke
    assert "zurückgesetzt" in run(args=["users", "reset-second-factor", "--email", person.email]).output
    assert not factors.has_any(person.id)
    assert run(args=["users", "reset-second-factor", "--email", "nobody@example.org"]).exit_code == 1
    other = sign_in(make.user())
    assert run(args=["users", "end-sessions"]).exit_code == 0
    assert other.get("/account").status_code == 303


def test_a_form_asked_about_is_back_on_the_page_of_a_person(sign_in, make, person, monkeypatch):
    admin = make.user(role="admin", password="sieben graue Tauben am Bahnhof")
    office = sign_in(admin)
    hold_clock(monkeypatch, FRESH_FOR + timedelta(seconds=1))
    fields = {"name": "Neuer Name", "organisation": person.organisation_id, "role": "editor", "version": 1}
    assert office.post(f"/people/{person.id}", fields).headers["Location"] == f"/confirm?next=/people/{person.id}"
    office.post("/confirm", {"password": "sieben graue Tauben am Bahnhof", "next": f"/people/{person.id}"})
    assert "Neuer Name" in office.get(f"/people/{person.id}").get_data(as_text=True)
    assert row_of(person) is None
