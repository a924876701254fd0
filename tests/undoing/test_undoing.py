"""What the office did can be taken back for 30 days, once, as a whole."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.audit.models import AuditEvent
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.errors import Conflict, Missing, NotAllowed
from hub.core.unit_of_work import unit_of_work
from hub.undoing import service
from hub.undoing.models import UndoableAction, UndoableRow
from hub.undoing.service import Row, on_undo, remember, undo_action

KIND = "tests.lamps"


@pytest.fixture
def lamps(monkeypatch):
    """Things outside the database: number → (state, version), and what setting back does with them."""
    lamps = {1: ("on", 2), 2: ("on", 2), 3: ("on", 2)}

    def set_back(_actor, rows):
        same = [row for row in rows if lamps[row.thing_id][1] == row.after_version]
        for row in same:
            lamps[row.thing_id] = (row.before["state"], row.after_version + 1)
        return len(same), tuple(f"Lampe {row.thing_id}" for row in rows if row not in same)

    monkeypatch.setattr(service, "_set_back", {})
    on_undo(KIND, set_back)
    return lamps


def switch_on(actor, label="3 Lampen eingeschaltet"):
    with unit_of_work():
        return remember(actor, KIND, label, [Row(number, {"state": "off"}, 2) for number in (1, 2, 3)])


def test_an_action_is_taken_back_and_audited(app, editor, make, lamps):
    number = switch_on(editor)
    other = make.actor(make.user(role="editor"))
    undone = undo_action(other, number)
    assert (undone.label, undone.count, undone.conflicts) == ("3 Lampen eingeschaltet", 3, ())
    assert {state for state, _version in lamps.values()} == {"off"}
    action = db.session.get(UndoableAction, number)
    assert (action.actor_id, action.undone_by_id, action.thing_count) == (editor.id, other.id, 3)
    event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == "action.undone"))
    assert (event.actor_id, event.thing_id) == (other.id, number)
    assert event.detail == {"kind": KIND, "count": 3, "left_alone": 0}


def test_what_was_changed_since_is_left_alone_and_listed(app, editor, lamps):
    number = switch_on(editor)
    lamps[2] = ("dimmed", 3)
    undone = undo_action(editor, number)
    assert (undone.count, undone.conflicts) == (2, ("Lampe 2",))
    assert lamps[2] == ("dimmed", 3)


def test_nothing_is_taken_back_twice(app, editor, lamps):
    number = switch_on(editor)
    undo_action(editor, number)
    with pytest.raises(Conflict, match="schon rückgängig"):
        undo_action(editor, number)


def test_an_action_in_which_all_has_moved_on_stays_as_it_is(app, editor, lamps):
    number = switch_on(editor)
    lamps.update({1: ("red", 3), 2: ("red", 3), 3: ("red", 3)})
    with pytest.raises(Conflict, match="noch einmal geändert"):
        undo_action(editor, number)
    assert db.session.get(UndoableAction, number).undone_at is None


def test_what_undoing_needs_can_be_read_before_it_begins(app, editor, lamps):
    number = switch_on(editor)
    on_undo(KIND, lambda _actor, numbers: (len(numbers), ()), lambda rows, _tell: [row.thing_id for row in rows])
    assert undo_action(editor, number).count == 3


def test_a_failure_takes_nothing_back(app, editor, lamps):
    number = switch_on(editor)

    def break_down(_actor, _rows):
        raise Conflict

    on_undo(KIND, break_down)
    with pytest.raises(Conflict):
        undo_action(editor, number)
    assert db.session.get(UndoableAction, number).undone_at is None


def test_after_30_days_it_is_too_late_and_the_action_is_forgotten(app, editor, lamps, monkeypatch):
    old, moment = switch_on(editor), clock.now()
    monkeypatch.setattr(clock, "_wall_clock", lambda: moment + timedelta(days=30))
    young = switch_on(editor)
    with pytest.raises(Conflict, match="30 Tage"):
        undo_action(editor, old)
    monkeypatch.setattr(clock, "_wall_clock", lambda: moment + timedelta(days=30, seconds=1))
    service.sweep({})
    assert list(db.session.scalars(select(UndoableAction.id))) == [young]
    assert db.session.scalar(select(func.count()).select_from(UndoableRow)) == 3
    with pytest.raises(Missing):
        undo_action(editor, old)


@pytest.mark.parametrize("role", ["member", "coordinator"])
def test_only_the_office_takes_back(app, editor, make, lamps, role):
    number = switch_on(editor)
    with pytest.raises(NotAllowed):
        undo_action(make.actor(make.user(role=role)), number)


def test_an_action_is_remembered_with_its_change_or_not_at_all(app, editor, lamps):
    with pytest.raises(RuntimeError):
        remember(editor, KIND, "Ohne Rahmen", [Row(1, {}, 1)])
    with pytest.raises(LookupError), unit_of_work():
        remember(editor, "tests.nobody", "Ohne Rückweg", [Row(1, {}, 1)])
    with pytest.raises(ZeroDivisionError), unit_of_work():
        remember(editor, KIND, "Bricht ab", [Row(1, {}, 1)])
        raise ZeroDivisionError
    assert db.session.scalar(select(func.count()).select_from(UndoableAction)) == 0


def test_the_page_lists_actions_and_takes_them_back(app, editor, make, sign_in, lamps):
    person = make.user(role="editor", name="Redaktion Eins")
    number = switch_on(make.actor(person), "3 Lampen <eingeschaltet>")
    switch_on(SYSTEM, "3 Lampen am Abend eingeschaltet")
    browser = sign_in(person)
    page = browser.get("/undo").get_data(as_text=True)
    assert "3 Lampen &lt;eingeschaltet&gt;" in page and "Redaktion Eins" in page
    assert "der Wissensspeicher selbst" in page and page.count("/undo/") == 2
    lamps[1] = ("blau", 9)
    answer = browser.post(f"/undo/{number}", {})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/undo")
    page = browser.get("/undo").get_data(as_text=True)
    assert "Rückgängig gemacht: 3 Lampen &lt;eingeschaltet&gt; (2)." in page
    assert "nicht angetastet: Lampe 1" in page and page.count("/undo/") == 1
    assert browser.post(f"/undo/{number}", {}).status_code == 409


def test_it_leads_back_to_the_page_that_offered_it(app, editor, make, sign_in, lamps):
    browser = sign_in(make.user(role="editor"))
    answer = browser.post(f"/undo/{switch_on(editor)}?next=/organisations", {})
    assert answer.headers["Location"] == "/organisations"
    lamps.update(dict.fromkeys(lamps, ("on", 2)))
    answer = browser.post(f"/undo/{switch_on(editor)}?next=https://example.org", {})
    assert answer.headers["Location"] == "/"


def test_of_many_left_alone_the_page_names_ten(app, make, sign_in, lamps):
    person = make.user(role="editor")
    lamps.update(dict.fromkeys(range(4, 17), ("on", 9)))
    with unit_of_work():
        rows = [Row(thing, {"state": "off"}, 2) for thing in lamps]
        number = remember(make.actor(person), KIND, "Viele Lampen", rows)
    browser = sign_in(person)
    browser.post(f"/undo/{number}", {})
    page = browser.get("/undo").get_data(as_text=True)
    assert "Lampe 13; und" not in page and "Lampe 13 und 3 weitere." in page
