"""Linking a provider with an account, proving to be there, parting again."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from hub.accounts.models import LoginSession
from hub.core import clock
from hub.core.db import db
from hub.federating.models import LinkedIdentity, SignOnAttempt
from tests.federating.conftest import come_back, onward
from tests.support.client import Visitor
from tests.support.making import PASSWORD


def text_of(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def person(make):
    return make.user(email="jemand@augsburg.example", organisation="Augsburg", password=PASSWORD)


@pytest.fixture
def browser(sign_in, person):
    return sign_in(person)


def link(place, browser, subject="anna"):
    """From the button on the page to the way back."""
    address = onward(browser.post(f"/account/sign-ons/{place.row.id}/link"))
    return place.process.sign_in(address, subject)


def identities():
    db.session.expire_all()
    return db.session.scalars(select(LinkedIdentity)).all()


def test_a_signed_in_person_links_a_provider_of_any_organisation(essen, browser, person, app):
    answer = come_back(browser, link(essen, browser))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account/sign-ons")
    assert [(one.subject, one.user_id) for one in identities()] == [("anna", person.id)]
    assert "verbunden" in text_of(browser.get("/account/sign-ons"))
    fresh = Visitor(app)
    assert essen.enter(fresh).status_code == 303
    assert person.email in text_of(fresh.get("/account"))
    assert person.organisation_id != essen.row.organisation_id


def test_linking_belongs_to_the_session_that_began_it(essen, browser, sign_in, make):
    back = link(essen, browser)
    other = sign_in(make.user())
    assert come_back(other, back).status_code == 403
    assert identities() == []


def test_linking_cannot_be_finished_by_somebody_who_signed_in_meanwhile(essen, browser, make):
    back = link(essen, browser)
    browser.sign_in(make.user())
    assert come_back(browser, back).status_code == 403
    assert identities() == []


def test_an_identity_belongs_to_one_account(essen, browser, visitor):
    essen.enter(visitor)
    answer = come_back(browser, link(essen, browser))
    assert answer.status_code == 403 and "anderen Konto" in text_of(answer)
    assert len(identities()) == 1


def test_an_account_has_one_identity_at_a_provider(essen, browser):
    come_back(browser, link(essen, browser))
    essen.control(people={"other": {"email": "o@essen.example"}})
    answer = come_back(browser, link(essen, browser, "other"))
    assert answer.status_code == 403 and len(identities()) == 1


def test_linking_twice_changes_nothing(essen, browser):
    come_back(browser, link(essen, browser))
    assert come_back(browser, link(essen, browser)).status_code == 303
    assert len(identities()) == 1


def test_parting_ends_the_sessions_that_came_this_way(essen, browser, app):
    come_back(browser, link(essen, browser))
    elsewhere = Visitor(app)
    essen.enter(elsewhere)
    answer = browser.post(f"/account/sign-ons/identities/{identities()[0].id}/unlink")
    assert answer.status_code == 303 and identities() == []
    assert elsewhere.get("/account").status_code == 303
    assert browser.get("/account").status_code == 200


def test_the_only_way_in_stays(essen, visitor):
    essen.enter(visitor)
    visitor.post(f"/account/sign-ons/identities/{identities()[0].id}/unlink")
    assert len(identities()) == 1
    assert "einziger Weg" in text_of(visitor.get("/account/sign-ons"))


def test_t33_links_of_others_cannot_be_parted(essen, browser, visitor):
    essen.enter(visitor)
    assert browser.post(f"/account/sign-ons/identities/{identities()[0].id}/unlink").status_code == 404
    assert len(identities()) == 1


def make_stale():
    db.session.execute(update(LoginSession).values(proven_at=clock.now() - timedelta(hours=1)))
    db.session.commit()


def confirm(place, browser, subject="anna", target="/account"):
    address = onward(browser.post(f"/account/sign-ons/{place.row.id}/confirm", {"next": target}))
    assert "prompt=login" in address and "max_age=0" in address
    return place.process.sign_in(address, subject)


def test_who_has_no_password_proves_to_be_there_at_the_provider(essen, visitor):
    essen.enter(visitor)
    make_stale()
    assert "Bei Anmeldung Essen bestätigen" in text_of(visitor.get("/confirm?next=/account"))
    answer = come_back(visitor, confirm(essen, visitor))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    proven_at = db.session.scalars(select(LoginSession.proven_at)).one()
    assert clock.now() - proven_at < timedelta(minutes=1)


@pytest.mark.parametrize("claims", [{"auth_time": None}, {"auth_time": 1_000_000_000}, {"auth_time": "now"}])
def test_a_provider_that_did_not_ask_again_proves_nothing(essen, visitor, claims):
    essen.enter(visitor)
    make_stale()
    essen.control(claims=claims)
    assert come_back(visitor, confirm(essen, visitor)).status_code in (403, 502)
    assert clock.now() - db.session.scalars(select(LoginSession.proven_at)).one() > timedelta(minutes=50)


def test_somebody_else_at_the_provider_proves_nothing(essen, visitor):
    essen.enter(visitor)
    make_stale()
    essen.control(people={"other": {"email": "o@essen.example"}})
    assert come_back(visitor, confirm(essen, visitor, "other")).status_code == 403


def test_attempts_end_with_the_session_that_began_them(essen, browser):
    link(essen, browser)
    assert db.session.scalar(select(func.count()).select_from(SignOnAttempt)) == 1
    browser.post("/logout")
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(SignOnAttempt)) == 0


def test_the_page_of_the_own_account_leads_there_when_there_is_a_provider(places, browser):
    assert "Anmelden über Ihre Organisation" not in text_of(browser.get("/account"))
    places("Essen")
    assert "Anmelden über Ihre Organisation" in text_of(browser.get("/account"))
