"""Forms that save themselves: nothing typed is lost, nobody else sees it, nothing stays when it was sent."""

import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from hub.core.clock import now
from hub.core.db import db
from hub.core.errors import Refused
from hub.core.unit_of_work import unit_of_work
from hub.entries import queries
from hub.entries.models import Attachment, Entry, SavedForm, Status
from hub.entries.service import contributing, files, saving
from hub.entries.service.binning import bin_entry
from hub.indexing import service as indexing
from hub.indexing.wanted import Wanted
from tests.entries.builders import PDF

KEY, TAB = "k" * 32, "t" * 32
HIDDEN = re.compile(r'name="saved" value="([^"]+)"')


@pytest.fixture
def home(make):
    return make.collection()


@pytest.fixture
def writer(make):
    return make.user(organisation="Essen")


@pytest.fixture
def browser(sign_in, writer, home):
    return sign_in(writer)


def send(browser, step=1, tab=TAB, key=KEY, turn=0, **fields):
    own = {"saved": key, "saved_tab": tab, "saved_step": step, "saved_turn": turn}
    return browser.post("/entries/saved", own | fields, headers={"X-Requested-With": "fetch"})


def rows() -> list[SavedForm]:
    return list(db.session.scalars(select(SavedForm).where(SavedForm.finished_at.is_(None)).order_by(SavedForm.id)))


def test_what_was_typed_is_kept_although_it_is_no_entry_yet(browser):
    answer = send(browser, title="Halber Satz", year="20", url="noch keine")
    assert answer.status_code == 200
    assert re.fullmatch(r"Gespeichert um \d\d:\d\d", answer.get_json()["text"])
    [row] = rows()
    assert ["year", "20"] in row.fields and row.title == "Halber Satz"
    assert not [pair for pair in row.fields if pair[0] in ("csrf_token", "saved", "saved_tab")]
    assert db.session.scalar(select(Entry.id)) is None
    assert indexing.search(Wanted(text="Halber")).total == 0


def test_a_form_in_which_nothing_was_typed_leaves_nothing(browser):
    send(browser, title="  ", kind="dokument", language="de", organisation="1")
    assert rows() == []


def test_another_machine_offers_to_go_on_and_shows_every_field(browser, sign_in, writer):
    send(browser, title="Halber Satz", summary="Und mehr", collections="bahnhofsviertel", tags="Licht, Platz")
    other = sign_in(writer)
    offered = other.get("/entries/new").get_data(as_text=True)
    assert "Sie haben hier schon etwas angefangen" in offered and "„Halber Satz“" in offered
    [row] = rows()
    page = other.get(f"/entries/new?saved={row.id}").get_data(as_text=True)
    assert 'value="Halber Satz"' in page and "Und mehr" in page and 'value="Licht, Platz"' in page
    assert "Sie schreiben weiter" in page and HIDDEN.search(page)[1] == KEY
    own = other.get("/account/entries").get_data(as_text=True)
    assert "Angefangen" in own and "Halber Satz" in own and f"/entries/new?saved={row.id}" in own


def test_nobody_else_sees_or_takes_it(browser, make, sign_in):
    send(browser, title="Geheimfalter")
    [row] = rows()
    for role in ("member", "coordinator", "editor", "admin"):
        other = sign_in(make.user(role=role, organisation="Essen"))
        for path in ("/entries/new", "/account/entries", "/moderation", "/"):
            page = other.get(path)
            assert "Geheimfalter" not in page.get_data(as_text=True)
        assert other.get(f"/entries/new?saved={row.id}").status_code == 404
        assert other.post(f"/entries/saved/{row.id}/discard").status_code == 404
        assert other.post(f"/entries/saved/{row.id}/restore").status_code == 404
        send(other, title="Meins")
    assert [row.title for row in rows()] == ["Geheimfalter", *["Meins"] * 4]


def test_sending_the_form_removes_it_and_a_late_save_does_not_bring_it_back(browser, home):
    send(browser, title="Fertig")
    fields = {"title": "Fertig", "text": "Text", "collections": "bahnhofsviertel", "kind": "dokument", "saved": KEY}
    assert browser.post("/entries/new", fields).status_code == 303
    assert rows() == []
    assert send(browser, step=2, title="Fertig").status_code == 409
    assert rows() == []
    assert "angefangen" not in browser.get("/entries/new").get_data(as_text=True)
    [kept] = db.session.scalars(select(SavedForm))
    assert kept.fields == [] and kept.title == ""


def test_the_form_goes_together_with_the_entry_that_it_becomes(browser, home, monkeypatch):
    fields = {"title": "Fertig", "text": "Text", "collections": "bahnhofsviertel", "kind": "dokument"}
    send(browser, **fields)
    finish = contributing.finish_form

    def fail(*words):
        finish(*words)
        raise Refused("Kein Platz.")

    monkeypatch.setattr(contributing, "finish_form", fail)
    page = browser.post("/entries/new", fields | {"saved": KEY})
    assert page.status_code == 422 and "Kein Platz." in page.get_data(as_text=True)
    assert db.session.scalar(select(Entry.id)) is None
    assert [row.title for row in rows()] == ["Fertig"]


def test_a_first_save_that_arrives_after_the_form_was_sent_leaves_nothing(browser, home):
    fields = {"title": "Fertig", "text": "Text", "collections": "bahnhofsviertel", "kind": "dokument", "saved": KEY}
    browser.post("/entries/new", fields)
    assert send(browser, title="Fertig").status_code == 409
    assert rows() == []


def test_a_form_that_was_refused_goes_on_under_its_key(browser):
    send(browser, title="Ohne Sammlung")
    page = browser.post("/entries/new", {"title": "Ohne Sammlung", "saved": KEY})
    assert page.status_code == 422
    text = page.get_data(as_text=True)
    assert HIDDEN.search(text)[1] == KEY and 'data-turn="1"' in text
    assert send(browser, tab="n" * 32, turn=1, title="Mit Sammlung").status_code == 200
    assert [row.title for row in rows()] == ["Mit Sammlung"]


def test_saves_of_one_page_that_overtake_each_other_keep_the_newest(browser):
    send(browser, step=2, title="Neuer")
    assert send(browser, step=1, title="Älter").status_code == 200
    assert [row.title for row in rows()] == ["Neuer"]


def test_two_pages_that_write_on_one_form_lose_nothing(browser):
    send(browser, title="Von der ersten Seite")
    assert send(browser, tab="b" * 32, turn=1, title="Von der zweiten").status_code == 200
    answer = send(browser, step=2, turn=0, title="Wieder die erste")
    assert answer.status_code == 409
    assert send(browser, step=3, key=answer.get_json()["key"], title="Wieder die erste").status_code == 200
    assert [row.title for row in rows()] == ["Von der zweiten", "Wieder die erste"]


def test_a_changed_entry_leads_to_both_versions(browser, make, writer, editor, home):
    entry = make.entry(title="Alt", status="submitted", contributor=writer)
    send(browser, title="Meine Fassung", version=str(entry.version), saved_entry=entry.id, collections=home.slug)
    [row] = rows()
    assert "Sie haben hier schon" in browser.get(f"/entries/{entry.id}/edit").get_data(as_text=True)
    page = browser.get(f"/entries/{entry.id}/edit?saved={row.id}").get_data(as_text=True)
    assert 'value="Meine Fassung"' in page and "Zwei Fassungen" not in page
    with unit_of_work():
        queries.get_entry(editor, entry.id).title = "Fassung der Redaktion"
    page = browser.get(f"/entries/{entry.id}/edit?saved={row.id}").get_data(as_text=True)
    assert "Zwei Fassungen" in page and "Fassung der Redaktion" in page and 'value="Meine Fassung"' in page
    assert HIDDEN.search(page)[1] == KEY


def test_an_entry_that_can_no_longer_be_edited_leaves_a_new_form(browser, make, writer, member):
    entry = make.entry(title="Entwurf", status="draft", contributor=writer)
    send(browser, title="Weiter", version="1", saved_entry=entry.id)
    bin_entry(make.actor(writer), entry.id)
    [row] = rows()
    assert f"/entries/new?saved={row.id}" in browser.get("/account/entries").get_data(as_text=True)
    assert 'value="Weiter"' in browser.get(f"/entries/new?saved={row.id}").get_data(as_text=True)


def test_throwing_away_can_be_undone(browser):
    send(browser, title="Weg damit")
    [row] = rows()
    browser.post(f"/entries/saved/{row.id}/discard", {"next": f"/entries/new?saved={row.id}"})
    assert rows() == []
    assert f"/entries/saved/{row.id}/restore" in browser.get("/entries/new").get_data(as_text=True)
    browser.post(f"/entries/saved/{row.id}/restore")
    assert [row.title for row in rows()] == ["Weg damit"]


def test_files_of_a_begun_form_stay_until_it_goes(browser, make, writer):
    person = make.actor(writer)
    held = files.hold_upload(person, BytesIO(PDF), "plan.pdf")
    alien = files.hold_upload(make.actor(make.user()), BytesIO(PDF), "fremd.pdf")
    send(browser, title="Mit Datei", held=[held.id, alien.id, "x"])
    [row] = rows()
    assert row.held == [held.id]
    with unit_of_work() as session:
        for file in session.scalars(select(Attachment)):
            file.created_at = now() - timedelta(days=3)
    files.sweep_held_files()
    assert db.session.scalars(select(Attachment.id)).all() == [held.id]
    assert "plan.pdf" in browser.get(f"/entries/new?saved={row.id}").get_data(as_text=True)
    saving.discard_form(person, row.id)
    files.sweep_held_files()
    assert db.session.scalars(select(Attachment.id)).all() == []


def test_left_forms_are_swept_after_thirty_days(browser):
    send(browser, title="Liegt lange")
    send(browser, key="f" * 32, title="Frisch")
    with unit_of_work():
        rows()[0].saved_at = now() - timedelta(days=31)
    saving.sweep_saved_forms({})
    assert [row.title for row in rows()] == ["Frisch"]


def test_size_and_number_are_bounded(browser):
    assert send(browser, text="ä" * 150_000).status_code == 422
    assert send(browser, **{f"f{i}": "x" for i in range(500)}).status_code == 422
    for number in range(saving.MOST_FORMS):
        assert send(browser, key=f"{number:032}", title="A").status_code == 200
    answer = send(browser, key="z" * 32, title="A")
    assert answer.status_code == 422 and "Meine Einträge" in answer.get_json()["error"]
    assert len(rows()) == saving.MOST_FORMS


@pytest.mark.parametrize("key", ["", "kurz", "x" * 65, "../../etc/passwd-aaaaaaaa", "ä" * 32])
def test_odd_keys_are_refused(browser, key):
    assert send(browser, key=key, title="A").status_code == 422
    assert rows() == []


def test_odd_values_are_no_error(browser):
    answer = send(browser, step="x", turn="-1", title="A\0B", saved_entry="99999999999999", version="abc")
    assert answer.status_code == 200
    [row] = rows()
    assert row.title == "AB" and row.entry_id is None and "\\u0000" not in json.dumps(row.fields)


def test_an_entry_one_may_not_see_is_not_named(browser, make):
    hidden = make.entry(title="Versteckt", status="submitted")
    send(browser, title="A", saved_entry=hidden.id)
    assert rows()[0].entry_id is None


@pytest.mark.parametrize("path", ["/entries/saved", "/entries/files", "/entries/link"])
def test_an_ended_session_parks_nothing_of_what_script_sends_by_itself(browser, path):
    lost = {"saved": KEY, "title": "Geht verloren", "csrf_token": "ended"}
    assert browser.post("/entries/new", lost, token=False).status_code == 303
    fields = {"saved": KEY, "title": "A", "url": "https://example.org", "csrf_token": "ended"}
    answer = browser.post(path, fields, token=False)
    assert (answer.status_code, answer.data) == (401, b"")
    assert "Geht verloren" in browser.get("/entries/new").get_data(as_text=True)
    assert "war abgelaufen" not in browser.get("/entries/new").get_data(as_text=True)
    browser.sign_out()
    answer = browser.client.post(path, data={"title": "A"})
    assert (answer.status_code, answer.data) == (401, b"")


def test_a_lost_form_comes_back_under_its_key(browser):
    send(browser, title="Geht verloren")
    fields = {"title": "Geht verloren, länger", "saved": KEY, "csrf_token": "ended"}
    assert browser.post("/entries/new", fields, token=False).status_code == 303
    page = browser.get("/entries/new").get_data(as_text=True)
    assert "länger" in page and HIDDEN.search(page)[1] == KEY


def test_saving_as_draft_needs_no_script(browser, home):
    fields = {"title": "Entwurf", "text": "T", "collections": home.slug, "kind": "dokument", "draft": "1"}
    assert browser.post("/entries/new", fields).status_code == 303
    assert db.session.scalar(select(Entry.status)) == Status.DRAFT
