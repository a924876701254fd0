"""R16: the clock of the machine jumps; nothing ends later than it should, nothing breaks, order stays by number."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.db import db
from hub.entries.models import Entry
from tests.accounts.held_clock import hold_clock
from tests.support.client import Visitor

HOUR, YEAR = timedelta(hours=1), timedelta(days=400)
PAGES = ["/", "/account", "/search?q=Platz", "/collections/bahnhofsviertel?view=list", "/entries/1", "/account/entries"]


@pytest.mark.parametrize("jump", [-HOUR, HOUR / 3, -2 * YEAR, timedelta(days=-1)])
def test_r16_pages_stay_whole_when_the_clock_jumps(person_of, filled, monkeypatch, jump):
    person = person_of("member")
    hold_clock(monkeypatch, jump)
    for path in PAGES:
        assert person.get(path).status_code == 200, path
    assert person.post("/account", {"name": "Danach"}).status_code == 303


@pytest.mark.parametrize("keep", [False, True])
def test_r16_a_session_ends_when_the_clock_jumps_ahead(app, make, monkeypatch, keep):
    person = Visitor(app)
    person.sign_in(make.user(), keep=keep)
    assert person.get("/account").status_code == 200
    with monkeypatch.context() as patch:
        hold_clock(patch, YEAR)
        assert person.get("/account").status_code == 303


def test_r16_entries_made_while_the_clock_was_wrong_keep_their_order_by_number(make, monkeypatch):
    first = make.entry(title="Zuerst").id
    hold_clock(monkeypatch, -HOUR)
    second = make.entry(title="Danach").id
    assert second > first
    assert list(db.session.scalars(select(Entry.id).order_by(Entry.id))) == [first, second]


@pytest.mark.parametrize("night", ["2027-03-28T00:59:59+00:00", "2027-10-31T00:59:59+00:00"])
def test_r16_nights_with_a_changed_hour_are_drawn(person_of, filled, monkeypatch, night):
    moment = datetime.fromisoformat(night)
    monkeypatch.setattr(clock, "_wall_clock", lambda: moment)
    person = person_of("member")
    for step in (timedelta(), timedelta(seconds=2), HOUR / 2):
        monkeypatch.setattr(clock, "_wall_clock", lambda step=step: moment + step)
        for path in PAGES:
            assert person.get(path).status_code == 200, (path, step)
