"""A pasted link fills what is empty, saves nothing and never blocks."""

import re

import pytest
from sqlalchemy import func, select

from hub.core.db import db
from hub.entries import prefill
from hub.entries.models import Entry

TOLD = {
    "title": "Bilanz der Nachtbeauftragten",
    "summary": "Ein Jahr danach.",
    "publisher": "Stadtanzeiger",
    "year": "2025",
    "language": "en",
    "kind": "medienartikel",
}


@pytest.fixture
def person(make, sign_in):
    make.collection()
    return sign_in(make.user())


class Outside:
    """Stands for the reader of links: tells ``values`` of any page, remembers which were asked for."""

    def __init__(self, values, sentence=""):
        self.values, self.sentence = values, sentence
        self.asked = []
        self.is_waiting = False

    def propose(self, actor, url):
        self.asked.append(url)
        return self

    look = propose

    def known(self, url):
        return {} if self.is_waiting else self.values


def tell(monkeypatch, values, sentence=""):
    outside = Outside(values, sentence)
    monkeypatch.setattr(prefill, "_readers", [outside])
    return outside.asked


def value_of(text: str, name: str) -> str:
    tag = next(tag for tag in re.findall(r"<input[^>]*>", text) if f'name="{name}"' in tag)
    found = re.search(r' value="([^"]*)"', tag)
    return found[1] if found else ""


def test_link_fills_the_empty_fields(person, monkeypatch):
    asked = tell(monkeypatch, TOLD)
    text = person.post("/entries/new", {"url": "https://example.org/a", "fetch": "1"}).get_data(as_text=True)
    assert asked == ["https://example.org/a"]
    assert value_of(text, "title") == TOLD["title"] and value_of(text, "publisher") == TOLD["publisher"]
    assert re.search(r'value="medienartikel"[^>]*checked|checked[^>]*value="medienartikel"', text)
    assert '<option selected value="en">' in text
    assert "Angaben gefunden" in text
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 0


def test_typed_words_stay(person, monkeypatch):
    tell(monkeypatch, TOLD)
    fields = {"url": "https://example.org/a", "title": "Mein Titel", "kind": "methode", "fetch": "1"}
    text = person.post("/entries/new", fields).get_data(as_text=True)
    assert value_of(text, "title") == "Mein Titel"
    assert re.search(r'value="methode"[^>]*checked|checked[^>]*value="methode"', text)


def test_silent_page_is_said_in_words_and_blocks_nothing(person, monkeypatch):
    tell(monkeypatch, {}, "Die Seite sagt nichts über sich.")
    fields = {"url": "https://example.org/a", "title": "Mein Titel", "fetch": "1"}
    text = person.post("/entries/new", fields).get_data(as_text=True)
    assert "Die Seite sagt nichts über sich." in text and value_of(text, "title") == "Mein Titel"


def test_hostile_values_are_escaped(person, monkeypatch):
    tell(monkeypatch, {"title": '"><script>alert(1)</script>', "language": "xx", "kind": "nichts"})
    text = person.post("/entries/new", {"url": "https://example.org/a", "fetch": "1"}).get_data(as_text=True)
    assert "<script>alert" not in text


def test_enter_in_a_field_submits_instead_of_asking_the_link(person):
    text = person.get("/entries/new").get_data(as_text=True)
    form = text[text.index('id="eintrag"') :]
    first = re.search(r"<button[^>]*>", form)
    assert first is not None and "fetch" not in first[0]


def test_article_behind_a_link_is_found_and_never_shown(make, sign_in):
    from hub.core.address import normalise
    from hub.core.unit_of_work import unit_of_work
    from hub.fetching.models import FetchedPage, FetchedText, PageState

    url = "https://example.org/artikel"
    with unit_of_work() as session:
        page = FetchedPage(url=url, normalised=normalise(url), state=PageState.READ)
        session.add(page)
        session.flush()
        session.add(FetchedText(page_id=page.id, text="Nachts patrouilliert die Quarzlaterne."))
    entry = make.entry(title="Bericht", url=f"{url}?utm_source=brief")
    person = sign_in(make.user())
    text = person.get("/search?q=Quarzlaterne").get_data(as_text=True)
    assert f"/entries/{entry.id}" in text and "patrouilliert" not in text
