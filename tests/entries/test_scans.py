"""Scans: their letters are read by a patient worker, and the office sees every file the search cannot look into."""

import io

import pytest

from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Attachment, DocumentPage, DocumentText
from hub.entries.service import contributing, texts
from hub.entries.service.files import hold_upload
from hub.fetching.extract import recognising
from hub.fetching.extract.result import Extracted
from hub.indexing import service as indexing
from hub.indexing.wanted import Wanted
from hub.jobs import queue, registry
from hub.jobs.models import Job
from hub.jobs.registry import Lane
from hub.jobs.worker import do_all_due
from tests.entries.builders import PDF
from tests.support import documents


class Letters:
    """A recogniser that is there or not, gives these answers in turn, and notes how often it was asked."""

    def __init__(self, *answers: Extracted | BaseException, is_there: bool = True) -> None:
        self.answers = list(answers)
        self.is_there = is_there
        self.asked = 0

    def is_available(self) -> bool:
        return self.is_there

    def recognise(self, _file, numbers=()) -> Extracted:
        self.asked += 1
        self.numbers = list(numbers)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer


QUITTEN = Extracted(pages=("Quittenbaum",), page_count=1)


@pytest.fixture
def letters(monkeypatch):
    """``letters(*answers)`` stands in for Tesseract."""

    def _letters(*answers, is_there: bool = True) -> Letters:
        one = Letters(*answers, is_there=is_there)
        monkeypatch.setattr(recognising, "is_available", one.is_available)
        monkeypatch.setattr(recognising, "recognise", one.recognise)
        monkeypatch.setattr(recognising, "recognise_pages", one.recognise)
        return one

    return _letters


@pytest.fixture
def scan(make, editor):
    """``scan()`` contributes an entry with a scanned PDF; gives the number of the file."""
    collection = make.collection()

    def _scan(content: bytes | None = None) -> int:
        held = hold_upload(editor, io.BytesIO(content or documents.scanned_pdf()), "scan.pdf")
        details = contributing.EntryDetails(title="Scan", kind="dokument", collection_ids=[collection.id])
        contributing.submit_entry(editor, details, [held.id])
        return held.id

    return _scan


def state_of(number: int) -> tuple[str, str]:
    """State and reason of a file's text."""
    db.session.expire_all()
    text = db.session.get_one(DocumentText, number)
    return text.state, text.reason


def found_ids(text: str) -> list[int]:
    """Which entries the index gives for a text."""
    return list(indexing.store().search(Wanted(text=text)).ids)


def test_the_letters_of_a_scan_become_searchable(scan, letters):
    letters(QUITTEN)
    number = scan()
    do_all_due()
    assert state_of(number) == ("done", "")
    assert len(found_ids("Quittenbaum")) == 1


def test_without_the_program_a_scan_stays_marked_until_it_is_installed(scan, letters):
    letters(is_there=False)
    number = scan()
    do_all_due()
    texts.ask_for_unrecognised(recognising, {})
    assert state_of(number) == ("none", "scanned")
    assert queue.find_due() == set()
    letters(QUITTEN)
    texts.ask_for_unrecognised(recognising, {})
    do_all_due()
    assert state_of(number) == ("done", "")


def test_a_scan_without_letters_is_not_tried_for_ever(scan, letters):
    one = letters(Extracted(reason="unrecognised"))
    number = scan()
    do_all_due()
    assert state_of(number) == ("none", "unrecognised")
    texts.ask_for_unrecognised(recognising, {})
    do_all_due()
    assert one.asked == 1


def test_r19_a_scan_that_takes_its_worker_down_twice_is_left_alone(scan, letters):
    one = letters(KeyboardInterrupt(), KeyboardInterrupt())
    number = scan()
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            do_all_due()
        with unit_of_work() as session:
            session.execute(Job.__table__.delete())
        texts.ask_for_unrecognised(recognising, {})
    do_all_due()
    assert state_of(number) == ("none", "unrecognised")
    assert one.asked == 2


def test_r19_a_passing_failure_is_tried_once_more(scan, letters):
    letters(is_there=False)
    number = scan()
    do_all_due()
    letters(Extracted(reason="memory"), QUITTEN)
    with pytest.raises(texts.TryAgain):
        texts.recognise_text(recognising, {"attachment_id": number})
    texts.recognise_text(recognising, {"attachment_id": number})
    assert state_of(number) == ("done", "")


MIXED = documents.joined(documents.pdf(["Gesetzter Text"]), documents.scan([["Quittenbaum"]]), documents.pdf(["Ende"]))


def test_pages_that_are_pictures_between_others_become_searchable_at_their_place(scan, letters):
    one = letters({2: "Quittenbaum"})
    number = scan(MIXED)
    do_all_due()
    assert state_of(number) == ("done", "")
    assert one.numbers == [2]
    assert len(found_ids("Gesetzter")) == len(found_ids("Quittenbaum")) == 1
    assert db.session.get(DocumentPage, (number, 2)).text == "Quittenbaum"


def test_the_text_between_is_searchable_at_once_and_the_rest_when_the_program_is_installed(scan, letters):
    letters(is_there=False)
    number = scan(MIXED)
    do_all_due()
    assert state_of(number) == ("done", "mixed")
    assert len(found_ids("Gesetzter")) == 1 and found_ids("Quittenbaum") == []
    letters({2: "Quittenbaum"})
    texts.ask_for_unrecognised(recognising, {})
    do_all_due()
    assert state_of(number) == ("done", "")
    assert len(found_ids("Quittenbaum")) == 1
    texts.ask_for_unrecognised(recognising, {})
    assert queue.find_due() == set(), "nothing is left to do"


def test_r19_pages_that_take_the_worker_down_twice_are_left_alone(scan, letters):
    one = letters(KeyboardInterrupt(), KeyboardInterrupt())
    number = scan(MIXED)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            do_all_due()
        with unit_of_work() as session:
            session.execute(Job.__table__.delete())
        texts.ask_for_unrecognised(recognising, {})
    do_all_due()
    assert state_of(number) == ("done", "")
    assert one.asked == 2


def test_pages_of_a_file_that_was_read_while_its_form_was_open_are_recognised_when_it_is_sent(make, editor, letters):
    letters({2: "Quittenbaum"})
    held = hold_upload(editor, io.BytesIO(MIXED), "scan.pdf")
    do_all_due()
    assert state_of(held.id) == ("done", "mixed")
    details = contributing.EntryDetails(title="Scan", kind="dokument", collection_ids=[make.collection().id])
    contributing.submit_entry(editor, details, [held.id])
    do_all_due()
    assert state_of(held.id) == ("done", "")
    assert len(found_ids("Quittenbaum")) == 1


def test_a_scan_of_an_open_form_waits_until_it_belongs_to_an_entry(make, editor, letters):
    one = letters(QUITTEN)
    held = hold_upload(editor, io.BytesIO(documents.scanned_pdf()), "scan.pdf")
    do_all_due()
    assert one.asked == 0
    details = contributing.EntryDetails(title="Scan", kind="dokument", collection_ids=[make.collection().id])
    contributing.submit_entry(editor, details, [held.id])
    do_all_due()
    assert state_of(held.id) == ("done", "")


def test_lost_content_and_lost_files_are_no_failure(scan, letters):
    letters(is_there=False)
    number = scan()
    do_all_due()
    letters(FileNotFoundError())
    texts.recognise_text(recognising, {"attachment_id": number})
    assert state_of(number) == ("failed", "missing")
    with unit_of_work() as session:
        session.delete(session.get_one(Attachment, number))
    texts.recognise_text(recognising, {"attachment_id": number})


def test_recognition_never_holds_up_the_reading_of_other_files():
    assert registry.find_kind(texts.RECOGNISE).lane == Lane.PATIENT
    assert registry.find_kind(texts.KIND).lane != Lane.PATIENT


def test_the_office_sees_the_files_that_the_search_cannot_look_into(make, sign_in, scan, letters):
    letters(is_there=False)
    scan()
    scan(PDF)
    do_all_due()
    office = sign_in(make.user(role="editor"))
    queue_page = office.get("/moderation").get_data(as_text=True)
    assert "2 Dateien sind ohne durchsuchbaren Text" in queue_page
    assert 'href="/moderation/files"' in queue_page
    page = office.get("/moderation/files").get_data(as_text=True)
    assert "enthält nur Bilder" in page
    assert "beschädigt" in page
    assert page.count("scan.pdf") >= 2
    assert sign_in(make.user()).get("/moderation/files").status_code == 403


def test_the_list_of_files_without_text_may_be_empty_and_has_pages(make, sign_in, scan, letters, monkeypatch):
    letters(is_there=False)
    office = sign_in(make.user(role="editor"))
    assert "Alle Dateien lassen sich durchsuchen" in office.get("/moderation/files").get_data(as_text=True)
    monkeypatch.setattr("hub.moderation.views.MOST_FILES", 1)
    scan()
    scan()
    do_all_due()
    assert 'aria-label="Seiten"' in office.get("/moderation/files").get_data(as_text=True)
    assert "scan.pdf" in office.get("/moderation/files?page=2").get_data(as_text=True)
    assert office.get("/moderation/files?page=99").status_code == 200
