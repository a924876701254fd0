"""The audit page: who, what, which thing, when; by key; as a table that no spreadsheet runs."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.accounts.service import people
from hub.audit.models import AuditEvent
from hub.audit.queries import PER_PAGE
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.tables import csv_lines
from hub.core.unit_of_work import unit_of_work
from tests.support.counting import counted_statements
from tests.support.events import proves


@pytest.fixture
def office(sign_in, make):
    return sign_in(make.user(role="admin", organisation="Geschäftsstelle", name="Verwaltende Person"))


def happen(actor, action="page.changed", thing_id=None, **detail):
    with unit_of_work():
        record(actor, action, thing_id, **detail)


def shown(page) -> list[str]:
    """What the rows of the page say, top to bottom."""
    return re.findall(r'<th scope="row">([^<]+)</th>', page.get_data(as_text=True))


def test_the_page_says_who_did_what_to_whom(office, make, admin):
    person = make.user(name="Gesperrte Person")
    people.block_user(make.actor(make.user(role="admin", name="Handelnde Person")), person)
    text = office.get("/audit").get_data(as_text=True)
    assert "Konto gesperrt" in text and "Handelnde Person" in text
    assert f'<a href="/people/{person.id}">Gesperrte Person</a>' in text


def test_an_erased_person_is_a_former_member_with_a_number(office, make):
    happen(make.actor(make.user()))
    db.session.execute(AuditEvent.__table__.update().values(actor_id=4711))
    db.session.commit()
    text = office.get("/audit").get_data(as_text=True)
    assert "Ehemaliges Mitglied" in text and "Nr. 4711" in text


def test_the_list_is_narrowed_by_person_event_thing_and_day(office, make, monkeypatch):
    first = make.actor(make.user(name="Erste Person", email="erste@example.org"))
    happen(first, "entry.withdrawn", 5)
    happen(SYSTEM, "entry.restored", 6)
    day = clock.local(clock.now()).date()
    monkeypatch.setattr(clock, "_wall_clock", lambda: clock.datetime.now(clock.UTC) + timedelta(days=3))
    happen(SYSTEM, "term.moved", 6)
    monkeypatch.undo()
    for query, labels in [
        ("who=erste@example", ["Eintrag archiviert"]),
        ("who=niemand", []),
        ("action=entry.restored", ["Eintrag wieder veröffentlicht"]),
        ("thing=entry&number=6", ["Eintrag wieder veröffentlicht"]),
        (f"first={day + timedelta(days=1)}", ["Wert einer festen Liste verschoben"]),
        (f"last={day}", ["Eintrag wieder veröffentlicht", "Eintrag archiviert"]),
        ("action=erfunden", []),
        ("last=9999-12-31&thing=term", ["Wert einer festen Liste verschoben"]),
    ]:
        assert shown(office.get(f"/audit?{query}")) == labels, query


@pytest.mark.parametrize("query", ["first=gestern", "number=x", "number=99999999999", "number=0", "first=2026-13-40"])
def test_what_is_no_filter_is_said_in_words(office, query):
    happen(SYSTEM)
    page = office.get(f"/audit?{query}")
    assert page.status_code == 422
    assert "Bitte prüfen Sie diese Angaben" in page.get_data(as_text=True)
    assert shown(page) == []


def test_pages_follow_each_other_by_key(office):
    for number in range(PER_PAGE + 3):
        happen(SYSTEM, "term.moved", number + 1)
    first = office.get("/audit?thing=term")
    older = re.search(r'href="(/audit\?[^"]*before=\d+[^"]*)"', first.get_data(as_text=True))[1].replace("&amp;", "&")
    happen(SYSTEM, "term.moved", 999)
    assert (len(shown(first)), len(shown(office.get(older)))) == (PER_PAGE, 3)
    assert "Zum Neuesten" in office.get(older).get_data(as_text=True)


def test_the_page_needs_few_statements_whatever_the_number_of_rows(office, make):
    for number in range(PER_PAGE):
        happen(make.actor(make.user()), "user.renamed", number + 1)
    office.get("/audit?who=Person")
    with counted_statements() as sent:
        office.get("/audit?who=Person")
    assert len(sent) <= 6, sent


@pytest.mark.parametrize("role", ["member", "coordinator", "editor"])
def test_nobody_else_sees_it(sign_in, make, role):
    person = sign_in(make.user(role=role))
    assert person.get("/audit").status_code == 403
    assert person.post("/audit/export").status_code == 403


@proves("audit.exported")
def test_the_table_holds_the_same_rows_and_taking_it_is_an_event(office, make):
    happen(make.actor(make.user(name="=cmd|calc")), "entry.withdrawn", 5)
    happen(SYSTEM, "term.moved", 1)
    answer = office.post("/audit/export", {"thing": "entry"})
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=protokoll-")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"))
    assert [row[4] for row in rows] == ["Code", "entry.withdrawn"]
    assert rows[1][3] == "'=cmd|calc"
    assert db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc())).first() == "audit.exported"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_t11_no_cell_starts_a_formula(sign):
    [line] = csv_lines([[f"{sign}1+1|x", "gut", None, 5]])
    cells = next(csv.reader(io.StringIO(line.removeprefix("\ufeff")), delimiter=";"))
    assert cells[0].startswith("'") and cells[1:] == ["gut", "", "5"]


def test_t46_what_people_write_is_shown_as_text(office, make):
    happen(make.actor(make.user(name="<script>alert(1)</script>")), "section.moved", 3, slug="<img src=x>")
    text = office.get("/audit").get_data(as_text=True)
    assert "<script>alert" not in text and "<img src=x" not in text
    assert "&lt;script&gt;alert(1)" in text
