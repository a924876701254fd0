"""Invitations: one person, again, taken back, fifty a day, accepting with name, password and terms."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.accounts.joining_models import InvitationSent, TermsAcceptance
from hub.accounts.models import User
from hub.accounts.service import inviting
from hub.accounts.service.people import Person
from hub.audit.models import AuditEvent
from hub.core.db import db
from hub.core.errors import NotAllowed, Refused
from hub.core.permissions import Role
from hub.mailing.models import Letter
from tests.accounts.held_clock import hold_clock
from tests.support.client import Visitor
from tests.support.events import proves

PASSWORD = "sieben graue Busse am Bahnhof"
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/link/[\w-]+)")


@pytest.fixture
def coordination(make):
    return make.actor(make.user(role="coordinator", organisation="Essen", name="Ko Ordination"))


@pytest.fixture
def mail(app, monkeypatch):
    """A hub that sends letters; what was written, newest last."""
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:1")
    return lambda: db.session.scalars(select(Letter).order_by(Letter.id)).all()


def person(make, email="neu@example.org", organisation="Essen", role=Role.MEMBER):
    return Person(email, "Neue Person", make.organisation(organisation).id, role)


def begin(app, token, **changes):
    browser = Visitor(app)
    fields = {
        "name": "Ich selbst",
        "new_password": PASSWORD,
        "repeated_password": PASSWORD,
        "agrees": "y",
        "terms": "1",
    }
    return browser, browser.post(f"/link/{token}", fields | changes)


def actions(user_id):
    rows = db.session.scalars(select(AuditEvent).where(AuditEvent.thing_id == user_id).order_by(AuditEvent.id))
    return [row.action for row in rows if row.thing == "user"]


@proves("user.invited")
def test_an_invitation_goes_by_mail_in_the_language_and_holds_the_link(make, coordination, mail):
    [invited] = inviting.invite(coordination, [person(make)])
    [letter] = mail()
    assert (letter.recipient, letter.template) == ("neu@example.org", "invitation")
    assert f"/link/{invited.token}" in letter.text and "Ko Ordination" in letter.text
    assert f"/link/{invited.token}" in letter.html
    assert "user.invited" in actions(invited.user.id)


def test_without_mail_no_letter_is_written_and_the_link_is_shown_once(make, coordination, sign_in):
    browser = sign_in(db.session.get(User, coordination.id))
    fields = {"email": "Neu@Example.org ", "name": "Neu", "organisation": coordination.organisation_id}
    answer = browser.post("/people", fields | {"role": "member"})
    page = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert LINK.search(page) and not LINK.search(browser.get(answer.headers["Location"]).get_data(as_text=True))
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0


def test_with_mail_the_link_is_not_shown(make, coordination, sign_in, mail):
    browser = sign_in(db.session.get(User, coordination.id))
    fields = {"email": "neu@example.org", "name": "Neu", "organisation": coordination.organisation_id}
    page = browser.post("/people", fields | {"role": "member"}, follow_redirects=True).get_data(as_text=True)
    assert "Die Einladung an neu@example.org ist unterwegs" in page and "/link/" not in page
    assert len(mail()) == 1


@pytest.mark.parametrize(("role", "place"), [(Role.EDITOR, "Essen"), (Role.ADMIN, "Essen"), (Role.MEMBER, "Köln")])
def test_coordination_invites_nobody_of_the_office_and_of_no_other_organisation(make, coordination, role, place):
    with pytest.raises(NotAllowed):
        inviting.invite(coordination, [person(make, role=role, organisation=place)])


def test_all_or_none_are_invited(make, coordination):
    taken = make.user(email="da@example.org")
    people = [person(make), person(make, taken.email)]
    with pytest.raises(Refused):
        inviting.invite(coordination, people)
    assert db.session.scalar(select(User).where(User.email == "neu@example.org")) is None
    assert db.session.scalar(select(func.count()).select_from(InvitationSent)) == 0


def test_t19_fifty_invitations_a_day_and_taking_back_does_not_give_more(make, coordination, monkeypatch):
    people = [person(make, f"p{number}@example.org") for number in range(50)]
    invited = inviting.invite(coordination, people)
    inviting.withdraw_invitation(coordination, invited[0].user)
    with pytest.raises(Refused, match="heute noch 0"):
        inviting.invite(coordination, [person(make)])
    with pytest.raises(Refused):
        inviting.invite_again(coordination, invited[1].user)
    hold_clock(monkeypatch, timedelta(hours=24, minutes=1))
    assert len(inviting.invite(coordination, [person(make)])) == 1


@proves("user.invitation_accepted")
def test_accepting_keeps_name_and_password_and_notes_the_terms(app, make, coordination):
    [invited] = inviting.invite(coordination, [person(make)])
    assert "Nutzungsbedingungen, Version 1" in Visitor(app).get(f"/link/{invited.token}").get_data(as_text=True)
    browser, answer = begin(app, invited.token)
    assert answer.status_code == 303
    assert browser.get("/").status_code == 200
    user = db.session.get(User, invited.user.id, populate_existing=True)
    assert user.name == "Ich selbst" and user.password_hash and user.terms_version == 1
    acceptance = db.session.scalars(select(TermsAcceptance).where(TermsAcceptance.user_id == user.id)).one()
    assert acceptance.version == 1 and acceptance.accepted_at is not None
    assert "user.invitation_accepted" in actions(user.id)
    assert begin(app, invited.token)[1].status_code == 410


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"agrees": ""}, "stimmen Sie den Nutzungsbedingungen zu"),
        ({"name": " "}, "geben Sie einen Namen"),
        ({"repeated_password": "anders"}, "stimmen nicht überein"),
        ({"new_password": "kurz", "repeated_password": "kurz"}, "weniger als 12"),
        ({"terms": "7"}, "gerade geändert"),
    ],
)
def test_without_everything_nobody_comes_in_and_the_link_stays(app, make, coordination, changes, words):
    [invited] = inviting.invite(coordination, [person(make)])
    _browser, answer = begin(app, invited.token, **changes)
    assert answer.status_code == 422 and words in answer.get_data(as_text=True)
    assert begin(app, invited.token)[1].status_code == 303


def test_after_seven_days_the_link_is_over_and_a_new_one_can_be_sent(app, make, coordination, monkeypatch, sign_in):
    [invited] = inviting.invite(coordination, [person(make)])
    hold_clock(monkeypatch, timedelta(days=7, minutes=1))
    assert Visitor(app).get(f"/link/{invited.token}").status_code == 410
    page = sign_in(db.session.get(User, coordination.id)).get("/people").get_data(as_text=True)
    assert "Einladung abgelaufen" in page
    again = inviting.invite_again(coordination, invited.user)
    assert begin(app, again.token)[1].status_code == 303


def test_a_new_invitation_ends_the_one_before(app, make, coordination):
    [invited] = inviting.invite(coordination, [person(make)])
    again = inviting.invite_again(coordination, invited.user)
    assert Visitor(app).get(f"/link/{invited.token}").status_code == 410
    assert Visitor(app).get(f"/link/{again.token}").status_code == 200


@proves("user.invitation_withdrawn")
def test_an_invitation_is_taken_back_whole(app, make, coordination):
    [invited] = inviting.invite(coordination, [person(make)])
    number = invited.user.id
    inviting.withdraw_invitation(coordination, invited.user)
    assert Visitor(app).get(f"/link/{invited.token}").status_code == 404
    assert db.session.get(User, number) is None
    assert "user.invitation_withdrawn" in actions(number)


def test_somebody_who_was_here_is_neither_invited_again_nor_taken_back(make, coordination):
    user = make.user(password=PASSWORD)
    inviting_again = pytest.raises(Refused)
    user.last_seen_at = user.created_at
    db.session.commit()
    with inviting_again:
        inviting.invite_again(coordination, user)
    with pytest.raises(Refused):
        inviting.withdraw_invitation(coordination, user)


def test_an_invited_person_who_comes_in_another_way_agrees_first(make, coordination, sign_in):
    [invited] = inviting.invite(coordination, [person(make)])
    answer = sign_in(invited.user).get("/search?q=Licht")
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/terms?next=")


def test_who_never_accepts_is_forgotten_a_month_later(make, coordination, monkeypatch):
    [invited] = inviting.invite(coordination, [person(make)])
    here = make.user()
    hold_clock(monkeypatch, timedelta(days=36))
    inviting.sweep_invitations({})
    assert db.session.get(User, invited.user.id) is not None
    hold_clock(monkeypatch, timedelta(days=2))
    inviting.sweep_invitations({})
    db.session.expire_all()
    assert db.session.get(User, invited.user.id) is None and db.session.get(User, here.id) is not None
    assert db.session.scalar(select(func.count()).select_from(InvitationSent)) == 0
