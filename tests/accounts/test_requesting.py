"""Asking for access: the same answer for any address, a link that proves it, a decision by coordination or office."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.accounts.joining_models import AccessRequest, TermsAcceptance
from hub.accounts.models import User
from hub.accounts.service import requesting
from hub.audit.models import AuditEvent
from hub.core.db import db
from hub.core.errors import Missing, Refused
from hub.mailing.models import Letter
from tests.accounts.held_clock import hold_clock
from tests.support.client import Visitor
from tests.support.events import proves

PATH = re.compile(r"http://127\.0\.0\.1:\d+(/(?:request|link)/[\w-]+)")


@pytest.fixture(autouse=True)
def mail(app, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:1")


@pytest.fixture
def essen(make):
    place = make.organisation("Essen")
    requesting.set_domains(make.actor(make.user(role="editor")), place, "Essen.example.org\n@zweite.example.org")
    return place


@pytest.fixture
def coordinator(make):
    return make.user(role="coordinator", organisation="Essen", email="ko@example.org")


def letters(template=None):
    rows = select(Letter).order_by(Letter.id)
    return db.session.scalars(rows.where(Letter.template == template) if template else rows).all()


def ask(app, email="neu@essen.example.org", **changes):
    fields = {"email": email, "name": "Neue Person", "agrees": "y", "terms": "1"} | changes
    return Visitor(app).post("/request", fields)


def confirmed(app, email="neu@essen.example.org"):
    ask(app, email)
    path = PATH.search(letters("request_confirm")[-1].text)[1]
    assert Visitor(app).post(path).status_code == 200
    return db.session.scalars(select(AccessRequest).where(AccessRequest.email == email)).one()


def test_t20_the_answer_is_the_same_for_every_address(app, make, essen):
    make.user(email="da@essen.example.org")
    make.user(email="weg@essen.example.org", blocked_at=essen.created_at)
    addresses = ["da@essen.example.org", "ne@essen.example.org", "weg@essen.example.org", "fern@fremd.example.com"]
    answers = [ask(app, address) for address in addresses]
    bodies = {
        re.sub(r'name="csrf_token" value="[^"]+"', "", answer.get_data(as_text=True).replace(address, ""))
        for answer, address in zip(answers, addresses, strict=True)
    }
    assert {answer.status_code for answer in answers} == {200} and len(bodies) == 1
    told = [(letter.recipient, letter.template) for letter in letters()]
    assert told == [("da@essen.example.org", "request_known"), ("ne@essen.example.org", "request_confirm")]


def test_asking_confirming_and_approving_makes_an_account_with_the_terms_agreed_to(
    app, make, essen, sign_in, coordinator
):
    request = confirmed(app, "Neu@Essen.Example.org ".strip().lower())
    [told] = letters("request_waits")
    assert told.recipient == coordinator.email and "/people/requests" in told.text
    browser = sign_in(coordinator)
    assert "Neue Person" in browser.get("/people/requests").get_data(as_text=True)
    assert browser.post(f"/people/requests/{request.id}/approve").status_code == 303
    user = db.session.scalars(select(User).where(User.email == "neu@essen.example.org")).one()
    assert (user.organisation_id, user.role, user.terms_version) == (essen.id, "member", 1)
    acceptance = db.session.scalars(select(TermsAcceptance).where(TermsAcceptance.user_id == user.id)).one()
    assert acceptance.version == 1 and acceptance.accepted_at == request.created_at
    path = PATH.search(letters("request_approved")[-1].text)[1]
    person = Visitor(app)
    assert "Ich habe die Nutzungsbedingungen" not in person.get(path).get_data(as_text=True)
    word = "sieben graue Busse am Bahnhof"
    fields = {"name": "Ich", "new_password": word, "repeated_password": word, "terms": "1"}
    assert person.post(path, fields).status_code == 303 and person.get("/").status_code == 200
    assert db.session.scalar(select(func.count()).select_from(AccessRequest)) == 0


@proves("request.approved")
def test_an_approval_is_written_down(app, make, essen, sign_in, coordinator):
    request = confirmed(app)
    sign_in(coordinator).post(f"/people/requests/{request.id}/approve")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "request.approved")).one()
    assert (event.actor_id, event.thing_id) == (coordinator.id, request.id)


@proves("request.declined")
def test_a_declined_person_is_told_why_and_forgotten(app, make, essen, sign_in, coordinator):
    request = confirmed(app)
    sign_in(coordinator).post(f"/people/requests/{request.id}/decline", {"reason": "Nicht in unserem Haus."})
    assert "Nicht in unserem Haus." in letters("request_declined")[-1].text
    assert db.session.scalar(select(func.count()).select_from(AccessRequest)) == 0
    assert db.session.scalar(select(User).where(User.email == request.email)) is None
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "request.declined")).one()
    assert event.actor_id == coordinator.id


def test_a_link_works_once_and_for_a_day(app, essen, coordinator, monkeypatch):
    ask(app)
    path = PATH.search(letters("request_confirm")[-1].text)[1]
    assert Visitor(app).get(path).status_code == 200
    assert letters("request_waits") == []
    assert [Visitor(app).post(path).status_code for _ in range(2)] == [200, 404]
    assert Visitor(app).get(f"{path}x").status_code == 404
    ask(app, "zwei@essen.example.org")
    path = PATH.search(letters("request_confirm")[-1].text)[1]
    hold_clock(monkeypatch, timedelta(hours=24, minutes=1))
    assert Visitor(app).post(path).status_code == 404
    requesting.sweep_requests({})
    assert db.session.scalars(select(AccessRequest.email)).all() == ["neu@essen.example.org"]
    hold_clock(monkeypatch, timedelta(days=61))
    requesting.sweep_requests({})
    assert db.session.scalars(select(AccessRequest.email)).all() == []


def test_t19_three_letters_a_day_for_an_address_and_twenty_requests_from_a_network(app, essen, monkeypatch):
    for _ in range(5):
        assert ask(app).status_code == 200
    assert len(letters("request_confirm")) == 3
    for number in range(20):
        ask(app, f"p{number}@essen.example.org")
    assert len(letters("request_confirm")) == 20
    hold_clock(monkeypatch, timedelta(hours=24, minutes=1))
    ask(app)
    assert len(letters("request_confirm")) == 21


def test_t33_other_organisations_requests_are_not_found(app, make, essen, sign_in, coordinator):
    request = confirmed(app)
    browser = sign_in(make.user(role="coordinator", organisation="Köln"))
    assert "Neue Person" not in browser.get("/people/requests").get_data(as_text=True)
    for deed in ("approve", "decline"):
        assert browser.post(f"/people/requests/{request.id}/{deed}").status_code == 404
        assert sign_in(make.user()).post(f"/people/requests/{request.id}/{deed}").status_code == 403
    with pytest.raises(Missing):
        requesting.approve(make.actor(make.user(role="coordinator", organisation="Köln")), request.id)


def test_without_coordination_the_office_is_told_and_decides(app, make, essen):
    blocked = make.user(role="coordinator", organisation="Essen", blocked_at=essen.created_at)
    editor = make.user(role="editor", organisation="Geschäftsstelle", email="redaktion@example.org")
    request = confirmed(app)
    assert editor.email in {letter.recipient for letter in letters("request_waits")}
    assert blocked.email not in {letter.recipient for letter in letters("request_waits")}
    assert requesting.approve(make.actor(editor), request.id).email == "neu@essen.example.org"


def test_an_unconfirmed_request_waits_for_nobody(app, make, essen, coordinator):
    ask(app)
    assert requesting.find_requests(make.actor(coordinator)) == []
    assert db.session.scalar(requesting.request_count(make.actor(coordinator))) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"agrees": ""}, "stimmen Sie den Nutzungsbedingungen zu"),
        ({"email": "kaputt"}, "Das ist keine E-Mail-Adresse"),
        ({"name": " "}, "geben Sie einen Namen"),
        ({"terms": "9"}, "gerade geändert"),
    ],
)
def test_what_is_missing_is_said(app, essen, changes, words):
    answer = ask(app, **changes)
    assert answer.status_code == 422 and words in answer.get_data(as_text=True)
    assert letters() == []


def test_without_a_mail_server_it_is_not_offered(app, essen, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_URL", None)
    assert Visitor(app).get("/request").status_code == 404
    assert "/request" not in Visitor(app).get("/login").get_data(as_text=True)
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:1")
    assert 'href="/request"' in Visitor(app).get("/login").get_data(as_text=True)


@proves("organisation.domains_changed")
def test_the_office_says_which_domains_belong_to_an_organisation(make, sign_in, essen):
    browser = sign_in(make.user(role="editor"))
    path = f"/organisations/{essen.id}"
    assert "essen.example.org" in browser.get(f"{path}/edit").get_data(as_text=True)
    other = make.organisation("Köln")
    for text, words in [
        ("essen.example.org", "gehört schon zu einer anderen"),
        ("gmail.com", "bekommt jede Person eine Adresse"),
        ("kein", "ist keine Domain"),
        ("a..de", "ist keine Domain"),
    ]:
        answer = browser.post(f"/organisations/{other.id}/domains", {"domains": text})
        assert answer.status_code == 422 and words in answer.get_data(as_text=True), text
    assert browser.post(f"{path}/domains", {"domains": "neu.example.org"}).status_code == 303
    assert requesting.find_domains(essen.id) == ["neu.example.org"]
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "organisation.domains_changed")).all()[-1]
    assert event.detail == {"domains": ["neu.example.org"]}
    assert sign_in(make.user(role="coordinator")).post(f"{path}/domains", {"domains": ""}).status_code == 403


def test_t44_the_pattern_for_domains_is_quick(app, make, essen):
    from time import perf_counter

    started = perf_counter()
    for text in ("a" * 4000, "a." * 2000, "a-" * 2000 + "!"):
        with pytest.raises(Refused):
            requesting.set_domains(make.actor(make.user(role="editor")), essen, text)
    assert perf_counter() - started < 1
