"""What goes wrong with a pasted link gets a sentence of its own and a way on; what was typed stays, nothing blocks."""

import re

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.entries.models import Entry
from hub.fetching import queries
from hub.jobs.worker import do_all_due
from tests.fetching.conftest import head
from tests.fetching.pages import EN, EXAMPLES, body, html
from tests.support.documents import pdf

LOGIN = html("<title>Anmelden</title>", "<body><form><input name=u><input type=password name=p></form></body>")
SWEDISH = html(
    "<title>Trygghet</title>",
    body("Staden har satt upp nya lampor och en trygghetsvandring visade att fler vågar gå ut om kvällen än förut."),
    "sv",
)
LONG = next(example.content for example in EXAMPLES if example.name == "ten megabytes")


@pytest.fixture
def person(app, make, sign_in, outside, monkeypatch):
    """A member whose links are read by a worker at once, from one server on loopback."""
    monkeypatch.setitem(app.config, "FETCH_ALLOWED", {("127.0.0.1", outside.port)})

    def wait(url, _seconds=8.0):
        do_all_due()
        return queries.find_page(url)

    monkeypatch.setattr(queries, "wait_for_page", wait)
    make.collection()
    return sign_in(make.user())


def pasted(person, url):
    """The page after "Angaben holen", with a few things typed before."""
    typed = {"url": url, "note": "Meine Begründung", "tags": "Mein Schlagwort", "collections": "bahnhofsviertel"}
    response = person.post("/entries/new", {**typed, "fetch": "1"}, follow_redirects=True)
    assert response.status_code == 200
    assert "Meine Begründung" in response.text and 'value="Mein Schlagwort"' in response.text
    assert f'value="{url}"' in response.text
    assert '<option selected value="bahnhofsviertel">' in response.text
    return response.text


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (head(404, "text/html", "0"), "Diese Seite gibt es dort nicht (mehr)."),
        (head(403, "text/html", "0"), "Die Website zeigt diese Seite nicht jedem."),
        (head(500, "text/html", "0"), "Auf der Website ist gerade ein Fehler aufgetreten."),
        (head(200, "text/html", str(len(LOGIN))) + LOGIN.encode(), "Die Seite verlangt eine Anmeldung."),
        (head(200, "text/html", "13") + b"<html></html>", "Die Seite sagt nichts über sich."),
    ],
)
def test_page_that_cannot_be_read_says_why_and_the_link_can_be_handed_in(person, outside, answer, sentence):
    outside.pages["/x"] = answer
    text = pasted(person, f"{outside.url}/x")
    assert sentence in text and "der Link bleibt erhalten" in text and "Angaben gefunden" not in text
    sent = person.post("/entries/new", {"url": f"{outside.url}/x", "collections": "bahnhofsviertel"})
    assert sent.status_code == 303
    assert db.session.scalar(select(Entry.title)) == f"127.0.0.1:{outside.port}/x"


@pytest.mark.parametrize("text", ["morgen um acht", "javascript:alert(1)", "ftp://example.org/a", "https://"])
def test_what_is_no_link_is_said(person, text):
    assert "Das ist keine Internet-Adresse." in pasted(person, text)


def test_endless_page_is_read_as_far_as_it_goes(person, outside):
    text = pasted(person, outside.page("/lang", LONG))
    assert 'value="Alle Beschlüsse"' in text and "gelesen wurde nur ihr Anfang" in text


def test_page_in_another_language_says_so(person, outside):
    page = html("<title>Night mayors in Europe</title>", body(EN, "Night mayors in Europe"), "en")
    text = pasted(person, outside.page("/en", page))
    assert "nicht auf Deutsch" in text and '<option selected value="en">' in text


def test_language_that_is_not_offered_says_so_and_keeps_the_preset(person, outside):
    text = pasted(person, outside.page("/sv", SWEDISH))
    assert 'value="Trygghet"' in text and '<option selected value="de">' in text


def test_pdf_behind_a_wrong_type_is_read(person, outside):
    text = pasted(person, outside.page("/bericht", pdf(["Sichere Wege"], title="Bericht Sichere Wege"), "text/html"))
    assert 'value="Bericht Sichere Wege"' in text and "sondern eine Datei" in text


def test_sentences_differ(person, outside):
    outside.pages["/a"], outside.pages["/b"] = head(404, "text/html", "0"), head(403, "text/html", "0")
    notes = {
        re.search(r'class="note note--warn".*?</div></div>', pasted(person, address), re.S)[0]
        for address in (f"{outside.url}/a", f"{outside.url}/b", "kein Link")
    }
    assert len(notes) == 3
