"""Entries are checked, replaced and outdated in one click, each undoable; the spring clean asks once a quarter."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.db import db
from hub.core.errors import Conflict, NotAllowed, Refused
from hub.entries.models import Entry, Kind
from hub.entries.queries.meant import find_meant
from hub.freshness import cleaning, queries, service
from hub.freshness.models import Answer, ReviewAnswer, SpringClean, SpringCleanRow
from hub.freshness.source import SOURCE
from hub.mailing.models import Letter
from hub.undoing import service as undoing

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)
LONG_AGO = datetime(2023, 1, 1, tzinfo=UTC)
DUE = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def held_clock(monkeypatch):
    monkeypatch.setattr(clock, "_wall_clock", lambda: NOW)


@pytest.fixture
def office(make):
    return make.actor(make.user(role="editor", organisation="Köln"))


@pytest.fixture
def member(make):
    return make.actor(make.user())


def test_an_entry_that_still_holds_is_due_again_after_its_period(make, member):
    entry = make.entry(kind="methode", review_on=DUE)
    given = service.answer_entry(member, entry.id, Answer.HOLDS, entry.version)
    assert (entry.checked_at, entry.checked_by_id, entry.review_on) == (NOW, member.id, date(2027, 11, 30))
    service.undo_answer(member, given.id)
    assert (entry.checked_at, entry.checked_by_id, entry.review_on) == (None, None, DUE)
    with pytest.raises(Conflict):
        service.undo_answer(member, given.id)


def test_only_the_responsible_organisation_the_contributor_and_the_office_answer(make, member, office):
    own = make.entry(organisation="Augsburg", contributor=member)
    handed = make.entry(organisation="Augsburg", responsible_id=make.organisation("Essen").id)
    for entry in (own, handed):
        service.answer_entry(member, entry.id, Answer.HOLDS, entry.version)
    foreign = make.entry(organisation="Augsburg")
    with pytest.raises(NotAllowed):
        service.answer_entry(member, foreign.id, Answer.HOLDS, foreign.version)
    given = service.answer_entry(office, foreign.id, Answer.OUTDATED, foreign.version)
    with pytest.raises(NotAllowed):
        service.undo_answer(member, given.id)


def test_an_answer_to_an_entry_that_moved_on_is_refused(make, office):
    entry = make.entry(title="Bewegt")
    given = service.answer_entry(office, entry.id, Answer.HOLDS, entry.version)
    with pytest.raises(Conflict):
        service.answer_entry(office, entry.id, Answer.OUTDATED, entry.version - 1)
    service.answer_entry(office, entry.id, Answer.OUTDATED, entry.version)
    with pytest.raises(Conflict):
        service.undo_answer(office, given.id)


def test_a_replaced_entry_points_to_the_newer_one_and_comes_after_it(make, office, sign_in):
    old = make.entry(title="Leitfaden Angsträume", year=2026)
    new = make.entry(title="Leitfaden Angsträume", year=2026)
    with pytest.raises(Refused):
        service.answer_entry(office, old.id, Answer.REPLACED, old.version, successor_id=old.id)
    service.answer_entry(office, old.id, Answer.REPLACED, old.version, "Neues Kapitel", new.id)
    with pytest.raises(Refused):
        service.answer_entry(office, new.id, Answer.REPLACED, new.version, successor_id=old.id)
    reader = sign_in(make.user(organisation="Augsburg"))
    page = reader.get(f"/entries/{old.id}").get_data(as_text=True)
    assert "Es gibt eine neuere Fassung (2026)." in page and f"/entries/{new.id}" in page and "Neues Kapitel" in page
    hits = reader.get("/search?q=angsträume").get_data(as_text=True)
    assert hits.index(f'/entries/{new.id}"') < hits.index(f'/entries/{old.id}"') and "überholt" in hits


def test_the_desk_names_what_is_due_and_takes_the_answers_back(app, make, office):
    due, marked = make.entry(review_on=DUE), make.entry(review_on=DUE)
    make.entry()
    make.entry(review_on=DUE, status="submitted")
    assert db.session.scalar(SOURCE.count(office)) == 2
    with app.test_request_context():
        findings = SOURCE.find(office, 10)
    assert [one.thing_id for one in findings] == [due.id, marked.id]
    settled = SOURCE.settle(office, "holds", [(due.id, due.version), (marked.id, marked.version + 1)], "")
    assert (settled.count, settled.conflicts) == (1, (marked.title,))
    assert db.session.scalar(SOURCE.count(office)) == 1
    assert undoing.undo_action(office, settled.undo_id).count == 1
    assert db.session.scalar(SOURCE.count(office)) == 2


def test_the_spring_clean_asks_once_a_quarter_and_never_for_more_than_ten(make, app, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://localhost")
    lead, helper = make.user(role="coordinator"), make.user(organisation="Augsburg")
    oldest = [make.entry(at=LONG_AGO, review_on=date(2028, 1, 1)).id for _ in range(9)]
    first = [make.entry(review_on=DUE).id for _ in range(3)]
    theirs = make.entry(organisation="Augsburg", at=LONG_AGO, contributor=helper)
    make.entry(organisation="Köln")
    cleaning.make_lists({})
    cleaning.make_lists({})
    rows = select(SpringCleanRow.entry_id).join(SpringClean, SpringClean.id == SpringCleanRow.clean_id)
    essen = rows.where(SpringClean.organisation_id == lead.organisation_id).order_by(SpringCleanRow.position)
    assert list(db.session.scalars(essen)) == [*first, *oldest[:7]]
    letters = db.session.scalars(select(Letter).where(Letter.template == "spring_clean")).all()
    assert {one.recipient for one in letters} == {lead.email, helper.email} and len(letters) == 2
    assert all("http://127.0.0.1:8000/spring-clean" in one.text or "/spring-clean" in one.text for one in letters)
    _clean, lines = queries.find_list(make.actor(helper))
    assert [line.entry_id for line in lines] == [theirs.id]


def test_nothing_is_asked_when_there_is_nothing_to_do(make):
    make.user(role="coordinator")
    make.entry()
    cleaning.make_lists({})
    assert db.session.scalars(select(SpringClean)).all() == []


def test_the_list_shows_what_is_answered_and_the_office_sees_how_far_each_is(make, office, sign_in):
    person = make.user()
    entries = [make.entry(review_on=DUE) for _ in range(3)]
    cleaning.make_lists({})
    visitor = sign_in(person)
    back = f"/entries/{entries[0].id}/check/holds?version={entries[0].version}&next=/spring-clean"
    assert visitor.post(back, {}).status_code == 303
    visitor.post(f"/entries/{entries[1].id}/check/later?version={entries[1].version}&next=/spring-clean", {})
    text = visitor.get("/spring-clean").get_data(as_text=True)
    assert "2 von 3" in text and "Rückgängig machen" in text
    assert "2 von 3" in visitor.get(f"/organisations/{person.organisation_id}").text
    assert [(one.answered, one.total) for one in queries.find_progress(office)] == [(2, 3)]
    given = db.session.scalar(select(ReviewAnswer).where(ReviewAnswer.answer == "later"))
    visitor.post(f"/checks/{given.id}/undo?next=/spring-clean", {})
    assert "1 von 3" in visitor.get("/spring-clean").get_data(as_text=True)


def test_a_successor_is_found_by_title_number_and_address(make, office):
    old, new = make.entry(title="Alte Leitlinie"), make.entry(title="Neue Leitlinie Übergänge")
    for text in ("leitlinie übergänge", str(new.id), f"https://hub.example/entries/{new.id}"):
        assert [row.id for row in find_meant(office, old.id, text)] == [new.id], text
    assert find_meant(office, old.id, str(old.id)) == []


def test_the_page_of_choosing_a_successor_works_without_script(make, sign_in):
    old, new = make.entry(title="Alte Leitlinie"), make.entry(title="Neue Leitlinie")
    visitor = sign_in(make.user())
    assert "Dieser ersetzt ihn" in visitor.get(f"/entries/{old.id}/replace?q=neue").get_data(as_text=True)
    assert visitor.post(f"/entries/{old.id}/replace", {"version": old.version}).status_code == 422
    answer = visitor.post(f"/entries/{old.id}/replace", {"version": old.version, "successor": str(new.id)})
    assert answer.status_code == 303
    assert db.session.get(Entry, old.id).superseded_by_id == new.id


def test_the_office_keeps_the_periods(make, office, member, sign_in):
    service.keep_presets(office, {Kind.METHODE: 6, Kind.PROJEKT: None})
    assert make.entry(kind="methode").review_on == date(2027, 5, 30)
    assert make.entry(kind="projekt").review_on is None
    with pytest.raises(NotAllowed):
        service.keep_presets(member, {Kind.METHODE: 6})
    visitor = sign_in(make.user(role="editor"))
    assert visitor.post("/freshness", {"months_methode": "0"}).status_code == 422
    assert visitor.post("/freshness", {"months_methode": "9"}).status_code == 303
