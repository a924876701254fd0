"""From a pasted link to what the form can offer: asked once, read by a worker, each failure with a sentence."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.errors import Refused
from hub.fetching import queries, safe_fetch, service
from hub.fetching.models import FetchedPage, FetchedText, PageState
from hub.fetching.reasons import LATER, reason_text
from hub.jobs.models import Job, State
from hub.jobs.worker import do_all_due
from tests.fetching.conftest import head
from tests.fetching.pages import DE, EXAMPLES, body, html
from tests.support.documents import docx, pdf


@pytest.fixture
def open_door(app, outside, monkeypatch):
    """The worker of this test may reach the test's own server."""
    monkeypatch.setitem(app.config, "FETCH_ALLOWED", {("127.0.0.1", outside.port)})
    return outside


def states() -> list[str]:
    return list(db.session.scalars(select(Job.state)))


def test_pasted_link_is_read_by_a_worker(open_door, member):
    url = open_door.page("/artikel", EXAMPLES[0].content)
    page = service.request_page(member, url)
    assert (page.state, open_door.asked) == (PageState.WAITING, [])
    assert do_all_due() == 2  # the page, and the picture it names for the form
    found = queries.find_page(f"{url}?utm_source=brief#oben")
    assert found is not None and found.state == PageState.READ
    assert found.facts is not None
    assert found.facts["title"] == "Heller Tunnel, weniger Angst"
    assert found.facts["published_on"] == "2024-03-12"
    assert found.facts["language"] == "de"
    assert found.facts["kind"] == "medienartikel"
    text = queries.texts_behind([found.url])[found.url]
    assert "Unterführung" in text


def test_every_kind_of_page_is_read_through_the_wire(open_door, member):
    right = 0
    for number, example in enumerate(EXAMPLES):
        content = example.content.encode() if isinstance(example.content, str) else example.content
        url = open_door.page(f"/{number}{example.path}", content, example.kind)
        reason, facts, _text = service.look_at(url)
        assert reason == ""
        assert facts is not None
        date = facts["published_on"] or str(facts["year"] or "")
        told = (facts["title"], date, facts["language"])
        by_host = facts["publisher"] in (example.publisher, "127.0.0.1")
        right += told == (example.title, example.date, example.language) and by_host
    assert right >= 18


@pytest.mark.parametrize(
    ("status", "reason"),
    [(404, "status_404"), (410, "status_404"), (403, "status_403"), (401, "status_403"), (429, "status_4xx"),
     (500, "status_5xx"), (503, "status_5xx")],
)  # fmt: skip
def test_refusing_page_says_why(status, reason, open_door, member):
    open_door.pages["/x"] = head(status, "text/html", "4") + b"nein"
    page = service.request_page(member, f"{open_door.url}/x")
    do_all_due()
    found = queries.find_page(page.url)
    assert found is not None
    assert (found.state, found.reason) == (PageState.FAILED, reason)
    assert states() == [State.DONE]


@pytest.mark.parametrize("path", ["/login", "/irgendwo"])
def test_login_page_is_told_apart(path, open_door):
    form = "<form method=post><label>Name <input name=u></label><input type=password name=p><button>Los</button></form>"
    url = open_door.page(path, html("<title>Anmelden</title>", f"<body><h1>Anmelden</h1>{form}</body>"))
    assert service.look_at(url)[0] == "login"


def test_article_with_a_login_box_is_still_read(open_door):
    box = "<form><input type=password name=p></form>"
    url = open_door.page("/artikel", html("<title>Licht am Bahnhof</title>", body(DE, "Licht am Bahnhof", box)))
    reason, facts, _text = service.look_at(url)
    assert (reason, facts and facts["title"]) == ("", "Licht am Bahnhof")


@pytest.mark.parametrize("kind", ["application/pdf", "text/html", "application/octet-stream"])
def test_pdf_is_read_like_an_upload_whatever_its_type_says(kind, open_door):
    document = pdf(["Sichere Wege durch die Altstadt"], title="Bericht Sichere Wege", author="Amt für Ordnung",
                   date="D:20230504")  # fmt: skip
    reason, facts, text = service.look_at(open_door.page("/d/scan-77.pdf", document, kind))
    assert (reason, text.strip()) == ("", "Sichere Wege durch die Altstadt")
    assert facts is not None
    told = (facts["title"], facts["authors"], facts["published_on"], facts["year"], facts["kind"])
    assert told == ("Bericht Sichere Wege", ["Amt für Ordnung"], "2023-05-04", 2023, "dokument")


def test_document_of_an_office_program_is_read_too(open_door):
    url = open_door.page("/plan.docx", docx(["Licht an allen Treppen."], title="Lichtplan"), "application/octet-stream")
    _reason, facts, text = service.look_at(url)
    assert facts is not None
    assert (facts["title"], text) == ("Lichtplan", "Licht an allen Treppen.")


def test_broken_pdf_is_named_by_its_address(open_door):
    url = open_door.page("/dokumente/Bericht_Sichere-Wege.pdf", b"%PDF-1.7\n%%EOF", "text/html")
    reason, facts, text = service.look_at(url)
    assert (reason, text) == ("", "")
    assert facts is not None
    assert (facts["title"], facts["kind"], facts["is_pdf"]) == ("Bericht Sichere-Wege", "dokument", True)


def test_file_that_is_too_large_is_named_all_the_same(open_door, monkeypatch):
    monkeypatch.setattr(safe_fetch, "FILE_BYTES", 1000)
    url = open_door.page("/gross.pdf", b"%PDF-1.7\n" + b"x" * 200_000, "application/pdf")
    reason, facts, _text = service.look_at(url)
    assert (reason, facts and facts["title"]) == ("", "gross")


def test_documents_wait_for_each_other_only_a_while(open_door, monkeypatch):
    monkeypatch.setattr(service, "DOCUMENT_PATIENCE", 0.01)
    url = open_door.page("/plan.pdf", pdf(["Licht"], title="Lichtplan"), "application/pdf")
    for _ in range(service.MOST_DOCUMENTS):
        service._documents.acquire()
    try:
        assert service.look_at(url)[1]["title"] == "plan"
    finally:
        for _ in range(service.MOST_DOCUMENTS):
            service._documents.release()


def test_name_of_a_file_may_come_from_the_server(open_door):
    url = open_door.page(
        "/download?id=7", b"PK\x03\x04", "application/zip", Content_Disposition='attachment; filename="Plan 2024.zip"'
    )
    assert service.look_at(url)[1]["title"] == "Plan 2024"


def test_page_that_says_nothing_is_told_apart(open_door):
    assert service.look_at(open_door.page("/leer", "<html><body></body></html>"))[0] == "silent"


def test_page_is_read_once_for_all_who_ask(open_door, member, editor):
    url = open_door.page("/a", EXAMPLES[0].content)
    first = service.request_page(member, url)
    do_all_due()
    second = service.request_page(editor, url.replace("/a", "/a/#x"))
    assert second.id == first.id
    assert do_all_due() == 0
    assert open_door.asked.count("/a") == 1


def test_passing_failure_may_be_asked_again_after_a_moment(open_door, member, monkeypatch):
    open_door.pages["/x"] = head(503, "text/html", "0")
    service.request_page(member, f"{open_door.url}/x")
    do_all_due()
    service.request_page(member, f"{open_door.url}/x")
    assert do_all_due() == 0
    present = clock.now()
    monkeypatch.setattr(clock, "now", lambda: present + timedelta(minutes=3))
    open_door.page("/x", EXAMPLES[0].content)
    service.request_page(member, f"{open_door.url}/x")
    assert do_all_due() == 2
    found = queries.find_page(f"{open_door.url}/x")
    assert found is not None and found.state == PageState.READ


def test_page_read_anew_keeps_one_text(open_door, member, monkeypatch):
    url = open_door.page("/a", EXAMPLES[0].content)
    page = service.request_page(member, url)
    do_all_due()
    service.fetch_page({"page_id": page.id})
    assert db.session.scalar(select(func.count()).select_from(FetchedText)) == 1
    service.fetch_page({"page_id": 999_999})


@pytest.mark.parametrize(
    "text", ["", "kein Link", "javascript:alert(1)", "ftp://example.org/", "http://user@example.org/"]
)
def test_what_is_no_link_gets_a_sentence(text, app, member):
    with pytest.raises(Refused, match="keine Internet-Adresse"):
        service.request_page(member, text)
    assert states() == []


def test_t16_ten_links_a_minute(app, member, editor, monkeypatch):
    for number in range(10):
        service.request_page(member, f"https://example.org/{number}")
    with pytest.raises(Refused, match="zehn Links"):
        service.request_page(member, "https://example.org/elf")
    service.request_page(member, "https://example.org/9")
    service.request_page(editor, "https://example.org/elf")
    present = clock.now()
    monkeypatch.setattr(clock, "now", lambda: present + timedelta(seconds=61))
    service.request_page(member, "https://example.org/zwoelf")


def test_inner_page_is_never_asked_for(app, member, inside):
    page = service.request_page(member, f"http://127.0.0.1:{inside.port}/geheim")
    do_all_due()
    found = queries.find_page(page.url)
    assert found is not None
    assert found.reason in {"port", "inner"}


def test_form_waits_for_the_page_and_goes_on_without(app, member, monkeypatch):
    assert queries.wait_for_page("https://example.org/unbekannt", 5) is None
    service.request_page(member, "https://example.org/a")
    looked = []
    monkeypatch.setattr(queries.time, "sleep", looked.append)
    assert queries.wait_for_page("https://example.org/a", 0.05) is None
    db.session.get(FetchedPage, queries.find_page("https://example.org/a").id).state = PageState.READ
    db.session.commit()
    assert queries.wait_for_page("https://example.org/a", 5).state == PageState.READ


def test_nothing_is_known_of_what_is_no_address(app):
    assert queries.find_page("kein Link") is None


def test_every_reason_has_a_sentence_of_its_own(app):
    codes = {
        *"not_link port inner own unknown_host no_answer timeout tls redirects downgrade too_big broken login".split(),
        *"status_404 status_403 status_4xx status_5xx silent".split(),
    }
    with app.test_request_context():
        assert len({reason_text(code) for code in codes}) == len(codes)
    assert codes > LATER


def test_two_people_may_ask_at_the_same_moment(app, member, editor):
    first = service.request_page(member, "https://example.org/a")
    assert service.request_page(editor, "http://www.example.org/a/").id == first.id


def test_link_that_two_people_paste_in_the_same_moment_is_one_page(app, member, editor, monkeypatch):
    first = service.request_page(member, "https://example.org/a")
    find, answers = queries.find_page, [None]
    monkeypatch.setattr(queries, "find_page", lambda url: answers.pop() if answers else find(url))
    assert service.request_page(editor, "https://example.org/a").id == first.id
    assert len(states()) == 1


def test_system_itself_has_no_limit(app):
    for number in range(12):
        service.request_page(SYSTEM, f"https://example.org/{number}")
    assert len(states()) == 12
