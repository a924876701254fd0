"""A link and a collection are enough: what nobody named is named by its address at once and by its page later."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.db import db
from hub.core.errors import Refused
from hub.core.titles import title_in_document
from hub.core.unit_of_work import unit_of_work
from hub.entries import prefill, queries
from hub.entries.models import Attachment, DocumentText, Entry, Kind
from hub.entries.service import contributing, importing, naming
from hub.entries.service.contributing import EntryDetails
from hub.fetching import service as fetching
from hub.fetching.models import FetchedPage, PageState
from hub.indexing import service as indexing
from hub.indexing.wanted import Wanted
from hub.jobs.models import Job
from tests.support.making import submitted

URL = "https://www.example.org/berichte/nachtlicht/"
FACTS = {
    "title": "Nachtlicht: eine Bilanz", "description": "Ein Jahr danach.", "publisher": "Stadtanzeiger", "year": 2024,
    "published_on": "2024-03-12", "language": "en", "kind": "medienartikel", "authors": [], "doi": "",
}  # fmt: skip


def found(text):
    return indexing.search(Wanted(text=text)).ids


def bare(make, **more):
    return EntryDetails(title="", kind=Kind.DOKUMENT, collection_ids=[make.collection().id], **{"url": URL, **more})


def read_page(monkeypatch, facts=FACTS, text="", reason=""):
    """What a worker does with the one page that was asked for."""
    monkeypatch.setattr(fetching, "look_at", lambda url: (reason, None if reason else facts, text))
    page = db.session.scalar(select(FetchedPage))
    fetching.fetch_page({"page_id": page.id})


def fresh(entry):
    db.session.expire_all()
    return db.session.get(Entry, entry.id)


def test_address_stands_as_title_until_the_page_was_read(make, editor, monkeypatch):
    entry = submitted(editor, bare(make))
    assert (entry.title, entry.has_stopgap_title) == ("example.org/berichte/nachtlicht", True)
    assert db.session.scalars(select(Job.kind)).all() == [fetching.KIND]
    read_page(monkeypatch)
    entry = fresh(entry)
    assert (entry.title, entry.has_stopgap_title) == (FACTS["title"], False)
    assert (entry.summary, entry.publisher, entry.year) == ("Ein Jahr danach.", "Stadtanzeiger", 2024)
    assert (entry.kind, entry.language, str(entry.published_on)) == ("medienartikel", "en", "2024-03-12")
    assert found("Bilanz") == (entry.id,)


def test_page_that_was_read_before_names_the_entry_at_once(make, member, editor, monkeypatch):
    fetching.request_page(member, URL)
    read_page(monkeypatch)
    entry = submitted(editor, bare(make))
    assert (entry.title, entry.has_stopgap_title) == (FACTS["title"], False)


def test_what_a_person_said_stays(make, member, monkeypatch):
    entry = submitted(member, bare(make, summary="Meine Worte", year=2023))
    read_page(monkeypatch)
    entry = fresh(entry)
    assert entry.title == FACTS["title"]
    assert (entry.summary, entry.year, entry.kind, entry.language) == ("Meine Worte", 2023, "dokument", "de")
    assert entry.published_on is None


def test_title_that_was_given_since_stays(make, member, monkeypatch):
    details = bare(make)
    entry = submitted(member, details)
    named = EntryDetails(title="Mein Titel", kind=Kind.DOKUMENT, collection_ids=details.collection_ids, url=URL)
    contributing.revise_entry(member, entry, named, entry.version)
    read_page(monkeypatch)
    assert (fresh(entry).title, fresh(entry).summary) == ("Mein Titel", "")


def test_title_sent_back_untouched_may_still_be_replaced(make, member, monkeypatch):
    details = bare(make)
    entry = submitted(member, details)
    same = EntryDetails(
        title=entry.title, kind=Kind.DOKUMENT, collection_ids=details.collection_ids, url=URL, tags=["Licht"]
    )
    contributing.revise_entry(member, entry, same, entry.version)
    read_page(monkeypatch)
    assert fresh(entry).title == FACTS["title"]


def test_another_link_gives_another_stopgap(make, member):
    details = bare(make)
    entry = submitted(member, details)
    other = EntryDetails(
        title=entry.title, kind=Kind.DOKUMENT, collection_ids=details.collection_ids, url="https://example.org/neu"
    )
    contributing.revise_entry(member, entry, other, entry.version)
    assert (fresh(entry).title, fresh(entry).has_stopgap_title) == ("example.org/neu", True)


def test_page_that_cannot_be_read_leaves_the_address(make, member, monkeypatch):
    entry = submitted(member, bare(make))
    read_page(monkeypatch, reason="status_404")
    assert fresh(entry).title == "example.org/berichte/nachtlicht"


def test_too_many_links_block_nobody(make, member, monkeypatch):
    def refuse(actor, url):
        raise Refused("zu viele")

    monkeypatch.setattr(fetching, "look", refuse)
    assert submitted(member, bare(make)).title == "example.org/berichte/nachtlicht"


def test_named_entry_has_no_page_read(make, member):
    details = EntryDetails(title="Titel", kind=Kind.DOKUMENT, collection_ids=[make.collection().id], url=URL)
    entry = submitted(member, details)
    assert (entry.has_stopgap_title, db.session.scalars(select(Job.kind)).all()) == (False, [])


def test_page_read_later_is_found_by_its_text(make, editor, member, monkeypatch):
    entry = make.entry(title="Bericht", url="http://example.org/berichte/nachtlicht?utm_source=x")
    fetching.request_page(member, URL)
    read_page(monkeypatch, text="Die Quarzlaterne brennt.")
    assert found("Quarzlaterne") == (entry.id,)
    assert fresh(entry).title == "Bericht"


def test_what_was_missed_is_asked_for_again(make, member, monkeypatch):
    entry = submitted(member, bare(make))
    page = db.session.scalar(select(FetchedPage))
    with unit_of_work():
        page.state, page.reason, page.fetched_at = PageState.FAILED, "timeout", clock.now()
    present = clock.now()
    monkeypatch.setattr(clock, "now", lambda: present + timedelta(minutes=15))
    naming.ask_for_pages({})
    assert db.session.scalar(select(FetchedPage)).state == PageState.WAITING
    with unit_of_work():
        page = db.session.scalar(select(FetchedPage))
        page.state, page.facts, page.fetched_at = PageState.READ, FACTS, clock.now()
    naming.ask_for_pages({})
    assert fresh(entry).title == FACTS["title"]
    monkeypatch.setattr(naming, "KEEP_ASKING", timedelta(0))
    naming.ask_for_pages({})


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("Microsoft Word - Konzept Nachtlicht.docx", "Konzept Nachtlicht"),
        ("PowerPoint-Präsentation", ""),
        ("Dokument1", ""),
        ("untitled", ""),
        ("x", ""),
        (" Konzept\nNachtlicht ", "Konzept Nachtlicht"),
    ],
)
def test_document_names_itself_unless_a_program_did(told, title):
    assert title_in_document(told) == title


def test_document_that_was_read_names_its_entry(make, member):
    with unit_of_work() as session:
        file = Attachment(
            uploader_id=member.id, name="konzept_licht.pdf", media_type="application/pdf", extension="pdf", size=9,
            checksum="0" * 64,
        )  # fmt: skip
        session.add(file)
    entry = submitted(member, bare(make, url=None), [file.id])
    assert (entry.title, entry.has_stopgap_title) == ("konzept licht", True)
    text = db.session.get(DocumentText, file.id)
    with unit_of_work() as session:
        text.title, text.dated_on, text.language = "Untitled", date(2022, 5, 1), "en"
        naming.name_by_document(session, entry.id, text)
    assert fresh(entry).title == "konzept licht"
    with unit_of_work() as session:
        text.title = "Konzept Nachtlicht"
        naming.name_by_document(session, entry.id, text)
    entry = fresh(entry)
    assert (entry.title, entry.year, entry.language) == ("Konzept Nachtlicht", 2022, "en")


def test_text_gives_its_first_line(make, member):
    entry = submitted(member, bare(make, url=None, text="\n## **Licht** am Bahnhof\n\nMehr."))
    assert entry.title == "Licht am Bahnhof"
    long = submitted(member, bare(make, url=None, text="Wort " * 100))
    assert long.title.endswith("Wort …") and len(long.title) <= 122


def test_import_takes_a_link_without_a_title_and_nothing_less(make):
    make.collection()
    done = importing.import_entries(
        ['{"url": "https://example.org/a", "kind": "dokument", "collection": "bahnhofsviertel"}'], False
    )
    entry = db.session.scalar(select(Entry))
    assert (done.created, entry.title, entry.has_stopgap_title) == (1, "example.org/a", True)
    with pytest.raises(importing.LineRefused, match="title fehlt"):
        importing.import_entries(['{"kind": "dokument", "collection": "bahnhofsviertel"}'], True)
    naming.ask_for_pages({})
    assert db.session.scalars(select(Job.kind)).all() == []


def test_form_needs_link_and_collection_only(make, sign_in):
    make.collection()
    person = sign_in(make.user())
    response = person.post("/entries/new", {"url": URL, "collections": "bahnhofsviertel"})
    assert response.status_code == 303
    page = person.get(response.headers["Location"]).get_data(as_text=True)
    assert "<h1>example.org/berichte/nachtlicht</h1>" in page
    assert "ergänzt der Wissensspeicher" in page


def test_page_of_an_entry_that_was_filled_by_hand_is_read_later(make, member):
    details = EntryDetails(title="Titel", kind=Kind.DOKUMENT, collection_ids=[make.collection().id], url=URL)
    entry = submitted(member, details)
    assert db.session.scalars(select(FetchedPage)).all() == []
    naming.ask_for_pages({})
    assert db.session.scalar(select(FetchedPage)).state == PageState.WAITING
    before = db.session.scalar(select(FetchedPage)).requested_at
    naming.ask_for_pages({})
    assert db.session.scalar(select(FetchedPage)).requested_at == before
    assert fresh(entry).title == "Titel"


def test_unknown_reader_of_links_is_not_needed_for_a_named_entry(make, member, monkeypatch):
    monkeypatch.setattr(prefill, "_readers", [])
    details = EntryDetails(title="Titel", kind=Kind.DOKUMENT, collection_ids=[make.collection().id], url=URL)
    assert queries.get_entry(member, submitted(member, details).id).title == "Titel"
