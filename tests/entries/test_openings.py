"""How often entries are opened is counted by month, never who; the page does not wait for it."""

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Entry, EntryOpening
from hub.entries.service import openings
from tests.support.counting import counted_statements


@pytest.fixture(autouse=True)
def tally(monkeypatch) -> None:
    """Nothing counted yet in this process, and not yet time to write."""
    monkeypatch.setattr(openings, "_tally", openings._Tally())


def counts() -> dict[int, int]:
    db.session.rollback()
    return {row.entry_id: row.count for row in db.session.scalars(select(EntryOpening))}


def test_openings_are_counted_by_entry_and_month(make, sign_in):
    first, second = make.entry(), make.entry()
    reader = sign_in(make.user())
    for entry in (first, second, first):
        assert reader.get(f"/entries/{entry.id}").status_code == 200
    assert counts() == {}
    openings.write_openings()
    assert counts() == {first.id: 2, second.id: 1}
    sign_in(make.user()).get(f"/entries/{first.id}")
    openings.write_openings()
    assert counts() == {first.id: 3, second.id: 1}
    assert db.session.scalar(select(EntryOpening.month)) == clock.today().replace(day=1)
    assert {column.name for column in EntryOpening.__table__.columns} == {"entry_id", "month", "count"}


def test_office_and_contributor_do_not_count(make, sign_in):
    owner = make.user()
    entry, waiting = make.entry(contributor=owner), make.entry(contributor=owner, status="submitted")
    for person in (owner, make.user(role="editor"), make.user(role="admin")):
        sign_in(person).get(f"/entries/{entry.id}")
    sign_in(make.user(role="coordinator")).get(f"/entries/{waiting.id}")
    openings.write_openings()
    assert counts() == {}


def test_page_writes_after_its_answer_and_only_now_and_then(make, sign_in, monkeypatch):
    entry = make.entry()
    reader = sign_in(make.user())
    reader.get("/")
    with counted_statements() as sent:
        reader.get(f"/entries/{entry.id}")
    assert [one for one in sent if not one.startswith("SELECT")] == []
    monkeypatch.setattr(openings, "EVERY_SECONDS", 0.0)
    reader.get(f"/entries/{entry.id}").close()
    assert counts() == {entry.id: 2}


def test_entry_that_is_gone_by_then_is_left_out(make, sign_in):
    stays, goes = make.entry(), make.entry()
    reader = sign_in(make.user())
    for entry in (stays, goes):
        reader.get(f"/entries/{entry.id}")
    with unit_of_work() as session:
        session.delete(session.get(Entry, goes.id))
    openings.write_openings()
    assert counts() == {stays.id: 1}


def test_old_months_are_forgotten(make, sign_in, monkeypatch):
    entry = make.entry()
    sign_in(make.user()).get(f"/entries/{entry.id}")
    openings.write_openings()
    openings.sweep({})
    assert counts() == {entry.id: 1}
    later = clock.today() + openings.KEPT_FOR * 1.1
    monkeypatch.setattr(clock, "today", lambda: later)
    openings.sweep({})
    assert counts() == {}
