"""The page that shows a PDF: for those who may see the file, with hits that are right and headers that are strict."""

import json

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.core.permissions import Role
from hub.core.unit_of_work import unit_of_work
from hub.entries.marking import Sought, as_markup, marked, sought_by, written_forms
from hub.entries.models import Attachment, DocumentPage, DocumentText, Entry, Preview, Status
from hub.entries.views.viewer import page_of
from hub.indexing.terms import Terms
from hub.jobs.worker import do_all_due
from hub.web.headers import CONTENT_SECURITY_POLICY
from tests.entries.builders import PDF, picture
from tests.support import documents
from tests.support.counting import counted_statements

PAGES = ["Deckblatt", "Der Friedhof am Fluss", "Anderes", "Zwei Friedhöfe und eine Friedhofsordnung"]


def test_hits_in_a_pdf_are_listed_with_their_passage_and_lead_to_their_page(upload):
    file = upload("ruhe.pdf", documents.pdf(PAGES))
    do_all_due()
    page = upload.person.get(f"/files/{file.id}/view?q=Friedhof").get_data(as_text=True)
    assert 'data-page="2"' in page, "without a number it opens at the first hit"
    for number in (2, 4):
        assert f'href="/files/{file.id}/view?page={number}&amp;q=Friedhof"' in page
    assert "<mark>Friedhöfe</mark>" in page
    assert "von 4" in page
    assert f'href="/files/{file.id}/inline#page=2"' in page
    assert f'href="/files/{file.id}/text?seite=2&amp;q=Friedhof#seite-2"' in page


def test_without_a_hit_the_page_says_so(upload):
    file = upload("ruhe.pdf", documents.pdf(PAGES))
    do_all_due()
    page = upload.person.get(f"/files/{file.id}/view?q=Zitronenfalter").get_data(as_text=True)
    assert "„Zitronenfalter“ steht nicht im Text dieses Dokuments." in page
    assert "Fundstellen" not in upload.person.get(f"/files/{file.id}/view").get_data(as_text=True)


def test_words_come_as_they_are_written_on_the_page(upload):
    file = upload("ruhe.pdf", documents.pdf(PAGES))
    do_all_due()

    def forms(query: str) -> dict:
        return json.loads(upload.person.get(f"/files/{file.id}/words?{query}").get_data(as_text=True))["forms"]

    assert forms("page=4&q=Friedhof") == {"Friedhöfe": [[0, 9]], "Friedhofsordnung": [[0, 8]]}
    assert forms("page=1&q=Friedhof") == {}
    assert forms("page=99&q=Friedhof") == {}
    assert forms("page=4") == {}
    assert forms("page=abc&q=%2A") == {}


def test_the_viewer_lives_under_the_policy_of_all_pages(upload):
    file = upload("ruhe.pdf", documents.pdf(PAGES))
    response = upload.person.get(f"/files/{file.id}/view?page=2")
    policy = response.headers["Content-Security-Policy"]
    assert policy == CONTENT_SECURITY_POLICY
    assert "worker-src 'self'" in policy and "unsafe" not in policy and "blob:" not in policy
    assert response.headers["Cache-Control"] == "no-store"
    inline = upload.person.get(f"/files/{file.id}/inline")
    assert inline.headers["Content-Disposition"].startswith("inline")
    assert inline.headers["Content-Security-Policy"].startswith("default-src 'none'")
    inline.close()


def test_pictures_are_shown_and_other_files_downloaded_as_before(upload):
    image = upload("platz.png", picture("PNG"))
    word = upload("konzept.docx", documents.docx(["Text"]))
    for file, kind in ((image, "inline"), (word, "attachment")):
        for page in ("view", "inline"):
            response = upload.person.get(f"/files/{file.id}/{page}")
            assert response.headers["Content-Disposition"].startswith(kind), (file.name, page)
            response.close()


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PUBLISHED])
@pytest.mark.parametrize("role", list(Role))
def test_t30_the_viewer_is_as_strict_as_the_file_itself(make, sign_in, role, status):
    entry = make.entry(status=status, contributor=make.user(), organisation="Essen")
    with unit_of_work() as session:
        file = Attachment(
            entry_id=entry.id, name="a.pdf", media_type="application/pdf", extension="pdf", size=1, checksum="0" * 64
        )
        session.add(file)
        session.flush()
        session.add(DocumentText(attachment_id=file.id, state="done", page_count=1))
        session.add(DocumentPage(attachment_id=file.id, number=1, text="Geheimniskrämerei"))
    person = sign_in(make.user(role=role, organisation="Augsburg"))
    sees = person.get(f"/entries/{entry.id}").status_code == 200
    for page in ("view", "view?q=Geheimnis", "words?page=1&q=Geheimnis", "text?q=Geheimnis"):
        response = person.get(f"/files/{file.id}/{page}")
        assert (response.status_code == 200) == sees, page
        assert sees or "krämerei" not in response.get_data(as_text=True), page


def test_what_is_typed_into_the_address_is_shown_as_text(upload):
    file = upload("ruhe.pdf", documents.pdf(PAGES))
    do_all_due()
    for page in ("view", "text"):
        shown = upload.person.get(f"/files/{file.id}/{page}?q=%3Cscript%3Ealert(1)%3C/script%3E+Friedhof")
        assert "<script>alert" not in shown.get_data(as_text=True)
    long = upload.person.get(f"/files/{file.id}/view?q={'x' * 5000}")
    assert long.status_code == 200
    assert f'name="q" type="search" value="{"x" * 200}"' in long.get_data(as_text=True)


@pytest.mark.parametrize(
    ("number", "page"),
    [("12", 12), ("0", 1), ("-3", 3), ("", 3), ("abc", 3), ("²", 3), ("9" * 30, 3), ("99", 14), ("999999", 14)],
)
def test_odd_page_numbers_open_a_page_that_is_there(number, page):
    assert page_of(number, 3, 14) == page


def test_a_pdf_that_was_not_read_yet_opens_too(upload):
    file = upload("ruhe.pdf", documents.pdf(PAGES))
    page = upload.person.get(f"/files/{file.id}/view?page=3").get_data(as_text=True)
    assert 'data-page="3"' in page
    assert 'data-viewer="text"' not in page


def test_pages_with_hits_are_drawn_for_the_next_look_and_nothing_else_changes(upload):
    file = upload("ruhe.pdf", documents.pdf(PAGES))
    do_all_due()
    upload.person.get(f"/files/{file.id}/view?page=3")
    assert do_all_due() == 0
    upload.person.get(f"/files/{file.id}/view?q=Friedhof")
    assert do_all_due() == 2
    drawn = dict(db.session.execute(select(Preview.page, Preview.id)).all())
    assert set(drawn) == {1, 2, 4}
    page = upload.person.get(f"/files/{file.id}/view?q=Friedhof").get_data(as_text=True)
    assert f'src="/previews/{drawn[2]}"' in page and f'src="/previews/{drawn[4]}"' in page
    assert do_all_due() == 0
    entry = upload.person.get(f"/entries/{file.entry_id}").get_data(as_text=True)
    assert f'<a href="/files/{file.id}/view?page=4"><img src="/previews/{drawn[4]}" alt=""' in entry


def test_the_number_of_statements_does_not_grow_with_pages(upload):
    counts = []
    for number in (3, 40):
        file = upload(f"{number}.pdf", documents.pdf(["Der Friedhof"] * number))
        do_all_due()
        upload.person.get(f"/files/{file.id}/view?q=Friedhof")
        do_all_due()
        for page in ("view", "text", "words"):
            with counted_statements() as sent:
                upload.person.get(f"/files/{file.id}/{page}?q=Friedhof&page=2")
            counts.append(len(sent))
            assert len(sent) <= 12, (page, sent)
    assert counts[:3] == counts[3:]


def test_the_text_page_marks_the_words_and_keeps_them_between_its_parts(upload):
    file = upload("lang.pdf", documents.pdf([*PAGES, *["Inhalt"] * 60]))
    do_all_due()
    page = upload.person.get(f"/files/{file.id}/text?q=Friedhof").get_data(as_text=True)
    assert "Zwei <mark>Friedhöfe</mark> und eine <mark>Friedhof</mark>sordnung" in page
    assert f'href="/files/{file.id}/text?seite=51&amp;q=Friedhof"' in page
    assert "<mark>" not in upload.person.get(f"/files/{file.id}/text").get_data(as_text=True)


def test_search_results_lead_into_the_document(upload):
    pdf = upload("ruhe.pdf", documents.pdf([*PAGES, "Friedhof", "Friedhof"]))
    word = upload("ruhe.docx", documents.docx(["Der Friedhof"]))
    do_all_due()
    page = upload.person.get("/search?q=Friedhof").get_data(as_text=True)
    assert f'<a href="/files/{pdf.id}/view?page=2&amp;q=Friedhof">Seite 2</a>' in page
    assert f'<a href="/files/{pdf.id}/view?q=Friedhof">2 weitere Fundstellen</a>' in page
    assert f'<a href="/files/{word.id}/text?seite=1&amp;q=Friedhof#seite-1">Abschnitt 1</a>' in page


def test_a_slip_of_the_keyboard_is_mended_as_in_the_search(upload):
    file = upload("ruhe.pdf", documents.pdf(PAGES))
    do_all_due()
    page = upload.person.get(f"/files/{file.id}/view?q=Freidhof").get_data(as_text=True)
    assert "<mark>Friedhöfe</mark>" in page


def test_nothing_is_sought_by_an_empty_text(app):
    assert sought_by("") == sought_by(" \n") == Sought()
    assert not sought_by("und").words or not sought_by("und").terms


def test_marks_are_escaped():
    sought = Sought("b", Terms(stems=frozenset({"b"})), ("b",))
    assert marked("<a> b", sought) == "&lt;a&gt; <mark>b</mark>"
    assert as_markup([("<", True)]) == "<mark>&lt;</mark>"
    assert written_forms("b c b <b>", sought) == {"b": [(0, 1)]}


def test_a_file_without_pages_opens_with_a_way_on(upload):
    file = upload("leer.pdf", PDF)
    do_all_due()
    page = upload.person.get(f"/files/{file.id}/view?q=Wort").get_data(as_text=True)
    assert "Hier lässt sich das Dokument nicht zeigen" in page
    assert db.session.get_one(Entry, file.entry_id).is_published
