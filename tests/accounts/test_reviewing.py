"""Sind das noch Ihre Leute? Once a year, one click for each person."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.accounts.models import User
from hub.accounts.service import reviewing
from hub.core import clock
from hub.core.db import db
from hub.mailing.models import Letter
from tests.accounts.held_clock import hold_clock

LONG_AGO = timedelta(days=400)


@pytest.fixture
def coordinator(make):
    return make.user(role="coordinator", organisation="Essen", name="Ko Ordination", created_at=clock.now())


def old(make, **more):
    return make.user(created_at=clock.now() - LONG_AGO, **more)


def due_of(make, user):
    return db.session.scalar(reviewing.due_count(make.actor(user)))


def test_the_page_asks_about_the_own_people_only(make, sign_in, coordinator):
    old(make, name="Lange Dabei")
    make.user(name="Ganz Neu")
    old(make, name="Aus Köln", organisation="Köln")
    old(make, name="Schon Gesperrt", blocked_at=clock.now())
    text = sign_in(coordinator).get("/people/review").get_data(as_text=True)
    assert "Lange Dabei" in text and "Ganz Neu" in text and text.count("bitte bestätigen") == 1
    assert "Aus Köln" not in text and "Schon Gesperrt" not in text
    assert due_of(make, coordinator) == 1


def test_one_click_says_that_a_person_stays(make, sign_in, coordinator, monkeypatch):
    person = old(make, name="Lange Dabei")
    browser = sign_in(coordinator)
    answer = browser.post(f"/people/{person.id}/stays", follow_redirects=True)
    assert "Lange Dabei bleibt." in answer.get_data(as_text=True)
    assert due_of(make, coordinator) == 0
    hold_clock(monkeypatch, timedelta(days=366))
    assert due_of(make, coordinator) == 2


def test_one_click_says_that_a_person_goes(make, sign_in, coordinator):
    person = old(make)
    browser = sign_in(coordinator)
    assert browser.post(f"/people/{person.id}/leaves").status_code == 303
    assert db.session.get(User, person.id, populate_existing=True).access == "left"
    assert due_of(make, coordinator) == 0


def test_coordinations_are_written_to_once_a_month_until_they_answered(app, make, coordinator, monkeypatch):
    person = old(make)
    old(make, organisation="Köln")
    reviewing.ask_coordinations({})
    assert db.session.scalars(select(Letter)).all() == []
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:1")
    for _ in range(2):
        reviewing.ask_coordinations({})
    [letter] = db.session.scalars(select(Letter)).all()
    assert letter.recipient == coordinator.email and "/people/review" in letter.text and "1 Person" in letter.text
    hold_clock(monkeypatch, timedelta(days=32))
    reviewing.ask_coordinations({})
    assert len(db.session.scalars(select(Letter)).all()) == 2
    person.staying_at = clock.now()
    db.session.commit()
    hold_clock(monkeypatch, timedelta(days=32))
    reviewing.ask_coordinations({})
    assert len(db.session.scalars(select(Letter)).all()) == 2


def test_the_office_sees_when_an_organisation_last_confirmed(make, sign_in):
    old(make, staying_at=clock.now() - timedelta(days=3))
    make.user()
    found = reviewing.find_last_confirmations()[make.organisation().id]
    assert clock.now() - found >= timedelta(days=2, hours=23)
    text = (
        sign_in(make.user(role="editor", organisation="Geschäftsstelle")).get("/organisations").get_data(as_text=True)
    )
    assert "Zuletzt bestätigt" in text
