"""The nightly comparison: pairs found, kept, gone and kept apart for good."""

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.duplicates.models import DuplicatePair, EntryPrint
from hub.duplicates.service import comparing, deciding
from hub.entries.models import Entry
from hub.undoing import service as undoing

SUMMARY = "Wie die Stadt Laternen an der Unterführung erneuert und was Anwohnende davon halten."


def _pairs() -> list[DuplicatePair]:
    comparing.compare_changed({})
    return list(db.session.scalars(select(DuplicatePair).order_by(DuplicatePair.id)))


def _change(number: int, **values: object) -> None:
    with unit_of_work() as session:
        for name, value in values.items():
            setattr(session.get_one(Entry, number), name, value)


@pytest.fixture
def pair(make):
    one = make.entry("Laternen an der Unterführung", summary=SUMMARY, year=2020)
    other = make.entry("An der Unterführung: Laternen", summary=SUMMARY, year=2020)
    make.entry("Sommerfest im Hof", summary="Ein Fest mit Musik.", year=2020)
    return one.id, other.id


def test_pair_is_found_once(pair):
    [found] = _pairs()
    assert (found.one_id, found.other_id, found.state) == (*pair, "open")
    assert found.reasons == ["title"]
    assert [one.id for one in _pairs()] == [found.id]


def test_only_what_changed_is_compared_again(pair, monkeypatch):
    _pairs()
    made: list[int] = []
    keep = comparing._keep_prints
    monkeypatch.setattr(comparing, "_keep_prints", lambda ids: (made.extend(ids), keep(ids)))
    _pairs()
    assert made == []
    _change(pair[1], summary=SUMMARY + " Nachtrag.")
    assert len(_pairs()) == 1
    assert made == [pair[1]]


def test_pair_goes_when_one_says_something_else_or_leaves(pair):
    _pairs()
    _change(pair[1], title="Beratung für Gastwirte am Markt", summary="Sprechstunden und Kontakte.")
    assert _pairs() == []
    _change(pair[1], title="Laternen an der Unterführung", summary=SUMMARY)
    assert len(_pairs()) == 1
    _change(pair[1], status="withdrawn")
    assert _pairs() == []
    assert pair[1] not in set(db.session.scalars(select(EntryPrint.entry_id)))


def test_entry_that_waits_is_compared_with_published_ones(make):
    make.entry("Laternen an der Unterführung", url="https://www.example.org/laternen/")
    make.entry("Neues Licht", status="submitted", url="http://example.org/laternen?utm_source=a")
    assert [found.reasons for found in _pairs()] == [["address"]]


def test_no_duplicate_stays_none_until_a_text_is_beyond_recognition(make, pair):
    office = make.actor(make.user(role="editor"))
    [found] = _pairs()
    done = deciding.keep_apart(office, [(found.id, found.version)])
    assert done.count == 1
    _change(pair[0], summary=SUMMARY + " Mit einem Nachtrag zu den Kosten.")
    assert [one.state for one in _pairs()] == ["apart"]
    for number in pair:
        _change(number, title="Beratung für Gastwirte am Markt", summary="Sprechstunden, Kontakte und ein Rundbrief.")
    assert [one.state for one in _pairs()] == ["open"]


def test_no_duplicate_can_be_taken_back(make, pair):
    office = make.actor(make.user(role="editor"))
    [found] = _pairs()
    done = deciding.keep_apart(office, [(found.id, found.version)])
    assert undoing.undo_action(office, done.undo_id).count == 1
    assert [one.state for one in _pairs()] == ["open"]


def test_what_another_editor_decided_is_left_alone(make, pair):
    office = make.actor(make.user(role="editor"))
    [found] = _pairs()
    version = found.version
    deciding.keep_apart(office, [(found.id, version)])
    again = deciding.keep_apart(office, [(found.id, version)])
    assert (again.count, again.undo_id, len(again.conflicts)) == (0, None, 1)
