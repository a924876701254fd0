"""Searches without a hit are counted, never with a person, and shown from two on."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.indexing.terms import Terms
from hub.indexing.wanted import Found, Wanted
from hub.search.misses import count_by_month, find_misses, find_shortages
from hub.search.models import MissMark, SearchMiss, SearchMonth
from hub.search.service import misses
from tests.support.counting import counted_statements

NOTHING = Found(terms=Terms(frozenset({"quantenflausch"})))


@pytest.fixture
def person(make, sign_in):
    """A member, and three entries that can be found."""
    for number in range(3):
        make.entry(title=f"Beleuchtung am Bahnhof {number}")
    return sign_in(make.user())


def shown() -> list[tuple[str, int]]:
    """What the office sees: words and counts."""
    return [(miss.text, miss.count) for miss in find_misses(1)[0]]


def rows() -> list[SearchMiss]:
    """All that is kept."""
    db.session.expire_all()
    return list(db.session.scalars(select(SearchMiss)))


def test_search_is_shown_from_the_second_person_on(person, make, sign_in):
    person.get("/search?q=Quantenflausch")
    assert shown() == []
    assert [row.text for row in rows()] == [""]
    sign_in(make.user()).get("/search?q=%20quantenFLAUSCH%20")
    sign_in(make.user()).get("/search?q=Quantenflausch")
    assert shown() == [("quantenflausch", 3)]


def test_one_person_counts_once_a_day(person, monkeypatch):
    for text in ("Quantenflausch", "quantenflausch", "Quantenflausch", "Nebelkarte"):
        person.get(f"/search?q={text}")
    assert [(row.count, row.text) for row in rows()] == [(1, ""), (1, "")]
    tomorrow = clock.today() + timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    for _ in range(2):
        person.get("/search?q=Quantenflausch")
    assert shown() == [("quantenflausch", 2)]


def test_repeated_search_writes_nothing(person):
    person.get("/search?q=Quantenflausch")
    with counted_statements() as sent:
        person.get("/search?q=Quantenflausch")
    assert [one for one in sent if not one.startswith("SELECT")] == []


def test_marks_of_a_day_tell_nothing_and_are_gone_the_day_after(person, monkeypatch):
    columns = {column.name: str(column.type) for column in MissMark.__table__.columns}
    assert columns == {"mark": "VARCHAR(64)", "day": "DATE"}
    assert not MissMark.__table__.foreign_keys
    person.get("/search?q=Quantenflausch")
    tomorrow = clock.today() + timedelta(days=1)
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    person.get("/search?q=Nebelkarte")
    assert list(db.session.scalars(select(MissMark.on))) == [tomorrow]
    monkeypatch.setattr(clock, "today", lambda: tomorrow + timedelta(days=1))
    misses.sweep()
    assert list(db.session.scalars(select(MissMark.on))) == []


@pytest.mark.parametrize(
    "address",
    ["q=Bahnhof", "q=Quantenflausch&kind=methode", "q=Quantenflausch&page=2", "q=Quantenflausch&exact=1",
     "q=Quantenflausch&synonyms=0", "q=", "", "q=und+der"],
)  # fmt: skip
def test_other_searches_are_not_counted(person, address):
    for _ in range(2):
        assert person.get(f"/search?{address}").status_code == 200
    assert rows() == []


@pytest.mark.parametrize("text", ["erika@example.org", "0201 123456", "x", "12.3", "   ", "!!", "Akte 2021-0815"])
def test_what_may_name_a_person_is_not_kept(member, editor, text):
    for actor in (member, editor):
        misses.count_miss(actor, text, 0)
    assert rows() == []


def test_emergency_counts_nothing():
    wanted = Wanted(text="Quantenflausch")
    assert misses.is_miss(wanted, NOTHING)
    assert not misses.is_miss(wanted, replace(NOTHING, fallback=True))


def test_long_searches_are_cut(member, editor):
    for actor in (member, editor):
        misses.count_miss(actor, "wort " * 40, 0)
    assert [len(row.text) for row in rows()] == [99]


def test_no_column_holds_a_person_or_an_hour():
    columns = {column.name: str(column.type) for column in SearchMiss.__table__.columns}
    assert columns == {
        "fingerprint": "VARCHAR(64)", "text": "VARCHAR(100)", "count": "INTEGER", "hits": "INTEGER", "first_on": "DATE",
        "last_on": "DATE",
    }  # fmt: skip
    assert not SearchMiss.__table__.foreign_keys


def test_nobody_waits_for_the_counting(person):
    person.get("/")
    answer = person.client.get("/search?q=Quantenflausch")
    assert "Quantenflausch" in answer.get_data(as_text=True)
    db.session.rollback()
    assert rows() == []
    answer.close()
    assert len(rows()) == 1


def test_page_answers_when_counting_fails(person, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def fail(_actor: object, _text: str, _hits: int) -> None:
        raise OperationalError("locked", {}, Exception())

    monkeypatch.setattr(misses, "_count", fail)
    assert person.get("/search?q=Quantenflausch").status_code == 200


def test_office_sees_searches_again_adds_and_dismisses_them(person, make, sign_in):
    for number in range(3):
        somebody = sign_in(make.user())
        for text in ("Nebelkarte", "Quantenflausch")[: 2 if number else 1]:
            somebody.get(f"/search?q={text}")
    office = sign_in(make.user(role="editor"))
    page = office.get("/search/misses").get_data(as_text=True)
    assert page.index("nebelkarte") < page.index("quantenflausch")
    assert 'href="/search?q=nebelkarte"' in page
    assert 'href="/thesaurus/new?name=nebelkarte"' in page
    assert 'value="nebelkarte"' in office.get("/thesaurus/new?name=nebelkarte").get_data(as_text=True)
    mark = re.search(r'name="fingerprint" value="(\w+)"', page)
    assert mark is not None
    assert office.post("/search/misses/dismiss", {"fingerprint": mark[1]}).status_code == 303
    assert shown() == [("quantenflausch", 2)]


def test_members_see_neither_page(person):
    assert person.get("/search/misses").status_code == 403
    assert person.get("/search/explain?q=x&entry=1").status_code == 403


def test_old_searches_are_forgotten(app):
    today = clock.today()
    with unit_of_work() as session:
        for name, count, days in (("a", 1, 61), ("b", 2, 61), ("c", 2, 366), ("d", 1, 59)):
            day = today - timedelta(days=days)
            session.add(SearchMiss(fingerprint=name, text=name, count=count, first_on=day, last_on=day))
    misses.sweep()
    assert sorted(row.fingerprint for row in rows()) == ["b", "d"]


def test_list_is_paged_with_few_queries(app, make, sign_in):
    today = clock.today()
    with unit_of_work() as session:
        for number in range(120):
            values = {"text": f"wort {number}", "count": 2 + number, "first_on": today, "last_on": today}
            session.add(SearchMiss(fingerprint=str(number), **values))
    office = sign_in(make.user(role="editor"))
    office.get("/search/misses")
    with counted_statements() as counted:
        page = office.get("/search/misses?page=3").get_data(as_text=True)
    assert len(counted) <= 12
    assert "wort 0" in page and "wort 100" not in page


def test_few_hits_are_counted_apart_from_none(make, sign_in):
    make.entry(title="Nebelkarte der Unterführung")
    for _ in range(2):
        sign_in(make.user()).get("/search?q=Nebelkarte")
    assert shown() == []
    assert [(miss.text, miss.count, miss.hits) for miss in find_shortages(9)] == [("nebelkarte", 2, 1)]
    month = clock.today().replace(day=1)
    assert count_by_month(month) == {month: (0, 2)}


def test_months_are_counted_without_words_and_forgotten_after_three_years(person, monkeypatch):
    assert {column.name for column in SearchMonth.__table__.columns} == {"month", "without_hits", "with_few"}
    person.get("/search?q=Quantenflausch")
    month = clock.today().replace(day=1)
    assert count_by_month(month) == {month: (1, 0)}
    later = clock.today() + misses.MONTHS_KEPT + timedelta(days=32)
    monkeypatch.setattr(clock, "today", lambda: later)
    misses.sweep()
    assert count_by_month(month) == {}
