"""The office tells everybody something on the start page, from one day to another."""

from datetime import timedelta

import pytest

from hub.core import clock
from hub.core.errors import Conflict, NotAllowed, Refused
from hub.indexing import generation
from hub.pages import announcing
from hub.undoing.service import undo_action
from tests.support.counting import counted_statements

DAY = timedelta(days=1)


def write(actor, body="Am **Freitag** ist Pause.", first=0, last=None, notice_id=None, version=0):
    today = clock.today()
    last_on = today + last * DAY if last is not None else None
    return announcing.write_notice(actor, notice_id, body, today + first * DAY, last_on, version)


def only(editor):
    return announcing.find_notices(editor)[0]


def shown():
    return [str(one.html) for one in announcing.find_today()]


def test_a_notice_is_read_on_its_days(editor, monkeypatch):
    write(editor, "Heute", 0, 0)
    write(editor, "Morgen", 1, 1)
    write(editor, "Offen", -1)
    assert shown() == ["<p>Heute</p>\n", "<p>Offen</p>\n"]
    later = clock.now() + DAY
    monkeypatch.setattr(clock, "_wall_clock", lambda: later)
    assert shown() == ["<p>Morgen</p>\n", "<p>Offen</p>\n"]


def test_changing_ending_and_deleting_are_taken_back_one_after_the_other(editor):
    steps = [write(editor, "Eins", -1)]
    number = only(editor).id
    steps.append(write(editor, "Zwei", -1, notice_id=number, version=1))
    steps.append(announcing.end_notice(editor, number, 2))
    assert shown() == []
    steps.append(announcing.delete_notice(editor, number, 3))
    assert list(announcing.find_notices(editor)) == []
    after = [[], ["<p>Zwei</p>\n"], ["<p>Eins</p>\n"], []]
    for undo_id, there in zip(reversed(steps), after, strict=True):
        undo_action(editor, undo_id)
        assert shown() == there


def test_ending_one_that_began_today_takes_it_away_and_brings_it_back(editor):
    write(editor)
    undo_id = announcing.end_notice(editor, only(editor).id, 1)
    assert shown() == []
    undo_action(editor, undo_id)
    assert len(shown()) == 1


def test_the_second_editor_hears_of_the_first_and_members_may_not(editor, member):
    undo_id = write(editor)
    number = only(editor).id
    write(editor, "Anders", notice_id=number, version=1)
    for refused in (
        lambda: write(editor, "Zu spät", notice_id=number, version=1),
        lambda: announcing.delete_notice(editor, number, 1),
        lambda: undo_action(editor, undo_id),
    ):
        with pytest.raises(Conflict):
            refused()
    with pytest.raises(NotAllowed):
        write(member)
    with pytest.raises(Refused, match="vor dem ersten"):
        write(editor, last=-1)


def test_the_office_previews_and_keeps_on_a_page(make, sign_in):
    office, reader = sign_in(make.user(role="editor")), sign_in(make.user())
    typed = {"body": "**Tagung** <b>x</b>", "first_on": clock.today().isoformat(), "last_on": "", "version": "0"}
    page = office.post("/notices/new", {**typed, "do": "preview"}).text
    assert "<strong>Tagung</strong>" in page and "&lt;b&gt;" in page and "Tagung" not in reader.get("/").text
    wrong = office.post("/notices/new", {**typed, "first_on": "bald", "body": "x" * 601})
    assert wrong.status_code == 422 and "zu lang" in wrong.text and "Bitte geben Sie einen Tag an" in wrong.text
    assert office.post("/notices/new", typed).status_code == 303
    assert "<strong>Tagung</strong>" in reader.get("/").text
    page = office.get("/notices").text
    assert "zu sehen" in page and "Rückgängig machen" in page
    assert office.post("/notices/1", {**typed, "body": "Neu", "version": "7"}).status_code == 409
    assert office.post("/notices/1/end?version=1").status_code == 303
    assert "Tagung" not in reader.get("/").text
    assert reader.get("/notices").status_code == 403


def test_notices_are_read_once_for_all(make, sign_in, editor):
    write(editor)
    reader = sign_in(make.user())
    generation.forget()
    reader.get("/")
    with counted_statements() as statements:
        reader.get("/")
    assert not [one for one in statements if "FROM notice" in one]
