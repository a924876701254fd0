"""Who comes in, into which account and organisation, with which rights."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.accounts.models import LoginSession, User
from hub.audit.models import AuditEvent
from hub.core import clock
from hub.core.db import db
from hub.core.permissions import Role
from hub.federating.models import LinkedIdentity, SignOnSession, WaitingPerson
from tests.federating.conftest import ANNA, agree, come_back
from tests.support.client import Visitor


def account(email=ANNA["email"]):
    db.session.expire_all()
    return db.session.scalar(select(User).where(User.email == email))


def text_of(answer):
    return answer.get_data(as_text=True)


def test_a_new_person_lands_as_member_in_the_organisation_of_the_provider(essen, visitor):
    essen.control(claims={"roles": ["admin"], "groups": ["hub-admins"], "organisation": "Augsburg"})
    assert essen.enter(visitor).status_code == 303
    made = account()
    assert (made.role, made.organisation_id, made.name) == (Role.MEMBER, essen.row.organisation_id, ANNA["name"])
    assert made.password_hash is None
    identity = db.session.scalars(select(LinkedIdentity)).one()
    assert (identity.provider_id, identity.subject, identity.user_id) == (essen.row.id, "anna", made.id)


def test_the_next_time_it_is_the_same_account_whatever_the_address_says(essen, visitor, app):
    essen.enter(visitor)
    number = account().id
    essen.control(people={"anna": {"email": "anna.neu@essen.example", "email_verified": True, "name": "Anna Neu"}})
    assert essen.enter(Visitor(app)).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(User)) == 1
    assert account().id == number and account().name == ANNA["name"]


def test_the_same_subject_of_another_provider_is_somebody_else(places, visitor, app):
    essen, augsburg = places("Essen"), places("Augsburg")
    augsburg.control(people={"anna": {"email": "anna@augsburg.example", "email_verified": True, "name": "Anna A"}})
    assert essen.enter(visitor).status_code == augsburg.enter(Visitor(app)).status_code == 303
    first, second = account(), account("anna@augsburg.example")
    assert first.id != second.id
    assert {first.organisation_id, second.organisation_id} == {essen.row.organisation_id, augsburg.row.organisation_id}


def test_an_account_with_the_same_address_is_not_taken_over(essen, visitor, make):
    make.user(email=ANNA["email"], role="admin", organisation="Geschäftsstelle")
    answer = essen.enter(visitor)
    assert answer.status_code == 403 and "schon ein Konto" in text_of(answer)
    assert db.session.scalar(select(func.count()).select_from(LinkedIdentity)) == 0


@pytest.mark.parametrize(
    ("trusts", "claims", "organisation", "is_linked"),
    [
        (True, {}, "Essen", True),
        (False, {}, "Essen", False),
        (True, {"email_verified": False}, "Essen", False),
        (True, {"email_verified": "true"}, "Essen", False),
        (True, {"email_verified": None}, "Essen", False),
        (True, {}, "Augsburg", False),
    ],
)
def test_a_known_address_links_only_when_all_three_hold(places, visitor, make, trusts, claims, organisation, is_linked):
    known = make.user(email=ANNA["email"], organisation=organisation)
    essen = places("Essen", trusts_email=trusts)
    essen.control(claims=claims)
    assert essen.enter(visitor).status_code == (303 if is_linked else 403)
    linked = db.session.scalar(select(LinkedIdentity.user_id))
    assert linked == (known.id if is_linked else None)


def test_an_address_given_to_somebody_else_there_does_not_open_the_old_account(places, visitor, app, make):
    make.user(email=ANNA["email"], organisation="Essen")
    essen = places("Essen", trusts_email=True)
    assert essen.enter(visitor).status_code == 303
    essen.control(people={"other": ANNA})
    assert essen.enter(Visitor(app), "other").status_code == 403


@pytest.mark.parametrize("known_before", [True, False])
def test_blocked_people_stay_out(places, visitor, app, make, known_before):
    essen = places("Essen", trusts_email=True)
    if known_before:
        essen.enter(visitor)
        account().blocked_at = clock.now()
        db.session.commit()
        assert visitor.get("/account").status_code == 303
    else:
        make.user(email=ANNA["email"], organisation="Essen", blocked_at=clock.now())
    answer = essen.enter(Visitor(app))
    assert answer.status_code == 403 and "gesperrt" in text_of(answer)
    assert db.session.scalar(select(func.count()).select_from(SignOnSession)) == (1 if known_before else 0)


@pytest.mark.parametrize("email", [None, "", "no address", "a@b", "anna@essen.example\r\nBcc: x@y.example"])
def test_without_an_address_there_is_no_account(essen, visitor, email):
    essen.control(people={"anna": {"email": email, "email_verified": True}})
    answer = essen.enter(visitor)
    assert answer.status_code == 403 and "E-Mail-Adresse" in text_of(answer)
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_address_and_name_may_come_from_userinfo(essen, visitor):
    essen.control(userinfo_only=True)
    assert essen.enter(visitor).status_code == 303
    assert account().name == ANNA["name"]


def test_names_are_tidied_and_cut(essen, visitor):
    essen.control(people={"anna": {**ANNA, "name": "A\u202e<b>nna</b>" + "x" * 300}})
    assert essen.enter(visitor).status_code == 303
    assert account().name.startswith("A<b>nna</b>x") and len(account().name) == 120
    assert "<b>nna" not in text_of(visitor.get("/account"))


def test_an_unverified_address_never_makes_an_account_at_once(essen, visitor):
    essen.control(claims={"email_verified": None})
    answer = essen.enter(visitor)
    assert answer.status_code == 200 and "angekommen" in text_of(answer)
    assert account() is None and not db.session.scalars(select(WaitingPerson)).one().is_email_verified


def test_sessions_through_a_provider_are_never_kept_for_a_month(essen, visitor):
    answer = essen.enter(visitor)
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("hub_session="))
    assert "Max-Age" not in cookie and "HttpOnly" in cookie
    assert db.session.scalars(select(LoginSession)).one().is_kept is False


def test_a_session_before_gets_a_new_reference(essen, visitor, make):
    visitor.get("/login")
    before = visitor.client.get_cookie("hub_session")
    essen.enter(visitor)
    assert before is None and visitor.client.get_cookie("hub_session").value


@pytest.mark.parametrize(("auth_time", "is_fresh"), [(0, True), (-3600, False), (None, False)])
def test_the_time_of_the_sign_in_there_counts_for_sensitive_steps(essen, visitor, auth_time, is_fresh):
    told = None if auth_time is None else int(time.time()) + auth_time
    essen.control(claims={"auth_time": told})
    assert essen.enter(visitor).status_code == 303
    proven_at = db.session.scalars(select(LoginSession.proven_at)).one()
    assert (clock.now() - proven_at < timedelta(minutes=15)) is is_fresh


def test_coming_in_is_in_the_audit_with_its_way(essen, visitor):
    essen.enter(visitor)
    found = db.session.scalar(select(AuditEvent.detail).where(AuditEvent.action == "session.started"))
    assert "single_sign_on" in found["way"]
    assert db.session.scalar(select(func.count()).where(AuditEvent.action == "user.identity_linked")) == 1


def test_the_sign_in_page_shows_a_button_for_each_provider_in_one_statement(places, visitor):
    from tests.support.counting import counted_statements

    with counted_statements() as before:
        assert "Oder über Ihre Organisation" not in text_of(visitor.get("/login"))
    places("Essen"), places("Augsburg")
    with counted_statements() as after:
        text = text_of(visitor.get("/login"))
    assert "Anmeldung Essen" in text and "Anmeldung Augsburg" in text
    assert len(after) == len(before)


def test_what_was_typed_before_the_session_ended_is_kept_over_the_way_to_the_provider(essen, visitor, make):
    collection = make.collection()
    essen.enter(visitor)
    token = visitor.token()
    db.session.query(LoginSession).delete()
    db.session.commit()
    lost = visitor.post("/entries/new", {"title": "Nicht verlieren", "csrf_token": token, "collections": collection.id})
    import html
    import re

    parked = html.unescape(re.search(r'name="parked" value="([^"]+)"', text_of(lost))[1])
    visitor.forget_token()
    answer = essen.enter(visitor, parked=parked)
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/entries/new")
    assert "Nicht verlieren" in text_of(visitor.get("/entries/new"))


def test_a_newcomer_reads_the_terms_before_any_other_page(essen, visitor):
    come_back(visitor, essen.way_back(visitor))
    assert visitor.get("/account").headers["Location"] == "/terms?next=/account"
    agree(visitor)
    assert visitor.get("/account").status_code == 200
