"""What a phone shares with the installed app: kept for the form of the person, and saved by nobody else's page."""

import io
import re

import pytest
from sqlalchemy import func, select

from hub.core.db import db
from hub.entries.models import Attachment, Entry
from tests.support import documents

PHONE = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Origin": "null"}


@pytest.fixture
def person(make, sign_in):
    make.collection()
    return sign_in(make.user())


def share(person, *files, headers=PHONE, token=False, **words):
    """As the phone's menu does: no token, and the browser says that no page was involved."""
    data = {**words, "files": [(io.BytesIO(content), name) for name, content in files]}
    response = person.post("/entries/shared", data, token=token, headers=headers, content_type="multipart/form-data")
    response.request.environ["wsgi.input"].close()
    return response


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_shared_files_and_words_open_the_form_with_them_and_save_nothing(person):
    words = {"title": "Bericht", "text": "Lesenswert https://example.org/a"}
    answer = share(person, ("a.pdf", documents.pdf(["Eins"])), ("b.pdf", documents.pdf(["Zwei"])), **words)
    assert answer.status_code == 303
    page = person.get(answer.location).text
    assert re.findall(r"[ab]\.pdf", page) and len(re.findall(r'name="held" value="\d+"', page)) == 2
    assert 'value="Bericht"' in page and 'value="https://example.org/a"' in page
    assert (count(Attachment), count(Entry)) == (2, 0)
    numbers = re.findall(r"held=(\d+)", answer.location)
    sent = person.post("/entries/new", {"held": numbers, "collections": "bahnhofsviertel", "kind": "dokument"})
    assert sent.status_code == 303 and count(Entry) == 1


def test_a_link_alone_opens_the_form_as_before(person):
    answer = share(person, url="https://example.org/a", title="Titel")
    assert answer.location == "/entries/new?title=Titel&url=https://example.org/a"


def test_a_shared_file_that_is_refused_is_said_in_words_on_the_form(person):
    answer = share(person, ("schlecht.exe", b"MZ"), title="Bleibt")
    page = person.get(answer.location).text
    assert "Das Format von schlecht.exe" in page and 'value="Bleibt"' in page
    assert count(Attachment) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        PHONE | {"Sec-Fetch-Site": "cross-site", "Origin": "https://boese.example"},
        PHONE | {"Sec-Fetch-Site": "same-site", "Origin": "https://nachbar.example.org"},
        PHONE | {"Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Mode": "navigate"},
    ],
)
def test_no_page_of_others_hands_anything_over(person, headers):
    answer = share(person, ("a.pdf", documents.pdf(["Eins"])), headers=headers)
    assert "/entries/new" not in (answer.location or "")
    assert count(Attachment) == 0


def test_other_routes_take_nothing_without_a_token_whatever_the_browser_says(person):
    fields = {"title": "Untergeschoben", "text": "x", "collections": "bahnhofsviertel", "kind": "dokument"}
    person.post("/entries/new", fields, token=False, headers=PHONE)
    assert count(Entry) == 0


def test_the_files_of_others_are_not_shown_by_their_numbers(make, sign_in, person):
    number = re.search(r"held=(\d+)", share(person, ("a.pdf", documents.pdf(["Eins"]))).location)[1]
    assert "a.pdf" not in sign_in(make.user()).get(f"/entries/new?held={number}").text


def test_more_files_than_a_form_takes_are_left_out_in_words(person, monkeypatch):
    monkeypatch.setattr("hub.entries.views.sharing.MOST_FILES", 1)
    answer = share(person, ("a.pdf", documents.pdf(["Eins"])), ("b.pdf", documents.pdf(["Zwei"])))
    assert answer.location.count("held=") == 1
    assert "höchstens" in person.get(answer.location).text


def test_words_shared_after_the_session_has_ended_are_there_after_signing_in(person, make, sign_in):
    answer = person.get("/entries/shared?title=Bericht&url=https://example.org/a")
    assert answer.location == "/entries/new?title=Bericht&url=https://example.org/a"
