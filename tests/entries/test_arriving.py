"""What another page or a phone hands over with the address of the form fills it, and nothing more."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import func, select

from hub.core.db import db
from hub.entries.models import Entry
from hub.entries.views.arriving import values_of


@pytest.fixture
def person(make, sign_in):
    make.collection()
    return sign_in(make.user())


def handed(**given: str) -> dict:
    return values_of(given, ["bahnhofsviertel"])


def test_everything_that_is_handed_over_stands_in_the_form(person):
    given = {"url": "https://www.example.org/a?b=1&c=ü", "title": "Ein & Titel", "text": "Zwei\nZeilen",
             "collection": "bahnhofsviertel"}  # fmt: skip
    page = person.get(f"/entries/new?{urlencode(given)}").get_data(as_text=True)
    assert 'value="https://www.example.org/a?b=1&amp;c=ü"' in page and 'value="Ein &amp; Titel"' in page
    assert "Zwei\nZeilen</textarea>" in page and 'selected value="bahnhofsviertel"' in page
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 0


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({"url": "https://example.org/x"}, "https://example.org/x"),
        ({"url": "example.org/x"}, "https://example.org/x"),
        ({"text": "Lesen: https://example.org/x."}, "https://example.org/x"),
        ({"text": "https://example.org/x", "title": "T"}, "https://example.org/x"),
        ({"url": "javascript:alert(1)"}, None),
        ({"url": "data:text/html,x"}, None),
        ({"url": "https://user:pass@example.org"}, None),
        ({"url": "https://localhost/"}, None),
        ({"url": "kein link"}, None),
        ({"url": "https://example.org/" + "x" * 3000}, None),
        ({"url": "\x00https://example.org\u202e"}, "https://example.org"),
        ({}, None),
    ],
)  # fmt: skip
def test_only_web_addresses_are_taken(given, url):
    assert handed(**given).get("url") == url


def test_address_in_the_text_is_not_its_description_too():
    assert handed(text="https://example.org/x") == {"url": "https://example.org/x", "collections": []}
    assert handed(text="Gut! https://example.org/x")["summary"] == "Gut!"
    assert handed(url="https://example.org/y", text="siehe https://example.org/x")["summary"].startswith("siehe https")


def test_title_that_repeats_the_address_is_left_to_the_page():
    assert "title" not in handed(url="https://example.org", title="https://example.org")


def test_long_texts_are_cut_and_unknown_collections_left_out():
    values = handed(title="t" * 999, text="x" * 9999, collection="nirgends")
    assert (len(values["title"]), len(values["summary"]), values["collections"]) == (300, 2000, [])


@pytest.mark.parametrize(
    "attack", ['"><script>alert(1)</script>', "'-alert(1)-'", "{{7*7}}", "\ud800", "</textarea><b>"]
)
def test_markup_that_is_handed_over_stays_text(person, attack):
    query = urlencode({"title": attack, "text": attack, "url": attack}, errors="replace")
    page = person.get(f"/entries/new?{query}").get_data(as_text=True)
    assert "<script>alert" not in page and "</textarea><b>" not in page


def test_strangers_sign_in_first_and_find_the_form_filled(visitor, make):
    make.collection()
    response = visitor.get("/entries/new?url=https%3A%2F%2Fexample.org%2Fx&title=T")
    wanted = parse_qs(urlsplit(response.headers["Location"]).query)["next"][0]
    assert response.status_code == 303 and "url=https%3A%2F%2Fexample.org%2Fx" in wanted


def test_page_offers_the_bookmarklet_as_text_for_every_hand(person, app):
    page = person.get("/entries/from-anywhere").get_data(as_text=True)
    code = re.search(r'<textarea[^>]*id="lesezeichen"[^>]*>([^<]+)<', page)
    assert code is not None and code[1].startswith("javascript:")
    assert app.config["BASE_URL"] + "/entries/new" in code[1]
    assert "noch keine E-Mail-Adresse eingerichtet" in page


def test_form_leads_to_the_page(person):
    assert 'href="/entries/from-anywhere"' in person.get("/entries/new").get_data(as_text=True)
