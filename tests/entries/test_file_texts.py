"""The text of files becomes searchable, is read as a page by those who may, and never stands in the way of an entry."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.core import storage
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Attachment, DocumentPage, DocumentText, Entry, EntryBody, Status
from hub.entries.service import texts
from hub.fetching.extract import running
from hub.fetching.extract.result import Extracted
from hub.indexing import service as indexing
from hub.indexing.wanted import Wanted
from hub.jobs import queue
from hub.jobs.models import Job
from hub.jobs.worker import do_all_due
from tests.support import documents


def found_ids(text: str) -> list[int]:
    """Which entries the index gives for a text."""
    return list(indexing.store().search(Wanted(text=text)).ids)


def state_of(file_id: int) -> tuple[str, str, int]:
    """State, reason and tries of a file's text."""
    db.session.expire_all()
    text = db.session.get_one(DocumentText, file_id)
    return text.state, text.reason, text.tries


def assert_download(person, file: Attachment) -> None:
    """The file itself is there, whatever became of its text."""
    response = person.get(f"/files/{file.id}")
    assert response.status_code == 200
    response.close()


def test_an_uploaded_pdf_is_found_by_its_words_and_its_pages_are_named(upload):
    file = upload("bericht.pdf", documents.pdf(["Deckblatt", "Mehr Quittenbäume am Platz", "Noch ein Quittenbaum"]))
    assert found_ids("Quittenbaum") == []
    assert state_of(file.id) == ("waiting", "", 0)
    page = upload.person.get(f"/entries/{file.entry_id}").get_data(as_text=True)
    assert "Text wird gelesen" in page
    assert do_all_due() == 2  # its text is read, its first page drawn
    assert state_of(file.id) == ("done", "", 1)
    assert found_ids("Quittenbaum") == [file.entry_id]
    page = upload.person.get("/search?q=Quittenbaum").get_data(as_text=True)
    assert f'<a href="/files/{file.id}/view?page=2&amp;q=Quittenbaum">Seite 2</a>' in page
    assert f'<a href="/files/{file.id}/view?page=3&amp;q=Quittenbaum">Seite 3</a>' in page
    assert "<mark>Quittenbaum</mark>" in page
    assert "weitere Fundstelle" not in page
    assert "Als Text lesen" in upload.person.get(f"/entries/{file.entry_id}").get_data(as_text=True)
    assert do_all_due() == 0


def test_only_the_two_best_pages_are_named_and_the_rest_is_counted(upload):
    pages = ["Quitten"] * 5 + ["Quitten und Mispeln"]
    file = upload("obst.pdf", documents.pdf(pages))
    do_all_due()
    page = upload.person.get("/search?q=Quitten").get_data(as_text=True)
    assert page.count("/view?page=") == 2
    assert "4 weitere Fundstellen" in page
    page = upload.person.get("/search?q=Quitten+Mispeln").get_data(as_text=True)
    assert page.index("/view?page=6&") < page.index("/view?page=1&")
    assert file.entry_id in found_ids("Mispeln")


def test_the_text_page_shows_pages_with_headings_language_and_anchors(upload):
    english = "The police and the city work with young people in the station, and that is what the report is about. "
    file = upload("report.pdf", documents.pdf([english * 4, "", "Third <page> & more"]))
    do_all_due()
    page = upload.person.get(f"/files/{file.id}/text").get_data(as_text=True)
    assert '<h2 id="seite-1">Seite 1</h2>' in page
    assert 'id="seite-2"' not in page
    assert '<p class="pre" lang="en">Third &lt;page&gt; &amp; more</p>' in page


def test_a_long_document_is_shown_in_parts(upload):
    file = upload("lang.pdf", documents.pdf([f"Inhalt von Blatt {number}" for number in range(1, 121)]))
    do_all_due()
    assert 'id="seite-50"' in upload.person.get(f"/files/{file.id}/text").get_data(as_text=True)
    second = upload.person.get(f"/files/{file.id}/text?seite=51").get_data(as_text=True)
    assert 'id="seite-51"' in second
    assert 'id="seite-50"' not in second
    assert upload.person.get(f"/files/{file.id}/text?seite=151").status_code == 404
    for odd in ("0", "-1", "abc", "²", "9" * 30):
        assert upload.person.get(f"/files/{file.id}/text?seite={odd}").status_code in (200, 404)


@pytest.mark.parametrize(
    ("name", "build", "state", "words"),
    [
        ("geheim.pdf", documents.encrypted_pdf, ("none", "encrypted", 1), "mit Kennwort geschützt"),
        ("scan.pdf", documents.scanned_pdf, ("none", "scanned", 0), "enthält nur Bilder"),
        ("kaputt.pdf", lambda: b"%PDF-1.7\n%%EOF", ("failed", "damaged", 1), "beschädigt"),
    ],
)
def test_a_file_without_text_says_so_and_the_office_sees_it(upload, name, build, state, words):
    file = upload(name, build())
    do_all_due()
    assert state_of(file.id) == state
    page = upload.person.get(f"/entries/{file.entry_id}").get_data(as_text=True)
    assert f"ohne durchsuchbaren Text ({words})" in page
    assert words in upload.person.get(f"/files/{file.id}/text").get_data(as_text=True)
    assert_download(upload.person, file)
    assert "Eine Datei ist ohne durchsuchbaren Text" in upload.person.get("/moderation").get_data(as_text=True)


def test_other_kinds_of_files_are_read_too(upload):
    word = upload("konzept.docx", documents.docx(["Quittengelee"]))
    do_all_due()
    assert found_ids("Quittengelee") == [word.entry_id]
    assert "Abschnitt 1" in upload.person.get("/search?q=Quittengelee").get_data(as_text=True)
    text = db.session.get_one(DocumentText, word.id)
    assert (text.page_count, text.dated_on.year) == (1, 2023)


def test_pictures_are_not_read(upload):
    from tests.entries.builders import picture

    file = upload("platz.png", picture("PNG"))
    assert do_all_due() == 1  # it is drawn small
    assert db.session.get(DocumentText, file.id) is None
    assert upload.person.get(f"/files/{file.id}/text").status_code == 404


def test_the_imported_body_stays_searchable_beside_the_pages(upload):
    file = upload("bericht.pdf", documents.pdf(["Quitten"]))
    with unit_of_work() as session:
        session.add(EntryBody(entry_id=file.entry_id, body="Mispeln"))
    do_all_due()
    assert found_ids("Quitten") == found_ids("Mispeln") == [file.entry_id]
    indexing.rebuild()
    assert found_ids("Quitten") == found_ids("Mispeln") == [file.entry_id]


def test_a_removed_file_takes_its_words_out_of_the_search(upload):
    file = upload("bericht.pdf", documents.pdf(["Quitten"]))
    do_all_due()
    with unit_of_work() as session:
        session.delete(session.get_one(Attachment, file.id))
    assert found_ids("Quitten") == []
    assert db.session.scalar(select(func.count()).select_from(DocumentPage)) == 0


def test_who_may_not_see_the_entry_does_not_see_its_text(app, make, sign_in, upload):
    file = upload("bericht.pdf", documents.pdf(["Quitten"]))
    do_all_due()
    stranger = sign_in(make.user(organisation="Köln"))
    assert stranger.get(f"/files/{file.id}/text").status_code == 200
    with unit_of_work() as session:
        session.get_one(Entry, file.entry_id).status = Status.SUBMITTED
    assert stranger.get(f"/files/{file.id}/text").status_code == 404
    assert upload.person.get(f"/files/{file.id}/text").status_code == 200
    assert "/view?page=" not in stranger.get("/search?q=Quitten").get_data(as_text=True)
    assert stranger.get("/files/99999/text").status_code == 404


def answering(*answers):
    """A reader that gives these answers in turn and notes how often it was asked."""
    asked = []

    def read(path: Path, extension: str):
        asked.append(path)
        answer = answers[len(asked) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    read.asked = asked
    return read


@pytest.mark.parametrize("reason", ["crashed", "slow", "memory", "output"])
def test_r19_a_reader_that_fails_in_passing_is_tried_once_more_and_then_marked(upload, reason):
    file = upload("bericht.pdf", documents.pdf(["Quitten"]))
    read = answering(Extracted(reason=reason), Extracted(reason=reason))
    with pytest.raises(texts.TryAgain):
        texts.extract_text(read, {"attachment_id": file.id})
    assert state_of(file.id) == ("waiting", "", 1)
    texts.extract_text(read, {"attachment_id": file.id})
    assert state_of(file.id) == ("failed", reason, 2)
    texts.extract_text(read, {"attachment_id": file.id})
    assert len(read.asked) == 2
    assert_download(upload.person, file)


def test_r19_the_second_try_may_succeed(upload):
    file = upload("bericht.pdf", documents.pdf(["Quitten"]))
    read = answering(Extracted(reason="memory"), Extracted(pages=("Quitten",), page_count=1))
    with pytest.raises(texts.TryAgain):
        texts.extract_text(read, {"attachment_id": file.id})
    texts.extract_text(read, {"attachment_id": file.id})
    assert state_of(file.id) == ("done", "", 2)
    assert found_ids("Quitten") == [file.entry_id]


def test_r19_a_file_that_takes_its_worker_down_twice_is_marked_and_left_alone(upload):
    file = upload("bericht.pdf", documents.pdf(["Quitten"]))
    read = answering(KeyboardInterrupt(), KeyboardInterrupt())
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            texts.extract_text(lambda *_: (_ for _ in ()).throw(KeyboardInterrupt), {"attachment_id": file.id})
    texts.extract_text(read, {"attachment_id": file.id})
    assert state_of(file.id) == ("failed", "crashed", 2)
    assert read.asked == []


def test_a_lost_content_is_said_in_words(upload):
    file = upload("bericht.pdf", documents.pdf(["Quitten"]))
    storage.path_of(file.checksum).unlink()
    do_all_due()
    assert state_of(file.id) == ("failed", "missing", 1)
    assert "Datei nicht auffindbar" in upload.person.get(f"/entries/{file.entry_id}").get_data(as_text=True)


def test_lost_jobs_and_files_from_before_are_found_again(upload):
    file = upload("bericht.pdf", documents.pdf(["Quitten"]))
    with unit_of_work() as session:
        session.execute(Job.__table__.delete())
        session.execute(DocumentText.__table__.delete())
    assert do_all_due() == 0
    texts.ask_for_unread({})
    assert do_all_due() == 1
    assert found_ids("Quitten") == [file.entry_id]
    texts.ask_for_unread({})
    assert queue.find_due() == set()


def test_a_file_that_went_meanwhile_is_no_failure(upload):
    file = upload("bericht.pdf", documents.pdf(["Quitten"]))
    number = file.id

    def read(path: Path, extension: str):
        with unit_of_work() as session:
            session.delete(session.get_one(Attachment, number))
        return Extracted(pages=("Quitten",), page_count=1)

    texts.extract_text(read, {"attachment_id": number})
    texts.extract_text(read, {"attachment_id": number})
    assert found_ids("Quitten") == []


def test_the_reader_is_the_one_in_its_own_process(app):
    from hub.jobs import registry

    kind = registry.find_kind(texts.KIND)
    assert kind.handler.args == (running.read,)


def test_the_last_page_of_a_long_document_is_found_too(upload):
    pages = [f"Seite {number} " + "mit vielen Wörtern über Wege und Plätze\n" * 40 for number in range(300)]
    file = upload("lang.pdf", documents.pdf([*pages, "Zwiebelturm"]))
    do_all_due()
    assert found_ids("Zwiebelturm") == [file.entry_id]
    assert "/view?page=301&" in upload.person.get("/search?q=Zwiebelturm").get_data(as_text=True)
