"""Erasing: who somebody was is gone from every table; what they contributed stays as that of a former member."""

import pytest
from sqlalchemy import Text, cast, select, text

from hub.accounts.models import LoginSession, User
from hub.audit import chain
from hub.audit.models import AuditEvent
from hub.core.db import db
from hub.core.errors import NotAllowed, Refused
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Entry, Practice
from hub.privacy import queries, service
from hub.privacy.inventory import Fate
from tests.privacy.test_own_data import leave_traces
from tests.support.events import proves

NAME, ADDRESS = "Anna-Ungewöhnlich Beispielhaft", "ungewoehnlich@example.org"


@pytest.fixture
def person(make):
    return make.user(name=NAME, email=ADDRESS)


def everything() -> str:
    """All rows of all tables as text."""
    told = []
    for table in db.metadata.sorted_tables:
        rows = db.session.execute(select(*(cast(column, Text) for column in table.columns)))
        told += [f"{table.name}: {row}" for row in rows]
    return "\n".join(told)


def practice_of(entry_id: int, organisation_id: int, contact: str) -> Practice:
    from datetime import date

    return Practice(
        entry_id=entry_id, organisation_id=organisation_id, state="running", since_year=2024, experience="Gut.",
        contact=contact, contact_email=ADDRESS, review_on=date(2030, 1, 1),
    )  # fmt: skip


@proves("user.erased")
def test_nothing_of_the_person_is_left_in_any_table(make, person, admin):
    leave_traces(make, person)
    entry = make.entry(title="Bleibt", kind="methode", contributor=person)
    with unit_of_work() as session:
        session.add(practice_of(entry.id, person.organisation_id, f"Ordnungsamt, {NAME}"))
    assert ADDRESS in everything() and NAME in everything()
    service.erase_person(admin, person, ADDRESS)
    db.session.expire_all()
    left = everything()
    assert ADDRESS not in left and NAME not in left
    [event] = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "user.erased"))
    assert (event.actor_id, event.thing_id, event.detail) == (admin.id, person.id, None)
    assert chain.find_break(db.session()) is None


def test_contributions_stay_as_those_of_a_former_member(make, person, admin, sign_in):
    entry = make.entry(title="Bleibt lesbar", contributor=person)
    draft_id = make.entry(title="Nie gesendet", status="draft", contributor=person).id
    service.erase_person(admin, person, ADDRESS)
    db.session.expire_all()
    page = sign_in(db.session.get(User, admin.id)).get(f"/entries/{entry.id}").get_data(as_text=True)
    assert "Bleibt lesbar" in page and NAME not in page and "Ehemaliges Mitglied" in page
    assert db.session.get(Entry, entry.id).contributor_id == person.id
    assert db.session.get(Entry, draft_id) is None


def test_what_is_to_be_deleted_is_deleted(make, person, admin):
    leave_traces(make, person)
    actor = make.actor(person)
    service.erase_person(admin, person, ADDRESS)
    for section in queries.find_data(actor):
        if section.holding.fate == Fate.DELETED or section.holding.name in ("pages", "contacts"):
            assert section.rows == [], section.holding.name


def test_the_account_is_over_at_once(make, person, sign_in, admin):
    browser = sign_in(person)
    service.erase_person(admin, person, ADDRESS)
    assert browser.get("/").status_code == 303
    office = sign_in(db.session.get(User, admin.id))
    assert "Ehemaliges Mitglied" not in office.get("/people").get_data(as_text=True)
    assert office.get(f"/people/{person.id}").status_code == 404
    assert office.post(f"/people/{person.id}/unblock").status_code == 404
    assert office.get(f"/people/{person.id}/erase").status_code == 404


@pytest.mark.parametrize("typed", ["", "jemand@example.org", NAME])
def test_only_the_typed_address_erases(make, person, sign_in, typed):
    office = sign_in(make.user(role="admin"))
    page = office.post(f"/people/{person.id}/erase", {"confirmation": typed})
    assert page.status_code == 422
    db.session.expire_all()
    assert db.session.get(User, person.id).name == NAME


def test_the_administration_erases_on_request(make, person, sign_in):
    office = sign_in(make.user(role="admin"))
    assert "Konto löschen" in office.get(f"/people/{person.id}").get_data(as_text=True)
    assert ADDRESS in office.get(f"/people/{person.id}/erase").get_data(as_text=True)
    done = office.post(f"/people/{person.id}/erase", {"confirmation": f" {ADDRESS.upper()} "})
    assert (done.status_code, done.headers["Location"]) == (303, "/people")
    db.session.expire_all()
    assert db.session.get(User, person.id).erased_at is not None


def test_a_person_erases_the_own_account(make, person, sign_in):
    browser = sign_in(person)
    assert "Mein Konto löschen" in browser.get("/account/data").get_data(as_text=True)
    done = browser.post("/account/data/erase", {"confirmation": ADDRESS})
    assert (done.status_code, done.headers["Location"]) == (303, "/login")
    assert "storage" in done.headers["Clear-Site-Data"]
    assert "sind gelöscht" in browser.get("/login").get_data(as_text=True)
    db.session.expire_all()
    assert db.session.get(User, person.id).name == service.FORMER
    assert db.session.scalars(select(LoginSession).where(LoginSession.user_id == person.id)).all() == []


def test_the_last_administrator_cannot_go(make, admin, sign_in):
    user = db.session.get(User, admin.id)
    page = sign_in(user).post("/account/data/erase", {"confirmation": user.email})
    assert page.status_code == 422
    assert "Rolle Verwaltung" in page.get_data(as_text=True)


def test_nobody_else_erases(make, person, member, editor):
    for actor in (member, editor):
        with pytest.raises(NotAllowed):
            service.erase_person(actor, person, ADDRESS)
    with pytest.raises(Refused):
        service.erase_person(make.actor(person), person, "andere@example.org")


def test_an_erased_account_cannot_be_told_from_its_columns(make, person, admin):
    service.erase_person(admin, person, ADDRESS)
    row = db.session.execute(text("SELECT * FROM user_account WHERE id = :id"), {"id": person.id}).one()
    kept = {name for name, value in row._mapping.items() if value not in (None, "", 0, False)}
    assert kept <= {
        "id", "email", "name", "organisation_id", "role", "language", "blocked_at", "erased_at", "version",
        "created_at",
    }  # fmt: skip
    assert row.email == f"ehemalig-{person.id}@invalid"
