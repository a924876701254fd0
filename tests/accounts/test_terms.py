"""Terms of use: a version each, agreed to once, asked again when the office says so."""

import pytest
from sqlalchemy import select

from hub.accounts.joining_models import TermsAcceptance, TermsVersion
from hub.accounts.models import User
from hub.accounts.service import terms
from hub.core.db import db
from hub.core.errors import NotAllowed
from hub.pages import queries
from hub.pages import service as pages

PAGE = "/pages/nutzungsbedingungen"


@pytest.fixture
def office(make, sign_in):
    return sign_in(make.user(role="editor", organisation="Geschäftsstelle"))


def publish(office, asks_all, text="Neue Bedingungen."):
    mark = queries.get_page(queries.TERMS, "de").mark
    office.post(f"{PAGE}/edit?language=de", {"body": text, "mark": mark, "do": "save"})
    fields = {"asks_all": "1"} if asks_all else {}
    return office.post(f"{PAGE}/publish", fields)


def test_the_first_version_asks_nobody_whom_the_operator_brought_in(make, sign_in):
    person = sign_in(make.user())
    assert person.get("/").status_code == 200
    assert "Version 1" in person.get(PAGE).get_data(as_text=True)


def test_saving_changes_nothing_until_it_is_put_in_force(office, make, sign_in):
    mark = queries.get_page(queries.TERMS, "de").mark
    office.post(f"{PAGE}/edit?language=de", {"body": "Nur ein Entwurf.", "mark": mark, "do": "save"})
    assert "Nur ein Entwurf" not in sign_in(make.user()).get(PAGE).get_data(as_text=True)


def test_a_new_version_that_asks_everybody_is_agreed_to_before_anything_else(app, office, make, sign_in):
    person = make.user()
    browser = sign_in(person)
    assert publish(office, asks_all=True).status_code == 303
    answer = browser.get("/search?q=Licht")
    assert answer.headers["Location"] == "/terms?next=/search?q%3DLicht"
    page = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Neue Bedingungen." in page and "Version 2" in page
    refused = browser.post("/terms", {"terms": "2", "next": "/search?q=Licht"})
    assert refused.status_code == 422 and "setzen Sie den Haken" in refused.get_data(as_text=True)
    assert browser.get("/").status_code == 303
    agreed = browser.post("/terms", {"terms": "2", "agrees": "y", "next": "/search?q=Licht"})
    assert agreed.headers["Location"] == "/search?q=Licht" and browser.get("/").status_code == 200
    row = db.session.scalars(select(TermsAcceptance).where(TermsAcceptance.user_id == person.id)).one()
    assert row.version == 2 and row.accepted_at is not None
    assert db.session.get(User, person.id, populate_existing=True).terms_version == 2


def test_a_new_version_may_leave_people_in_peace(office, make, sign_in):
    browser = sign_in(make.user())
    publish(office, asks_all=False)
    assert browser.get("/").status_code == 200
    assert "Neue Bedingungen." in browser.get(PAGE).get_data(as_text=True)


def test_what_was_agreed_to_stays_readable(office, make):
    first = queries.original_text(queries.TERMS, "de")
    publish(office, asks_all=True)
    publish(office, asks_all=False, text="Noch neuere.")
    bodies = db.session.scalars(select(TermsVersion.body_de).order_by(TermsVersion.version)).all()
    assert bodies == [first, "Neue Bedingungen.", "Noch neuere."]


def test_an_older_version_than_shown_in_force_is_not_agreed_to(office, make, sign_in):
    browser = sign_in(make.user())
    publish(office, asks_all=True)
    publish(office, asks_all=True, text="Noch neuere.")
    answer = browser.post("/terms", {"terms": "2", "agrees": "y"})
    assert answer.status_code == 422 and "gerade geändert" in answer.get_data(as_text=True)


def test_who_does_not_agree_can_read_sign_out_and_prove_who_they_are(office, make, sign_in):
    browser = sign_in(make.user())
    publish(office, asks_all=True)
    assert browser.get("/pages/datenschutz").status_code == 200
    assert browser.post("/logout").status_code == 303


def test_a_form_that_was_open_still_arrives(office, make, sign_in):
    person = make.user(name="Vorher")
    browser = sign_in(person)
    publish(office, asks_all=True)
    assert browser.post("/account", {"name": "Nachher"}).status_code == 303
    assert db.session.get(User, person.id, populate_existing=True).name == "Nachher"


def test_the_same_text_is_not_published_twice(office):
    answer = office.post(f"{PAGE}/publish", follow_redirects=True)
    assert "gelten schon" in answer.get_data(as_text=True)
    assert terms.current_version() == 1


@pytest.mark.parametrize("role", ["member", "coordinator"])
def test_only_the_office_publishes(make, sign_in, role):
    user = make.user(role=role)
    assert sign_in(user).post(f"{PAGE}/publish").status_code == 403
    with pytest.raises(NotAllowed):
        pages.publish_terms(make.actor(user), asks_all=True)
