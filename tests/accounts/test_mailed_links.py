"""Links by mail: the page says the same about everybody, a job writes the letter, looking at a link uses nothing up."""

import re
import time
from datetime import timedelta
from statistics import median

import pytest
from flask import Flask
from sqlalchemy import select

from hub.accounts import passwords
from hub.accounts.models import User
from hub.accounts.service import mailed_links
from hub.core import clock
from hub.core.db import db
from hub.jobs import registry
from hub.jobs.worker import do_all_due
from hub.mailing import service as mailing
from hub.mailing.models import Letter
from tests.accounts.held_clock import hold_clock
from tests.support.client import Visitor
from tests.support.making import PASSWORD

NEW = "sieben graue Tauben am Bahnhof"


@pytest.fixture
def hub(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A hub with a mail server to which nothing is handed over: letters stay readable in the outbox."""
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:9")
    monkeypatch.setitem(app.config, "MAIL_FROM", "hub@example.org")
    kinds = {**registry._kinds, mailing.KIND: registry.Kind(mailing.KIND, "", lambda _: None, registry.Lane.QUICK, 1)}
    monkeypatch.setattr(registry, "_kinds", kinds)
    return app


def letters() -> list[Letter]:
    db.session.rollback()
    return list(db.session.scalars(select(Letter).order_by(Letter.id)))


def ask(visitor: Visitor, email: str, purpose: str = "sign_in", **more):
    return visitor.post("/login/link", {"email": email, "purpose": purpose}, **more)


def path_in(letter: Letter) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+/\S+)", letter.text or "")
    assert found is not None
    return found[1]


def test_sign_in_page_offers_links_only_where_letters_leave(hub: Flask, visitor, monkeypatch):
    assert "/login/link" in visitor.get("/login").get_data(as_text=True)
    assert visitor.get("/login/link").status_code == 200
    monkeypatch.setitem(hub.config, "MAIL_URL", None)
    assert "/login/link" not in visitor.get("/login").get_data(as_text=True)
    assert visitor.get("/login/link").status_code == 404
    assert ask(visitor, "erna@example.org").status_code == 404


def test_asked_link_signs_in_once_and_only_by_its_button(hub: Flask, make, visitor):
    make.user(email="erna@example.org", name="Erna")
    assert ask(visitor, " Erna@Example.org ").status_code == 303
    do_all_due()
    [letter] = letters()
    assert (letter.template, letter.recipient) == ("sign_in_link", "erna@example.org")
    assert timedelta(minutes=19) < letter.ends_at - clock.now() <= timedelta(minutes=20)
    path = path_in(letter)
    for method in ("GET", "HEAD", "GET"):
        assert visitor.client.open(path, method=method).status_code == 200
    assert visitor.post(path).headers["Location"] == "/"
    assert visitor.get("/account").status_code == 200
    assert Visitor(hub).post(path).status_code == 410


def test_reset_link_leads_to_a_new_password_and_ends_everything_else(hub: Flask, make, visitor, sign_in):
    user = make.user(email="erna@example.org", password=PASSWORD)
    other = sign_in(user)
    ask(visitor, user.email)
    ask(visitor, user.email, "reset")
    do_all_due()
    by_template = {letter.template: letter for letter in letters()}
    path, sign_in_path = path_in(by_template["reset_link"]), path_in(by_template["sign_in_link"])
    assert visitor.get(path).status_code == 200
    assert passwords.is_password(PASSWORD, db.session.get(User, user.id).password_hash)
    form = {"new_password": NEW, "repeated_password": NEW}
    assert visitor.post(path, form).status_code == 303
    db.session.expire_all()
    assert passwords.is_password(NEW, db.session.get(User, user.id).password_hash)
    assert other.get("/account").status_code == 303
    assert Visitor(hub).get(path).status_code == 410
    assert Visitor(hub).get(sign_in_path).status_code == 410
    assert letters()[-1].template == "password_changed"


def test_links_end_after_twenty_and_thirty_minutes(hub: Flask, make, visitor, monkeypatch):
    make.user(email="erna@example.org")
    hold_clock(monkeypatch, timedelta())
    ask(visitor, "erna@example.org")
    ask(visitor, "erna@example.org", "reset")
    do_all_due()
    ways = {letter.template: path_in(letter) for letter in letters()}
    hold_clock(monkeypatch, timedelta(minutes=20))
    assert Visitor(hub).get(ways["sign_in_link"]).status_code == 410
    assert Visitor(hub).get(ways["reset_link"]).status_code == 200
    hold_clock(monkeypatch, timedelta(minutes=10))
    assert Visitor(hub).get(ways["reset_link"]).status_code == 410


@pytest.mark.parametrize("purpose", ["sign_in", "reset"])
def test_t21_answer_is_the_same_for_known_unknown_and_blocked_people(hub: Flask, make, purpose):
    make.user(email="known@example.org", password=PASSWORD)
    make.user(email="block@example.org", blocked_at=clock.now())
    answers = []
    for email in ("known@example.org", "block@example.org", "never@example.org"):
        visitor = Visitor(hub)
        sent = ask(visitor, email, purpose)
        page = visitor.get(sent.headers["Location"])
        headers = {name: value for name, value in sent.headers.items() if name not in ("Date", "Set-Cookie")}
        text = re.sub(r'value="[\w.=-]{40,}"', 'value=""', page.get_data(as_text=True))
        answers.append((sent.status_code, sent.get_data(), headers, page.status_code, text, len(page.get_data())))
    assert answers[0] == answers[1] == answers[2]
    assert letters() == []
    do_all_due()
    assert [letter.recipient for letter in letters()] == ["known@example.org"]


@pytest.mark.alone
def test_t20_t21_time_is_the_same_for_known_and_unknown_people(hub: Flask, make, visitor, monkeypatch):
    monkeypatch.setattr(mailed_links, "PER_ADDRESS", 10_000)
    monkeypatch.setattr(mailed_links, "OVERALL", 10_000)
    make.user(email="known@example.org", password=PASSWORD)
    times: dict[str, list[float]] = {"known@example.org": [], "never@example.org": []}
    visitor.token()
    for _ in range(200):
        for email, taken in times.items():
            begun = time.perf_counter()
            ask(visitor, email)
            taken.append(time.perf_counter() - begun)
    known, unknown = (median(taken[20:]) for taken in times.values())
    assert abs(known - unknown) < 0.1 * max(known, unknown)


def test_t19_five_resets_a_day_are_the_limit_for_an_account(hub: Flask, make, visitor, monkeypatch):
    make.user(email="erna@example.org")
    make.user(email="otto@example.org")
    for _ in range(7):
        assert ask(visitor, "erna@example.org", "reset").status_code == 303
    ask(visitor, "otto@example.org", "reset")
    do_all_due()
    recipients = [letter.recipient for letter in letters()]
    assert recipients == ["erna@example.org"] * 5 + ["otto@example.org"]
    hold_clock(monkeypatch, timedelta(hours=24, minutes=1))
    ask(visitor, "erna@example.org", "reset")
    do_all_due()
    assert len(letters()) == 7


def test_too_many_wishes_from_one_network_are_refused_whoever_they_are_for(hub: Flask, make, visitor):
    make.user(email="erna@example.org")
    for number in range(mailed_links.PER_ADDRESS):
        assert ask(visitor, f"person{number}@example.org").status_code == 303
    for email in ("erna@example.org", "never@example.org"):
        answer = ask(visitor, email)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
    assert ask(visitor, "erna@example.org", environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code == 303


@pytest.mark.parametrize("email", ["", "kein at", "a@b", "a@example.org\r\nBcc: b@example.org", "x" * 250 + "@y.de"])
def test_what_is_no_address_is_told_in_words(hub: Flask, visitor, email):
    assert ask(visitor, email).status_code == 422


def test_unknown_wish_is_refused(hub: Flask, visitor):
    assert ask(visitor, "erna@example.org", "invitation").status_code == 404


def forged_headers() -> list[dict[str, str]]:
    names = ["Host", "X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "X-HTTP-Host-Override", "Forwarded",
             "X-Original-Host", "X-Original-URL", "X-Rewrite-URL", "Origin-Host"]  # fmt: skip
    values = ["evil.example", "127.0.0.1:8000@evil.example"]
    return [{name: f"host={value}" if name == "Forwarded" else value} for name in names for value in values]


@pytest.mark.parametrize("headers", forged_headers())
def test_t18_link_is_the_same_whatever_host_was_asked(hub: Flask, make, visitor, headers):
    make.user(email="erna@example.org")
    visitor.token()
    visitor.lints = False
    answer = ask(visitor, "erna@example.org", "reset", headers=headers)
    do_all_due()
    written = letters()
    if "Host" in headers:
        assert (answer.status_code, written) == (400, [])
        return
    assert "evil" not in answer.headers.get("Location", "")
    text = (written[0].text or "") + (written[0].html or "")
    assert "evil" not in text
    assert set(re.findall(r"https?://[^/\s\"<]+", text)) == {"http://127.0.0.1:8000"}


def test_letter_speaks_the_language_of_its_reader(hub: Flask, make, visitor):
    make.user(email="erna@example.org", language="en")
    ask(visitor, "erna@example.org")
    do_all_due()
    assert letters()[0].language == "en"


def test_signed_in_people_need_no_link(hub: Flask, make, sign_in):
    assert sign_in(make.user()).get("/login/link").headers["Location"] == "/"


def test_wish_that_is_answered_twice_leaves_one_working_link(hub: Flask, make):
    make.user(email="erna@example.org")
    for _ in range(2):
        mailed_links.answer_wish({"email": "erna@example.org", "purpose": "sign_in"})
    first, second = (path_in(letter) for letter in letters())
    assert Visitor(hub).get(first).status_code == 410
    assert Visitor(hub).get(second).status_code == 200


def test_office_sends_a_link_that_nobody_else_sees(hub: Flask, make, sign_in, monkeypatch):
    user = make.user(email="erna@example.org")
    admin = sign_in(make.user(role="admin"))
    address = f"/people/{user.id}/send-link"
    assert address in admin.get(f"/people/{user.id}").get_data(as_text=True)
    assert admin.post(address, {"purpose": "sign_in"}).status_code == 303
    [letter] = letters()
    assert (letter.recipient, letter.template) == ("erna@example.org", "sent_link")
    path = path_in(letter)
    assert path not in admin.get(f"/people/{user.id}").get_data(as_text=True)
    assert Visitor(hub).post(path).status_code == 303
    assert admin.post(address, {"purpose": "reset"}).status_code == 422
    monkeypatch.setitem(hub.config, "MAIL_URL", None)
    assert address not in admin.get(f"/people/{user.id}").get_data(as_text=True)
    assert admin.post(address, {"purpose": "sign_in"}).status_code == 404
