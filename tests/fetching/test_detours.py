"""A form without script while its link and files are being read: turns of few statements, and nothing typed is lost."""

from io import BytesIO

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.entries.models import Entry, SavedForm
from hub.entries.queries import held
from hub.entries.views import detours
from hub.fetching import queries
from hub.fetching.reasons import reason_text
from hub.jobs.worker import do_all_due
from tests.entries.builders import PDF, picture
from tests.fetching.pages import DE, body, html
from tests.support.counting import counted_statements

MOST_STATEMENTS = 12
TYPED = {"note": "Meine Begründung", "tags": "Mein Schlagwort", "collections": "bahnhofsviertel", "fetch": "1"}


@pytest.fixture(autouse=True)
def short_turns(monkeypatch):
    """Turns that end after a few looks, as long ones do."""
    monkeypatch.setattr(detours, "TURN_SECONDS", 0.3)
    monkeypatch.setattr(detours, "PICTURE_SECONDS", 0.01)
    for place in (queries, held):
        monkeypatch.setattr(place, "LOOK_SECONDS", 0.02)


@pytest.fixture
def open_door(app, outside, monkeypatch):
    """The worker of this test may reach the test's own server."""
    monkeypatch.setitem(app.config, "FETCH_ALLOWED", {("127.0.0.1", outside.port)})
    return outside


@pytest.fixture
def person(make, sign_in):
    make.collection()
    client = sign_in(make.user(role="editor"))
    client.post("/mark-read")
    return client


def counted(ask):
    """An answer that needed few statements."""
    with counted_statements() as statements:
        response = ask()
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    return response


def test_form_waits_elsewhere_and_comes_back_filled(person, open_door):
    open_door.page("/b.png", picture("PNG", (800, 400)), "image/png")
    page = html("<title>Licht im Tunnel</title><meta property='og:image' content='/b.png'>", body(DE))
    url = open_door.page("/a", page)
    waits = counted(lambda: person.post("/entries/new", {**TYPED, "url": url}))
    assert waits.status_code == 303 and waits.location.endswith("told=1")
    again = counted(lambda: person.get(waits.location))
    assert again.status_code == 303 and again.location.endswith("told=2")
    do_all_due()
    filled = counted(lambda: person.get(again.location))
    assert filled.status_code == 200 and "Angaben gefunden" in filled.text
    for text in ("Licht im Tunnel", "Meine Begründung", 'value="Mein Schlagwort"', f'value="{url}"', "<img src"):
        assert text in filled.text, text
    key = filled.text.partition('name="saved" value="')[2].partition('"')[0]
    typed = {**TYPED, "fetch": "", "url": url, "title": "Licht", "kind": "dokument"}
    sent = person.post("/entries/new", {**typed, "saved": key})
    assert sent.status_code == 303
    assert db.session.scalars(select(SavedForm.id).where(SavedForm.finished_at.is_(None))).all() == []
    assert db.session.scalar(select(Entry.title)) == "Licht"


def test_form_goes_on_without_a_page_that_takes_too_long(person, open_door):
    address = person.post("/entries/new", {**TYPED, "url": open_door.page("/a", "egal")}).location
    for turn in range(detours.TURNS):
        response = counted(lambda: person.get(address))  # noqa: B023 - asked at once
        assert (turn, response.status_code) == (turn, 303)
        address = response.location
    shown = counted(lambda: person.get(address))
    assert shown.status_code == 200 and "Meine Begründung" in shown.text
    assert reason_text("later") in shown.text


def test_files_of_the_form_come_along(person):
    fields = {**TYPED, "url": "", "split": "each", "files": (BytesIO(PDF), "Lichtplan.pdf")}
    waits = person.post("/entries/new", fields, content_type="multipart/form-data")
    assert waits.status_code == 303
    do_all_due()
    shown = person.get(waits.location)
    assert shown.status_code == 200 and "Lichtplan.pdf" in shown.text
    assert 'value="each" checked' in shown.text


def test_where_a_form_waits_is_nobody_elses_and_bounded(person, make, sign_in, open_door):
    address = person.post("/entries/new", {**TYPED, "url": open_door.page("/a", "egal")}).location
    assert sign_in(make.user()).get(address).status_code == 404
    for odd in ("told=99", "told=-1", "told=x", "told="):
        assert person.get(address.replace("told=1", odd)).status_code == 200


def test_form_that_cannot_be_kept_is_shown_at_once(person, open_door, monkeypatch):
    monkeypatch.setattr("hub.entries.service.saving.MOST_FORMS", 0)
    shown = person.post("/entries/new", {**TYPED, "url": open_door.page("/a", "egal")})
    assert shown.status_code == 200 and "Meine Begründung" in shown.text
