"""Files while their form is open: kept one by one, read already, proposing what they tell, gone when never sent."""

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.core.db import db
from hub.core.text import title_from_name
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Attachment, DocumentPage, DocumentText, Entry
from hub.entries.service import files
from hub.entries.service.files import hold_upload, sweep_held_files
from hub.indexing import generation
from hub.indexing import service as indexing
from hub.indexing.wanted import Wanted
from hub.jobs.worker import do_all_due
from tests.entries.builders import PDF, cut, office, picture
from tests.entries.test_prefill import neighbours
from tests.support import documents
from tests.support.counting import counted_statements

GERMAN = "Der Bahnhof ist für viele Menschen ein Ort, den sie meiden, und das liegt nicht nur an der Beleuchtung. " * 4


@pytest.fixture
def person(make, sign_in):
    """A signed-in editor of the office, whose entries are published at once; a collection is there."""
    make.collection()
    return sign_in(make.user(role="editor", organisation="Geschäftsstelle"))


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Nobody reads beside a test, so waiting for it would only take time."""
    monkeypatch.setattr("hub.entries.queries.held.LONGEST_WAIT", 0.0)


def drop(person, name: str, content: bytes, *held: int):
    """Send one file as script does; gives the status and the answer."""
    data = {"file": (io.BytesIO(content), name), "held": [str(number) for number in held]}
    response = person.post("/entries/files", data, content_type="multipart/form-data")
    response.request.environ["wsgi.input"].close()
    return response.status_code, json.loads(response.get_data())


def submit(person, *held: int, **fields):
    """Send the form with files that are there already."""
    data = {"kind": "dokument", "collections": "bahnhofsviertel", **fields}
    return person.post("/entries/new", {**data, "held": [str(number) for number in held]})


def found_ids(text: str) -> list[int]:
    """Which entries the index gives for a text."""
    return list(indexing.store().search(Wanted(text=text)).ids)


def count(model) -> int:
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_dropped_file_is_kept_for_the_form(person):
    status, told = drop(person, "bericht.pdf", documents.pdf(["Quitten"]))
    assert status == 201
    assert (told["name"], told["waits"], told["notes"], told["values"]) == ("bericht.pdf", True, [], {})
    assert db.session.get_one(Attachment, told["id"]).entry_id is None
    assert submit(person, told["id"], title="Mit Datei").status_code == 303
    assert db.session.get_one(Attachment, told["id"]).entry_id is not None


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("leer.pdf", b"", "ist leer"),
        ("abgeschnitten.pdf", cut(PDF), "unvollständig"),
        ("makro.docx", office("docx", ("word/vbaProject.bin", b"x")), "Makros"),
        ("seite.pdf", b"<html></html>", "passt nicht zur Endung"),
        ("programm.exe", b"MZ", "können wir nicht annehmen"),
    ],
)
def test_a_refused_file_is_answered_in_words_and_leaves_no_trace(app, person, name, content, words):
    status, told = drop(person, name, content)
    assert status == 422
    assert words in told["error"]
    assert name in told["error"]
    assert count(Attachment) == count(DocumentText) == 0
    assert [path for path in app.config["FILES_FOLDER"].rglob("*") if path.is_file()] == []


def test_a_request_without_a_file_is_answered_in_words(person):
    response = person.post("/entries/files", {})
    assert response.status_code == 422
    assert "wählen Sie eine Datei" in response.get_json()["error"]


def test_a_form_takes_twenty_files_and_a_person_a_hundred_open_ones(person, monkeypatch):
    status, told = drop(person, "platz.png", picture("PNG"), *range(1, 21))
    assert (status, "höchstens 20 Dateien" in told["error"]) == (422, True)
    monkeypatch.setattr(files, "MOST_HELD", 1)
    assert drop(person, "platz.png", picture("PNG"))[0] == 201
    status, told = drop(person, "platz.png", picture("PNG"))
    assert status == 422
    assert "zu keinem Eintrag gehören" in told["error"]


def test_what_a_document_tells_is_proposed_once_it_is_read(person):
    content = documents.pdf([GERMAN.replace(", ", ",\n")], "Angsträume am Bahnhof", "Amt 32", "D:20240229")
    _status, told = drop(person, "scan_0001.pdf", content)
    assert person.get(told["address"]).get_json()["waits"]
    do_all_due()
    values = person.get(told["address"]).get_json()["values"]
    assert values["title"] == "Angsträume am Bahnhof"
    assert (values["year"], values["language"], values["detail_author"]) == ("2024", "de", "Amt 32")


def test_a_document_that_tells_nothing_is_called_by_its_file(person):
    _status, told = drop(person, "Leitfaden_Beleuchtung-2024.pdf", PDF)
    do_all_due()
    assert person.get(told["address"]).get_json()["values"] == {"title": "Leitfaden Beleuchtung-2024"}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Leitfaden_Beleuchtung-2024.pdf", "Leitfaden Beleuchtung-2024"),
        ("sichere-wege.docx", "sichere wege"),
        ("2024-02-29.pdf", "2024-02-29"),
        ("Plan.v2.pdf", "Plan.v2"),
        ("ohne", "ohne"),
        ("___.pdf", "___.pdf"),
    ],
)
def test_the_name_of_a_file_reads_as_a_title(name, title):
    assert title_from_name(name) == title


def test_without_script_the_form_is_filled_from_the_document_and_keeps_what_was_typed(person, monkeypatch):
    content = documents.pdf([GERMAN.replace(", ", ",\n")], "Angsträume", "", "D:20240229")
    number = drop(person, "bericht.pdf", content)[1]["id"]
    do_all_due()
    page = submit(person, number, fetch="1", year="2019").get_data(as_text=True)
    assert 'value="Angsträume"' in page
    assert 'value="2019"' in page
    assert 'value="2024"' not in page


TITLE = "Was Nachtbeauftragte bewirken"
NIGHT = documents.pdf([f"{TITLE}\nLärm und Feiern in der Altstadt."], TITLE)


def test_similar_entries_propose_where_a_document_belongs(make, person):
    neighbours(make)
    number = drop(person, "bericht.pdf", NIGHT)[1]["id"]
    do_all_due()
    generation.forget()
    with counted_statements() as sent:
        told = json.loads(person.get(f"/entries/files/{number}").get_data())
    assert told["values"]["collections"] == "nachtleben"
    assert told["values"]["section"] == "Zum Einstieg"
    assert set(told["values"]["tags"].split(", ")) == {"Nachtleben", "Vermittlung"}
    assert len(sent) <= 12


def test_without_script_similar_entries_propose_where_a_document_belongs_and_name_doubles(make, person):
    neighbours(make)
    make.entry(title="Was Nachtbeauftragte bewirken", collections=("nachtleben",))
    number = drop(person, "bericht.pdf", NIGHT)[1]["id"]
    do_all_due()
    page = submit(person, number, fetch="1", collections="").get_data(as_text=True)
    assert '<option selected value="nachtleben">' in page
    assert "Vorgeschlagen nach ähnlichen Einträgen:" in page and "Vielleicht gibt es das schon" in page
    chosen = submit(person, number, fetch="1", tags="Eigenes").get_data(as_text=True)
    assert '<option selected value="bahnhofsviertel">' in chosen and 'value="Eigenes"' in chosen


def test_a_missing_title_comes_from_the_document_or_else_from_the_name_of_the_file(person):
    first = drop(person, "bericht.pdf", documents.pdf(["Quitten"], "Angsträume"))[1]["id"]
    do_all_due()
    second = drop(person, "Sichere_Wege.pdf", documents.pdf(["Mispeln"], "Später gelesen"))[1]["id"]
    assert submit(person, first).status_code == submit(person, second).status_code == 303
    assert db.session.scalars(select(Entry.title).order_by(Entry.id)).all() == ["Angsträume", "Sichere Wege"]


def test_a_short_document_read_before_is_found_at_once(person):
    number = drop(person, "bericht.pdf", documents.pdf(["Quittenbaum"]))[1]["id"]
    assert do_all_due() == 1
    assert found_ids("Quittenbaum") == []
    submit(person, number, title="Obst")
    assert len(found_ids("Quittenbaum")) == 1
    assert do_all_due() == 1  # only its first page is drawn


def test_a_long_document_read_before_is_put_into_the_index_by_a_worker(person):
    number = drop(person, "lang.pdf", documents.pdf(["Quittenbaum"] * 21))[1]["id"]
    assert do_all_due() == 1
    submit(person, number, title="Obst")
    assert found_ids("Quittenbaum") == []
    assert do_all_due() == 2  # and its first page is drawn
    assert len(found_ids("Quittenbaum")) == 1
    text = db.session.get_one(DocumentText, number)
    assert (text.state, text.tries) == ("done", 1)
    indexing.rebuild()
    assert len(found_ids("Quittenbaum")) == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("geheim.pdf", documents.encrypted_pdf(), "mit einem Kennwort geschützt"),
        ("kaputt.pdf", b"%PDF-1.7\n%%EOF", "prüfen Sie, ob sie sich öffnen lässt"),
    ],
)
def test_a_file_without_text_says_so_while_the_form_is_open(person, name, content, words):
    told = drop(person, name, content)[1]
    do_all_due()
    [note] = person.get(told["address"]).get_json()["notes"]
    assert words in note
    page = submit(person, told["id"], collections="").get_data(as_text=True)
    assert words in page
    assert submit(person, told["id"], title="Trotzdem").status_code == 303


def test_two_files_of_the_same_content_are_named_and_not_blocked(person):
    first = drop(person, "eins.pdf", PDF)[1]["id"]
    _status, told = drop(person, "zwei.pdf", PDF, first)
    assert "denselben Inhalt wie eins.pdf" in told["notes"][0]
    assert "denselben Inhalt wie zwei.pdf" in submit(person, first, told["id"], collections="").get_data(as_text=True)
    assert submit(person, first, told["id"], title="Beide").status_code == 303


def test_a_file_that_is_in_the_hub_already_is_named_with_its_entry(person):
    submit(person, drop(person, "eins.pdf", PDF)[1]["id"], title="Erster Eintrag")
    _status, told = drop(person, "zwei.pdf", PDF)
    assert "schon beim Eintrag „Erster Eintrag“" in told["notes"][0]
    assert submit(person, told["id"], title="Zweiter Eintrag").status_code == 303


def test_a_file_of_an_entry_one_may_not_see_is_not_betrayed(make, sign_in, person):
    other = sign_in(make.user(organisation="Köln"))
    submit(other, drop(other, "eins.pdf", PDF)[1]["id"], title="Geheimer Entwurf", draft="1")
    assert drop(person, "zwei.pdf", PDF)[1]["notes"] == []


def test_the_held_file_of_another_person_is_not_there(make, sign_in, person):
    told = drop(person, "eins.pdf", PDF)[1]
    other = sign_in(make.user())
    assert other.get(told["address"]).status_code == 404
    assert drop(other, "zwei.pdf", PDF, told["id"])[1]["notes"] == []
    submit(person, told["id"], title="Vergeben")
    assert person.get(told["address"]).status_code == 404


def test_what_was_read_from_a_file_that_was_never_sent_goes_with_it(person, monkeypatch):
    drop(person, "bericht.pdf", documents.pdf(["Quitten"]))
    do_all_due()
    assert count(DocumentPage) == count(DocumentText) == 1
    monkeypatch.setattr("hub.entries.service.files.HELD_FOR", timedelta(seconds=-5))
    assert sweep_held_files() == 1
    assert count(Attachment) == count(DocumentPage) == count(DocumentText) == 0


def test_a_file_swept_before_it_was_read_is_no_failure(member):
    held = hold_upload(member, io.BytesIO(documents.pdf(["Quitten"])), "bericht.pdf")
    with unit_of_work() as session:
        session.delete(session.get_one(Attachment, held.id))
    assert do_all_due() == 1
    assert count(DocumentText) == 0


def test_each_file_becomes_an_entry_with_the_title_of_its_document(person):
    english = "The police and the city work with young people in the station, and that is what it is about. " * 4
    first = drop(person, "a.pdf", documents.pdf([english.replace(", ", ",\n")], "Safer stations", "", "D:20210101"))[1]
    second = drop(person, "Sichere_Wege.png", picture("PNG"))[1]
    do_all_due()
    response = submit(person, first["id"], second["id"], split="each", tags="Bahnhof")
    assert response.status_code == 303
    entries = db.session.scalars(select(Entry).order_by(Entry.id)).all()
    assert [(entry.title, entry.year, entry.language) for entry in entries] == [
        ("Safer stations", 2021, "en"),
        ("Sichere Wege", None, "de"),
    ]
    assert found_ids("police") == [entries[0].id]
    page = person.get(response.headers["Location"]).get_data(as_text=True)
    assert "2 Einträge hinzugefügt" in page
    for entry in entries:
        assert f'href="/entries/{entry.id}/edit"' in page
        assert entry.title in page


def test_each_file_may_become_a_draft(person):
    numbers = [drop(person, f"{number}.pdf", PDF)[1]["id"] for number in range(3)]
    response = submit(person, *numbers, split="each", draft="1")
    assert person.get(response.headers["Location"]).get_data(as_text=True).count("Entwurf") >= 3
    assert db.session.scalars(select(Entry.status)).all() == ["draft"] * 3


def test_all_files_become_one_entry_unless_said_otherwise(person):
    numbers = [drop(person, f"{number}.pdf", PDF)[1]["id"] for number in range(3)]
    assert submit(person, *numbers, split="").status_code == 303
    assert count(Entry) == 1


def test_the_choice_stays_when_the_form_fails_and_nothing_is_taken_in(person):
    numbers = [drop(person, f"{number}.pdf", PDF)[1]["id"] for number in range(2)]
    page = submit(person, *numbers, split="each", collections="").get_data(as_text=True)
    assert 'value="each" checked' in page
    assert count(Entry) == 0


def test_the_list_of_new_entries_shows_only_own_ones(make, sign_in, person):
    other = make.entry(title="Fremder Eintrag")
    assert person.get(f"/entries/added?id={other.id}").headers["Location"] == "/account/entries"
    assert person.get("/entries/added?id=abc&id=99999999999999").status_code == 303


def test_a_file_that_was_sent_with_the_form_is_named_on_its_entry_too(make, sign_in, person):
    submit(person, drop(person, "eins.pdf", PDF)[1]["id"], title="Erster Eintrag")
    saved = submit(person, drop(person, "zwei.pdf", PDF)[1]["id"], title="Zweiter Eintrag")
    page = person.get(saved.headers["Location"]).get_data(as_text=True)
    assert "Diese Datei gibt es schon bei „Erster Eintrag“" in page
    member = sign_in(make.user())
    saved = submit(member, drop(member, "drei.pdf", PDF)[1]["id"], title="Dritter Eintrag")
    page = member.get(saved.headers["Location"]).get_data(as_text=True)
    assert "Diese Datei gibt es schon" in page
    assert "Zweiter Eintrag" in page


def test_without_script_nothing_of_one_document_is_proposed_for_all(person):
    first = drop(person, "a.pdf", documents.pdf(["Quitten"], "Angsträume", "", "D:20210101"))[1]["id"]
    second = drop(person, "b.pdf", PDF)[1]["id"]
    do_all_due()
    page = submit(person, first, second, fetch="1", split="each").get_data(as_text=True)
    assert 'value="2021"' not in page
    assert 'value="Angsträume"' not in page
