"""Searches without a hit on the office's desk."""

from datetime import date

import pytest
from sqlalchemy import select

from hub.asking.models import Question
from hub.core.db import db
from hub.core.errors import NotAllowed
from hub.core.unit_of_work import unit_of_work
from hub.desk.misses import SOURCE as DESK
from hub.search.models import SearchMiss
from hub.search.source import SOURCE, number_of
from hub.undoing.service import undo_action


@pytest.fixture
def misses(app):
    """Two searches that were asked for more than once, and one that was not."""
    day = date(2026, 11, 3)
    rows = [("a1" * 32, "drohnendetektion", 4), ("b2" * 32, "lachgas", 2), ("c3" * 32, "", 1)]
    with unit_of_work() as session:
        for mark, text, count in rows:
            session.add(SearchMiss(fingerprint=mark, text=text, count=count, first_on=day, last_on=day))
    return rows


def texts() -> dict[str, int]:
    return dict(db.session.execute(select(SearchMiss.text, SearchMiss.count)).all())


def test_those_asked_for_most_often_come_first_with_a_way_into_the_thesaurus(app, editor, misses):
    with app.test_request_context():
        found = SOURCE.find(editor, 50)
    assert [(f.title, f.finding) for f in found] == [
        ("drohnendetektion", "4-mal vergeblich gesucht"),
        ("lachgas", "2-mal vergeblich gesucht"),
    ]
    assert found[0].deeds[0].address == "/thesaurus/new?name=drohnendetektion"
    assert db.session.scalar(SOURCE.count(editor)) == 2


def test_dismissed_search_goes_and_comes_back_by_undoing(editor, misses):
    settled = SOURCE.settle(editor, "dismiss", [(number_of("a1" * 32), 4)], "")
    assert (settled.count, texts()) == (1, {"lachgas": 2, "": 1})
    undo_action(editor, settled.undo_id)
    assert texts() == {"drohnendetektion": 4, "lachgas": 2, "": 1}


def test_searches_are_the_offices_business(member, misses):
    with pytest.raises(NotAllowed):
        SOURCE.settle(member, "dismiss", [(number_of("a1" * 32), 4)], "")


def test_the_cities_are_asked_from_the_desk_and_that_can_be_undone(app, editor, misses):
    with app.test_request_context():
        assert [deed.key for deed in DESK.find(editor, 1)[0].deeds] == ["cities", "connect", "dismiss"]
    settled = DESK.settle(editor, "cities", [(number_of("a1" * 32), 4)], "")
    question = db.session.scalars(select(Question)).one()
    assert "drohnendetektion" in question.text and "drohnendetektion" not in texts()
    undo_action(editor, settled.undo_id)
    assert (question.state, texts()["drohnendetektion"]) == ("withdrawn", 4)
