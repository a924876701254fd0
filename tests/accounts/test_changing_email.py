"""A new mail address: fresh sign-in, confirmed from the new mailbox, both told, other sessions and links end."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from hub.accounts.models import User
from hub.accounts.service.signing_in import make_link
from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.mailing.models import Letter
from tests.accounts.held_clock import hold_clock
from tests.audit.test_security_events import last_event
from tests.support.client import Visitor
from tests.support.events import proves


@pytest.fixture
def hub(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A hub that would send letters."""
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:9")
    monkeypatch.setitem(app.config, "MAIL_FROM", "hub@example.org")
    return app


@pytest.fixture
def erna(hub: Flask, make) -> User:
    return make.user(email="erna@example.org", name="Erna")


def letters() -> dict[str, Letter]:
    """The newest letter to each address."""
    db.session.rollback()
    return {letter.recipient: letter for letter in db.session.scalars(select(Letter).order_by(Letter.id))}


def path_to(email: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/email/\S+)", letters()[email].text or "")
    assert found is not None
    return found[1]


def address_of(user: User) -> str | None:
    db.session.rollback()
    return db.session.scalar(select(User.email).where(User.id == user.id))


def ask(person: Visitor, email: str):
    return person.post("/account/email", {"email": email})


@proves("user.email_asked")
def test_both_addresses_are_told_and_nothing_changes_before_the_link_is_used(erna, sign_in):
    person = sign_in(erna)
    assert ask(person, " Neu@Example.org").status_code == 303
    assert last_event().action == "user.email_asked"
    assert {email: letter.template for email, letter in letters().items()} == {
        "erna@example.org": "email_asked",
        "neu@example.org": "email_confirm",
    }
    assert address_of(erna) == "erna@example.org"


@proves("user.email_changed")
def test_link_changes_the_address_and_ends_other_sessions_and_open_links(erna, sign_in, hub):
    person, elsewhere = sign_in(erna), sign_in(erna)
    ask(person, "neu@example.org")
    path = path_to("neu@example.org")
    lying_about = make_link(SYSTEM, erna, "invitation")
    for method in ("GET", "HEAD"):
        assert person.client.open(path, method=method).status_code == 200
    assert address_of(erna) == "erna@example.org"
    assert person.post(path).headers["Location"] == "/account/email"
    assert address_of(erna) == "neu@example.org"
    assert last_event().action == "user.email_changed"
    assert person.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert Visitor(hub).get(f"/link/{lying_about}").status_code == 410
    assert {letter.template for letter in letters().values()} == {"email_changed"}
    assert person.post(path).status_code == 410


def test_link_works_in_a_browser_where_nobody_is_signed_in(erna, sign_in, hub):
    person = sign_in(erna)
    ask(person, "neu@example.org")
    assert Visitor(hub).post(path_to("neu@example.org")).headers["Location"] == "/login"
    assert address_of(erna) == "neu@example.org"
    assert person.get("/account").status_code == 303


def test_somebody_else_signed_in_there_keeps_no_session_of_the_account(erna, make, sign_in):
    person, other = sign_in(erna), sign_in(make.user())
    ask(person, "neu@example.org")
    other.post(path_to("neu@example.org"))
    assert person.get("/account").status_code == 303
    assert other.get("/account").status_code == 200


def test_link_ends_after_a_day_and_when_another_is_asked_for(erna, sign_in, hub, monkeypatch):
    person = sign_in(erna)
    hold_clock(monkeypatch, timedelta())
    ask(person, "neu@example.org")
    first = path_to("neu@example.org")
    ask(person, "anders@example.org")
    assert Visitor(hub).get(first).status_code == 410
    second = path_to("anders@example.org")
    hold_clock(monkeypatch, timedelta(hours=24))
    assert Visitor(hub).post(second).status_code == 410
    assert address_of(erna) == "erna@example.org"


def test_address_of_another_account_gets_no_letter_and_the_answer_is_the_same(erna, make, sign_in):
    make.user(email="otto@example.org")
    person = sign_in(erna)
    answers = [ask(person, email) for email in ("otto@example.org", "frei@example.org")]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert set(letters()) == {"erna@example.org", "frei@example.org"}


def test_address_taken_meanwhile_is_refused_in_words(erna, make, sign_in):
    person = sign_in(erna)
    ask(person, "neu@example.org")
    make.user(email="neu@example.org")
    answer = person.post(path_to("neu@example.org"))
    assert answer.status_code == 409
    assert "inzwischen ein anderes Konto" in answer.get_data(as_text=True)
    assert address_of(erna) == "erna@example.org"


def test_old_proof_is_asked_for_again(erna, sign_in, monkeypatch):
    person = sign_in(erna)
    person.get("/account")
    hold_clock(monkeypatch, timedelta(minutes=16))
    assert ask(person, "neu@example.org").headers["Location"].startswith("/confirm")
    assert letters() == {}


def test_t19_five_new_addresses_a_day_are_the_limit(erna, sign_in):
    person = sign_in(erna)
    assert [ask(person, f"neu{number}@example.org").status_code for number in range(6)] == [303] * 5 + [422]
    assert "neu5@example.org" not in letters()


@pytest.mark.parametrize("email", ["", "erna@example.org", "kein at", "a@example.org\r\nBcc: b@example.org"])
def test_what_cannot_be_the_new_address_is_refused_in_words(erna, sign_in, email):
    assert ask(sign_in(erna), email).status_code == 422
    assert letters() == {}


def test_without_a_mail_server_the_page_sends_people_to_the_office(app, make, sign_in):
    person = sign_in(make.user())
    assert "trägt die Geschäftsstelle für Sie ein" in person.get("/account/email").get_data(as_text=True)
    assert ask(person, "neu@example.org").status_code == 404


def test_other_links_do_not_open_here_and_this_link_opens_nowhere_else(erna, sign_in, hub):
    ask(sign_in(erna), "neu@example.org")
    token = path_to("neu@example.org").rsplit("/", 1)[1]
    visitor = Visitor(hub)
    assert visitor.get(f"/email/{make_link(SYSTEM, erna, 'sign_in')}").status_code == 410
    assert visitor.get(f"/link/{token}").status_code == 410
    assert visitor.post(f"/link/{token}").status_code == 410
    assert visitor.get("/email/unknown").status_code == 404


def test_wishes_for_letters_are_kept(erna, sign_in):
    person = sign_in(erna)
    person.post("/account/letters", {})
    assert db.session.scalar(select(User.wants_letters).where(User.id == erna.id)) is False
    person.post("/account/letters", {"about_entries": "y", "about_questions": "y"})
    assert db.session.scalar(select(User.wants_questions).where(User.id == erna.id)) is True
    assert db.session.scalar(select(User.wants_letters).where(User.id == erna.id)) is True
