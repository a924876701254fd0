"""People whom a provider vouches for and who wait for a yes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.accounts.models import User
from hub.core.db import db
from hub.federating.models import WaitingPerson
from hub.federating.service import newcomers
from hub.mailing.models import Letter
from tests.federating.conftest import ANNA
from tests.support.client import Visitor


def text_of(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def essen(places):
    return places("Essen", newcomers="ask")


@pytest.fixture
def waiting(essen, visitor):
    answer = essen.enter(visitor)
    assert answer.status_code == 200 and "angekommen" in text_of(answer)
    return db.session.scalars(select(WaitingPerson)).one()


def found():
    db.session.expire_all()
    return db.session.scalars(select(WaitingPerson)).all()


def test_asking_twice_is_one_question(essen, waiting, app):
    essen.enter(Visitor(app))
    assert len(found()) == 1


@pytest.mark.parametrize(
    ("role", "organisation", "sees"),
    [
        ("coordinator", "Essen", True),
        ("coordinator", "Augsburg", False),
        ("editor", "Office", True),
        ("admin", "Office", True),
    ],
)
def test_coordination_sees_its_own_and_the_office_sees_all(waiting, sign_in, make, role, organisation, sees):
    browser = sign_in(make.user(role=role, organisation=organisation))
    assert (ANNA["email"] in text_of(browser.get("/people/waiting"))) is sees
    answer = browser.post(f"/people/waiting/{waiting.id}/admit")
    assert answer.status_code == (303 if sees else 404)
    assert (db.session.scalar(select(User).where(User.email == ANNA["email"])) is not None) is sees


def test_members_do_not_decide(waiting, sign_in, make):
    browser = sign_in(make.user(organisation="Essen"))
    assert browser.get("/people/waiting").status_code == 403
    assert browser.post(f"/people/waiting/{waiting.id}/admit").status_code == 403


def test_an_admitted_person_comes_in_the_same_way(essen, waiting, sign_in, make, app):
    sign_in(make.user(role="coordinator", organisation="Essen")).post(f"/people/waiting/{waiting.id}/admit")
    assert found() == []
    fresh = Visitor(app)
    assert essen.enter(fresh).status_code == 303
    made = db.session.scalar(select(User).where(User.email == ANNA["email"]))
    assert (made.role, made.organisation_id) == ("member", essen.row.organisation_id)


def test_a_declined_person_is_told_and_forgotten(essen, waiting, sign_in, make, app):
    browser = sign_in(make.user(role="coordinator", organisation="Essen"))
    browser.post(f"/people/waiting/{waiting.id}/decline")
    assert ANNA["email"] not in text_of(browser.get("/people/waiting"))
    assert [one.email for one in found()] == [""]
    answer = essen.enter(Visitor(app))
    assert answer.status_code == 403 and "abgelehnt" in text_of(answer)


def test_an_address_that_was_taken_meanwhile_is_said_in_words(waiting, sign_in, make):
    make.user(email=ANNA["email"], organisation="Essen")
    browser = sign_in(make.user(role="coordinator", organisation="Essen"))
    browser.post(f"/people/waiting/{waiting.id}/admit")
    assert "schon ein Konto" in text_of(browser.get("/people/waiting")) and len(found()) == 1


def test_addresses_that_nobody_confirmed_are_marked(essen, visitor, sign_in, make):
    essen.control(claims={"email_verified": False})
    essen.enter(visitor)
    browser = sign_in(make.user(role="coordinator", organisation="Essen"))
    assert "nicht bestätigt" in text_of(browser.get("/people/waiting"))


def test_questions_that_nobody_answered_are_forgotten(waiting):
    newcomers.sweep({})
    assert len(found()) == 1
    waiting.asked_at -= timedelta(days=91)
    db.session.commit()
    newcomers.sweep({})
    assert found() == []


@pytest.fixture
def mail(app, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:1")


def letters():
    return db.session.scalars(select(Letter).where(Letter.template == "sign_on_waits")).all()


def test_the_coordination_is_told_once_that_somebody_waits(mail, essen, make, app):
    told = make.user(role="coordinator", organisation="Essen")
    make.user(role="coordinator", organisation="Augsburg")
    make.user(role="coordinator", organisation="Essen", email="weg@example.org", blocked_at=told.created_at)
    make.user(role="admin", organisation="Office")
    for _again in range(2):
        essen.enter(Visitor(app))
    [letter] = letters()
    assert letter.recipient == told.email and letter.language == told.language
    assert ANNA["name"] in letter.text and "Anmeldung Essen" in letter.text and "/people/waiting" in letter.text


def test_without_a_coordination_the_office_is_told(mail, essen, make, visitor):
    office = [make.user(role=role, organisation="Office").email for role in ("editor", "admin")]
    make.user(role="member", organisation="Essen")
    essen.enter(visitor)
    assert sorted(letter.recipient for letter in letters()) == sorted(office)


def test_without_a_mail_server_nobody_is_told_and_the_person_waits(essen, waiting, make):
    assert letters() == []


def test_the_two_pages_of_people_who_wait_lead_to_each_other(sign_in, make):
    browser = sign_in(make.user(role="coordinator", organisation="Essen"))
    assert 'href="/people/requests"' in text_of(browser.get("/people/waiting"))
    main = text_of(browser.get("/people/requests")).partition("<main")[2]
    assert 'href="/people/waiting"' in main
