"""The office recommends a few entries, on the start page and in collections, in its order and until a day."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed, Refused
from hub.curation.featuring import service
from hub.curation.featuring.models import START, Featured
from hub.curation.featuring.queries import find_featured_ids
from hub.duplicates.service import merging
from hub.entries.models import Entry, Status
from hub.entries.service import binning, contributing
from hub.undoing.service import undo_action


@pytest.fixture
def four(make):
    """Numbers of five entries of the collection."""
    return [make.entry(title=f"Wert {letter}").id for letter in "ABCDE"]


def feature(actor, numbers, place=START):
    return [service.feature_entry(actor, place, number) for number in numbers]


def shown(place=START):
    return list(find_featured_ids(place))


def test_recommended_entries_stand_in_order_and_can_be_moved_and_dropped(four, editor):
    feature(editor, four[:3])
    assert shown() == four[:3]
    service.move_entry(editor, START, four[2], "up")
    assert shown() == [four[0], four[2], four[1]]
    assert service.move_entry(editor, START, four[1], "down") is None
    service.drop_entry(editor, START, four[0])
    assert shown() == [four[2], four[1]]


def test_each_step_can_be_taken_back_until_the_next(four, editor):
    first, second = feature(editor, four[:2])
    with pytest.raises(Conflict, match="noch einmal geändert"):
        undo_action(editor, first)
    undo_action(editor, second)
    assert shown() == four[:1]
    dropped = service.drop_entry(editor, START, four[0])
    undo_action(editor, dropped)
    assert shown() == four[:1]


def test_places_are_apart_and_go_with_their_collection(four, editor, make):
    place = make.collection().id
    feature(editor, four[:1])
    feature(editor, four[1:2], place)
    assert (shown(), shown(place)) == (four[:1], four[1:2])


def test_four_at_most_each_once_published_ones_only(four, editor, member, make):
    feature(editor, four[:4])
    with pytest.raises(Refused, match="schon vier"):
        service.feature_entry(editor, START, four[4])
    service.drop_entry(editor, START, four[0])
    with pytest.raises(Refused, match="schon empfohlen"):
        service.feature_entry(editor, START, four[1])
    with pytest.raises(Conflict):
        service.feature_entry(editor, START, make.entry(status=Status.SUBMITTED).id)
    with pytest.raises(Missing):
        service.drop_entry(editor, START, four[0])
    with pytest.raises(NotAllowed):
        service.feature_entry(member, START, four[0])


def test_a_collection_recommends_what_stands_in_it(four, editor, make):
    other = make.collection("klimawandel").id
    with pytest.raises(Refused, match="steht nicht in der Sammlung"):
        service.feature_entry(editor, other, four[0])
    both = make.entry(collections=("klimawandel", "bahnhofsviertel")).id
    feature(editor, [both], other)
    assert shown(other) == [both]
    contributing.take_from_collection(editor, both, other)
    assert shown(other) == []


def test_a_recommendation_ends_with_its_last_day(four, editor, monkeypatch):
    feature(editor, four[:2])
    service.date_entry(editor, START, four[0], clock.today())
    with pytest.raises(Refused, match="vorbei"):
        service.date_entry(editor, START, four[1], clock.today() - timedelta(days=1))
    assert shown() == four[:2]
    later = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "_wall_clock", lambda: later)
    assert shown() == four[1:2]
    feature(editor, four[2:3])
    assert len(db.session.scalars(select(Featured)).all()) == 2


def test_hidden_entries_are_not_shown_until_they_are_back(four, admin):
    feature(admin, four[:2])
    entry = db.session.get(Entry, four[0])
    contributing.withdraw_entry(admin, entry, "Überholt")
    binning.bin_entry(admin, four[1])
    assert shown() == []
    contributing.restore_entry(admin, entry)
    assert shown() == four[:1]


def test_the_recommendation_follows_a_merge_once(four, editor, make):
    place = make.collection().id
    feature(editor, [four[1]])
    feature(editor, four[:2], place)
    versions = tuple(db.session.get(Entry, number).version for number in four[:2])
    merging.merge_entries(editor, *four[:2], versions)
    assert (shown(), shown(place)) == ([four[0]], [four[0]])


def test_the_office_recommends_on_a_page_and_members_read_it(four, make, sign_in):
    office, reader = sign_in(make.user(role="editor")), sign_in(make.user())
    for place, path in (("", "/"), ("?collection=bahnhofsviertel", "/collections/bahnhofsviertel")):
        assert "Empfohlen<" not in reader.get(path).text
        assert office.post(f"/featured/{four[0]}/add{place}").status_code == 303
        page = office.get(f"/featured{place}").text
        assert "Wert A" in page and "Rückgängig machen" in page
        assert office.post(f"/featured/{four[0]}/until{place}", {"last_on": "morgen"}).status_code == 303
        assert "Bitte geben Sie einen Tag an" in office.get(f"/featured{place}").text
        section = reader.get(path).text.partition("Empfohlen</h2>")[2].partition("</section>")[0]
        assert "Wert A" in section
    assert "Wert B" in office.get("/featured?q=wert").text
    assert office.get("/featured?collection=nirgends").status_code == 404
    assert reader.get("/featured").status_code == 403
