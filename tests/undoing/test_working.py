"""Deeds about many things are done by a worker; their page shows how far they are and what became of them."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.core import clock
from hub.core.db import db
from hub.core.errors import Conflict, Missing
from hub.core.progress import counted
from hub.core.unit_of_work import unit_of_work
from hub.jobs import worker
from hub.undoing import service, working
from hub.undoing.models import OfficeTask
from hub.undoing.service import Row
from hub.undoing.views import task_text
from hub.undoing.working import Note, done_of

KIND = "tests.lamps"


@pytest.fixture
def told(monkeypatch):
    """What a kind of task was told; it says how far it is, and does what ``told["do"]`` does."""
    told = {"read": [], "do": lambda: None}

    def read(payload, tell):
        tell(1)
        told["read"].append(working.find_tasks(told["actor"])[0].done_count)
        return payload["things"]

    def do(_actor, _payload, things):
        told["do"]()
        return [Note("success", f"{len(things)} Lampen"), Note("warning", "Eine flackert")]

    monkeypatch.setattr(working, "_works", dict(working._works))
    working.on_work(KIND, do, read)
    return told


def ask(actor, told):
    told["actor"] = actor
    return working.begin(actor, KIND, "Lampen einschalten", 2, {"things": [1, 2]}, "/desk")


def test_a_worker_does_it_and_says_what_became_of_it(app, editor, told):
    number = ask(editor, told)
    assert working.get_task(editor, number).state == "waiting"
    worker.do_all_due()
    task = working.get_task(editor, number)
    assert (task.state, task.done_count, told["read"]) == ("done", 2, [1])
    assert task.notes == [["success", "2 Lampen", None], ["warning", "Eine flackert", None]]
    working.do_task({"id": number})
    assert told["read"] == [1], "a second run finds nothing left to do"


def test_the_page_tells_how_far_the_unit_of_work_itself_is(app, make, sign_in, told):
    person = make.user(role="editor")
    number, browser = ask(make.actor(person), told), sign_in(person)

    def do():
        for _lamp in counted(range(1)):
            pass
        with app.test_request_context():
            told["seen"] = (done_of(task := working.get_task(told["actor"], number)), task_text(task))

    told["do"] = do
    worker.do_all_due()
    assert told["seen"] == (1, "1 von 2 vorbereitet …")
    assert browser.get(f"/undo/tasks/{number}/progress").json == {"moves": False, "text": "Erledigt.", "done": 2}


def test_what_cannot_be_done_is_said_and_changes_nothing(app, editor, told):
    def refuse():
        raise Conflict("Das Licht ist schon an.")

    told["do"] = refuse
    number = ask(editor, told)
    worker.do_all_due()
    task = working.get_task(editor, number)
    assert (task.state, task.error, task.notes) == ("failed", "Das Licht ist schon an.", [])


def test_nothing_is_done_for_somebody_who_was_blocked_meanwhile(app, make, told):
    person = make.user(role="editor")
    number = ask(make.actor(person), told)
    with unit_of_work():
        person.blocked_at = clock.now()
    worker.do_all_due()
    assert (db.session.get(OfficeTask, number, populate_existing=True).state, told["read"]) == ("failed", [])


def test_tasks_are_seen_by_who_asked_and_forgotten_after_two_days(app, editor, make, told, monkeypatch):
    number, moment = ask(editor, told), clock.now()
    with pytest.raises(Missing):
        working.get_task(make.actor(make.user(role="editor")), number)
    monkeypatch.setattr(clock, "_wall_clock", lambda: moment + timedelta(days=2, seconds=1))
    working.sweep({})
    assert db.session.scalar(select(func.count()).select_from(OfficeTask)) == 0


def test_many_things_are_set_back_by_a_worker_and_the_page_tells_how_far(app, make, sign_in, monkeypatch):
    monkeypatch.setattr(working, "IN_REQUEST", 1)
    monkeypatch.setattr(service, "_set_back", {})
    service.on_undo(KIND, lambda _actor, rows: (len(rows), ("Lampe 9",)))
    person = make.user(role="editor")
    with unit_of_work():
        number = service.remember(make.actor(person), KIND, "2 Lampen", [Row(n, {}, 1) for n in (1, 2)])
    browser = sign_in(person)
    page = browser.post(f"/undo/{number}?next=/organisations", {}).headers["Location"]
    assert 'http-equiv="refresh"' in (waiting := browser.get(page).get_data(as_text=True))
    assert "Gleich geht es los" in waiting and "2 Lampen" in browser.get("/undo").get_data(as_text=True)
    assert browser.get(f"{page}/progress").json == {"moves": True, "text": "Gleich geht es los …", "done": 0}
    worker.do_all_due()
    assert browser.get(f"{page}/progress").json["moves"] is False
    done = browser.get(page).get_data(as_text=True)
    assert "Rückgängig gemacht: 2 Lampen (2)." in done and "Lampe 9" in done and 'href="/organisations"' in done
    assert browser.post(f"/undo/{number}", {}).status_code == 409
