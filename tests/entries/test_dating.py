"""Published entries get a review date; the marks of an entry are kept in its history and in the index."""

from datetime import date

import pytest

from hub.core.errors import Refused
from hub.core.unit_of_work import unit_of_work
from hub.entries.document import documents
from hub.entries.models import ReviewPreset
from hub.entries.queries import get_entry
from hub.entries.queries.revisions import load_snapshots
from hub.entries.service import dating

TODAY = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def held_clock(monkeypatch):
    from datetime import UTC, datetime

    from hub.core import clock

    monkeypatch.setattr(clock, "_wall_clock", lambda: datetime(2026, 11, 30, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        ("dokument", date(2028, 5, 30)),
        ("methode", date(2027, 11, 30)),
        ("projekt", date(2027, 11, 30)),
        ("fachartikel", date(2029, 11, 30)),
        ("medienartikel", date(2028, 11, 30)),
    ],
)
def test_publishing_sets_the_review_date_of_the_kind(make, kind, day):
    assert make.entry(kind=kind).review_on == day
    assert make.entry(kind=kind, status="submitted").review_on is None


def test_a_date_that_is_set_already_stays(make):
    assert make.entry(review_on=date(2030, 1, 1)).review_on == date(2030, 1, 1)


def test_a_kind_without_months_is_never_due(make):
    with unit_of_work() as session:
        session.merge(ReviewPreset(kind="methode", months=None))
    assert make.entry(kind="methode").review_on is None


def test_a_month_without_that_day_ends_earlier():
    assert dating.months_after(date(2026, 8, 31), 18) == date(2028, 2, 29)
    assert dating.months_after(date(2026, 12, 5), 12) == date(2027, 12, 5)


def test_entries_never_replace_each_other_in_a_ring(make):
    office = make.actor(make.user(role="editor"))
    first, second, third = (make.entry().id for _ in range(3))
    from hub.core import clock

    with unit_of_work():
        dating.mark_outdated(office, get_entry(office, first), clock.now(), successor_id=second)
        dating.mark_outdated(office, get_entry(office, second), clock.now(), successor_id=third)
    for entry_id, successor in ((third, first), (second, second)):
        with pytest.raises(Refused), unit_of_work():
            dating.mark_outdated(office, get_entry(office, entry_id), clock.now(), successor_id=successor)


def test_marks_are_in_history_and_index(make):
    from hub.core import clock
    from hub.core.db import db

    office = make.actor(make.user(role="editor"))
    old, new = make.entry(title="Alt").id, make.entry(title="Neu").id
    with unit_of_work():
        dating.mark_outdated(office, get_entry(office, old), clock.now(), "Neues Gesetz", new)
    fields = load_snapshots(db.session(), [old])[old].fields
    assert (fields["outdated_on"], fields["outdated_note"], fields["superseded_by"]) == (
        "2026-11-30", "Neues Gesetz", "Neu"
    )  # fmt: skip
    assert [one.outdated for one in documents([old])] == [True]
    with unit_of_work():
        dating.mark_checked(office, get_entry(office, old), date(2027, 11, 30), clock.now())
    entry = get_entry(office, old)
    assert (entry.is_outdated, entry.superseded_by_id, entry.review_on) == (False, None, date(2027, 11, 30))
