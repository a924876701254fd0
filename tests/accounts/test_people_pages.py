"""Accounts of all people: invite, change, give a link, block."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.accounts.models import User
from hub.audit.models import AuditEvent
from hub.core import clock
from hub.core.db import db
from tests.support.client import Visitor
from tests.support.counting import counted_statements

LINK = re.compile(r'value="http://127\.0\.0\.1:\d+(/link/[^"]+)"')


@pytest.fixture
def office(sign_in, make):
    return sign_in(make.user(role="admin", organisation="Geschäftsstelle", email="chef@example.org"))


def stored(user):
    db.session.expire_all()
    return db.session.get(User, user.id)


def person_fields(user, **changes):
    values = {"name": user.name, "organisation": user.organisation_id, "role": user.role, "version": user.version}
    return values | changes


def test_the_list_says_how_it_stands_with_each_account(office, make):
    make.user(name="Nie dagewesen")
    make.user(name="Gestern da", last_seen_at=clock.now() - timedelta(days=1))
    make.user(name="Lange weg", last_seen_at=clock.now() - timedelta(days=5), blocked_at=clock.now())
    text = office.get("/people").get_data(as_text=True)
    assert "eingeladen</span>" in text and "noch nicht angemeldet" in text and "noch nie" in text
    assert "aktiv" in text and "gestern" in text
    assert "gesperrt" in text and "vor 5 Tagen" in text


def test_the_list_is_narrowed_by_words_organisation_and_role(office, make):
    essen = make.organisation("Essen").id
    make.user(name="Eine aus Essen", role="coordinator")
    make.user(name="Noch eine aus Essen")
    make.user(name="Einer aus Köln", organisation="Köln", email="100%_koeln@example.org")
    for query, names in [
        ("q=Essen", {"Eine aus Essen", "Noch eine aus Essen"}),
        (f"organisation={essen}", {"Eine aus Essen", "Noch eine aus Essen"}),
        ("role=coordinator", {"Eine aus Essen"}),
        ("q=100%25_", {"Einer aus Köln"}),
        ("q=%25", {"Einer aus Köln"}),
        (f"q=aus&organisation={essen}&role=member", {"Noch eine aus Essen"}),
        ("q=niemand", set()),
        ("organisation=x&role=y&page=z", {"Eine aus Essen", "Noch eine aus Essen", "Einer aus Köln"}),
    ]:
        text = office.get(f"/people?{query}").get_data(as_text=True)
        found = {
            name for name in ("Eine aus Essen", "Noch eine aus Essen", "Einer aus Köln") if f'row">{name}<' in text
        }
        if "organisation=x" not in query:
            assert found == names, query


def test_long_lists_come_in_pages_and_need_the_same_number_of_queries(app, office, make):
    office.get("/people")
    few = queries_of(lambda: office.get("/people"))
    for number in range(30):
        make.user(name=f"Person {number:02}", organisation=f"Stadt {number % 7}")
    many = queries_of(lambda: office.get("/people"))
    assert many == few <= 12
    first, second = (office.get(f"/people?page={n}").get_data(as_text=True) for n in (1, 2))
    assert first.count("Verwalten<") == 25 and second.count("Verwalten<") == 6
    assert office.get("/people?page=99").get_data(as_text=True).count("Verwalten<") == 6


def queries_of(action):
    with counted_statements() as sent:
        action()
    return len(sent)


def test_an_invitation_is_shown_once_and_works_once(app, office, make):
    city = make.organisation("Göttingen").id
    fields = {"email": "Neu@Example.org", "name": "Neue Person", "organisation": city, "role": "coordinator"}
    answer = office.post("/people", fields)
    assert answer.status_code == 303
    page = office.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Einladungs-Link, sieben Tage gültig" in page
    path = LINK.search(page)[1]
    assert LINK.search(office.get(answer.headers["Location"]).get_data(as_text=True)) is None
    made = db.session.scalar(select(User).where(User.email == "neu@example.org"))
    assert (made.name, made.organisation_id, made.role, made.password_hash) == (
        "Neue Person",
        city,
        "coordinator",
        None,
    )
    assert "neu@example.org" in Visitor(app).get(path).get_data(as_text=True)


def test_a_fresh_link_is_not_shown_on_another_page(office, make):
    first, second = make.user(), make.user()
    office.post(f"/people/{first.id}/link", {"purpose": "sign_in"})
    assert LINK.search(office.get(f"/people/{second.id}").get_data(as_text=True)) is None


def test_a_sign_in_link_of_twenty_minutes_replaces_the_one_before(app, office, make):
    person = make.user()
    paths = []
    for _ in range(2):
        answer = office.post(f"/people/{person.id}/link", {"purpose": "sign_in"})
        page = office.get(answer.headers["Location"]).get_data(as_text=True)
        assert "Anmelde-Link, 20 Minuten gültig" in page
        paths.append(LINK.search(page)[1])
    stranger = Visitor(app)
    assert [stranger.post(path).status_code for path in paths] == [410, 303]


@pytest.mark.parametrize("purpose", ["", "first_admin", "example", "x"])
def test_other_kinds_of_links_cannot_be_made_here(office, make, purpose):
    assert office.post(f"/people/{make.user().id}/link", {"purpose": purpose}).status_code == 422


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "praevention@beispielstadt"}, "Es fehlt die Endung"),
        ({"email": "kein Name"}, "Das ist keine E-Mail-Adresse"),
        ({"email": "chef@example.org"}, "gibt es schon ein Konto"),
        ({"email": ""}, "Bitte geben Sie eine E-Mail-Adresse ein."),
        ({"name": " "}, "Bitte geben Sie einen Namen ein."),
        ({"organisation": ""}, "Bitte wählen Sie ein Mitglied."),
        ({"organisation": "999999999999999999999"}, "Bitte wählen Sie"),
        ({"role": "emperor"}, "Bitte wählen Sie einen Wert aus der Liste."),
    ],
)
def test_a_wrong_invitation_is_explained_and_keeps_what_was_typed(office, make, changes, words):
    fields = {
        "email": "neu@example.org",
        "name": "Neue <Person>",
        "organisation": make.organisation().id,
        "role": "member",
    }
    answer = office.post("/people", fields | changes)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and words in text
    assert "name" in changes or 'value="Neue &lt;Person&gt;"' in text
    assert db.session.scalar(select(User).where(User.email == "neu@example.org")) is None


def test_role_and_organisation_change_ends_the_sessions_of_the_person(office, sign_in, make):
    person = make.user()
    browser = sign_in(person)
    office.post(f"/people/{person.id}", person_fields(person, name="Nur der Name"))
    assert browser.get("/account").status_code == 200
    answer = office.post(f"/people/{person.id}", person_fields(stored(person), role="editor", email="x@example.org"))
    assert answer.status_code == 303
    changed = stored(person)
    assert (changed.role, changed.email, changed.name) == ("editor", person.email, "Nur der Name")
    assert browser.get("/account").status_code == 303


def test_a_stale_change_is_refused_once_and_shows_both_states(office, make):
    person = make.user(name="Anfangs")
    stale = person_fields(person)
    office.post(f"/people/{person.id}", stale | {"name": "Schneller"})
    answer = office.post(f"/people/{person.id}", stale | {"name": "Langsamer"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "von jemand anderem geändert" in text
    assert "Schneller" in text and 'value="Langsamer"' in text and stored(person).name == "Schneller"
    version = re.search(r'name="version"[^>]*value="(\d+)"', text)[1]
    assert office.post(f"/people/{person.id}", stale | {"name": "Langsamer", "version": version}).status_code == 303
    assert stored(person).name == "Langsamer"


def test_blocking_acts_at_once_and_can_be_undone(office, sign_in, make):
    person = make.user(organisation="Köln")
    browser = sign_in(person)
    answer = office.post(f"/people/{person.id}/block")
    assert "unter „Stadt Köln“ sichtbar" in office.get(answer.headers["Location"]).get_data(as_text=True)
    assert browser.get("/account").status_code == 303
    office.post(f"/people/{person.id}/unblock")
    assert stored(person).blocked_at is None
    assert browser.get("/account").status_code == 303


def test_somebody_must_stay_who_administers(office, make):
    chief = db.session.scalar(select(User).where(User.email == "chef@example.org"))
    words = "Es muss mindestens eine Person mit der Rolle Verwaltung geben."
    make.user(role="admin", blocked_at=clock.now())
    blocked = office.post(f"/people/{chief.id}/block", follow_redirects=True)
    assert words in blocked.get_data(as_text=True)
    demoted = office.post(f"/people/{chief.id}", person_fields(chief, role="editor"))
    assert demoted.status_code == 422 and words in demoted.get_data(as_text=True)
    assert (stored(chief).role, stored(chief).blocked_at) == ("admin", None)
    make.user(role="admin")
    assert office.post(f"/people/{chief.id}", person_fields(stored(chief), role="editor")).status_code == 303


@pytest.mark.parametrize("path", ["/people/x", "/people/0", "/people/99999999999999999999", "/people/2147483648"])
def test_odd_numbers_are_not_found(office, path):
    assert office.get(path).status_code == 404


def test_members_do_not_come_here(sign_in, make):
    person = make.user()
    browser = sign_in(make.user())
    for path in ("/people", f"/people/{person.id}"):
        assert browser.get(path).status_code == 403
    for path in (f"/people/{person.id}/link", f"/people/{person.id}/block", f"/people/{person.id}/unblock"):
        assert browser.post(path, {"purpose": "sign_in"}).status_code == 403


def test_coordination_sees_its_own_organisation_only_and_nobody_of_the_office(sign_in, make):
    own, other = make.user(name="Eigene Person"), make.user(name="Fremde Person", organisation="Köln")
    boss = make.user(name="Verwaltende Person", role="admin")
    browser = sign_in(make.user(name="Koordination", role="coordinator"))
    text = browser.get(f"/people?organisation={other.organisation_id}&q=").get_data(as_text=True)
    assert "Eigene Person" not in text and "Fremde Person" not in text
    text = browser.get("/people").get_data(as_text=True)
    assert "Eigene Person" in text and "Koordination" in text
    assert "Fremde Person" not in text and "Verwaltende Person" not in text and "Stadt Köln" not in text
    for hidden in (other, boss):
        for deed in ("", "/link", "/block", "/unblock"):
            assert browser.post(f"/people/{hidden.id}{deed}", {"purpose": "sign_in"}).status_code == 404
    assert browser.get(f"/people/{own.id}").status_code == 200


@pytest.mark.parametrize("changes", [{"role": "editor"}, {"role": "admin"}, {"organisation": "other"}])
def test_coordination_brings_in_nobody_else(sign_in, make, changes):
    browser = sign_in(make.user(role="coordinator"))
    other = make.organisation("Köln").id
    fields = {"email": "neu@example.org", "name": "Neu", "organisation": make.organisation().id, "role": "member"}
    fields |= {name: other if value == "other" else value for name, value in changes.items()}
    assert browser.post("/people", fields).status_code == 422
    assert db.session.scalar(select(User).where(User.email == "neu@example.org")) is None


def test_what_is_done_to_accounts_is_written_down(office, make):
    person = make.user()
    office.post(f"/people/{person.id}", person_fields(person, role="editor"))
    office.post(f"/people/{person.id}/link", {"purpose": "sign_in"})
    office.post(f"/people/{person.id}/block")
    office.post(f"/people/{person.id}/unblock")
    rows = db.session.scalars(select(AuditEvent).where(AuditEvent.thing == "user", AuditEvent.thing_id == person.id))
    assert [row.action for row in rows] == ["user.changed", "user.link_made", "user.blocked", "user.unblocked"]
