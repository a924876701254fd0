"""A pasted link fills what is empty, saves nothing and never blocks."""

import re

import pytest
from sqlalchemy import func, select

from hub.core.address import normalise
from hub.core.clock import now
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.entries import prefill
from hub.entries.models import Entry, EntryCollection
from hub.fetching.models import FetchedPage, FetchedText, PageState
from hub.indexing import generation
from tests.support.counting import counted_statements

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
        self.notes = ()
        self.has_picture = self.is_pictured = False

    def propose(self, actor, url):
        self.asked.append(url)
        return self

    look = propose

    def peek(self, url):
        return self

    def wait(self, url, seconds):
        pass

    def known(self, url):
        return {} if self.is_waiting else self.values

    def ask_for_picture(self, url):
        pass


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


def told_by_script(person, **fields):
    response = person.post("/entries/link", {"url": "https://example.org/a", **fields})
    return response.status_code, response.get_json()


def test_script_gets_values_and_a_note(person, monkeypatch):
    tell(monkeypatch, TOLD)
    status, answer = told_by_script(person, publisher="Mein Verlag")
    assert status == 200
    assert answer["values"] == {name: value for name, value in TOLD.items() if name != "publisher"}
    assert "Angaben gefunden" in answer["note"] and answer["proposed"] == []


def test_script_asks_again_while_the_page_is_being_read(person, monkeypatch):
    outside = Outside({}, "Das Lesen der Seite dauert noch.")
    outside.is_waiting = True
    monkeypatch.setattr(prefill, "_readers", [outside])
    assert told_by_script(person) == (202, {"waits": True})


def test_script_is_told_why_a_link_says_nothing(person, monkeypatch):
    tell(monkeypatch, {}, "Diese Seite gibt es dort nicht.")
    status, answer = told_by_script(person)
    assert (status, answer["values"]) == (200, {})
    assert "Diese Seite gibt es dort nicht." in answer["note"] and "Angaben gefunden" not in answer["note"]


@pytest.mark.parametrize("url", ["", "kein Link", "javascript:alert(1)", "ftp://example.org"])
def test_script_is_told_what_is_no_link(person, url):
    status, answer = told_by_script(person, url=url)
    assert (status, answer["values"]) == (200, {})
    assert "keine Internet-Adresse" in answer["note"]


def neighbours(make):
    for number in range(4):
        make.entry(
            title=f"Nachtbeauftragte vermitteln {number}",
            summary="Lärm und Feiern in der Altstadt.",
            collections=("nachtleben",),
            section="Zum Einstieg",
            tags=("Nachtleben", "Vermittlung"),
        )
    make.entry(title="Hitzeschutz auf Plätzen", collections=("klimawandel",), tags=("Hitze",))


def test_similar_entries_propose_collection_section_and_keywords(make, person, monkeypatch):
    neighbours(make)
    tell(monkeypatch, TOLD | {"title": "Was Nachtbeauftragte bewirken"})
    _status, answer = told_by_script(person)
    assert answer["values"]["collections"] == "nachtleben"
    assert answer["values"]["section"] == "Zum Einstieg"
    assert set(answer["values"]["tags"].split(", ")) == {"Nachtleben", "Vermittlung"}
    assert answer["proposed"] == ["collections", "section", "tags"]
    text = person.post("/entries/new", {"url": "https://example.org/a", "fetch": "1"}).get_data(as_text=True)
    assert '<option selected value="nachtleben">' in text
    assert text.count("Vorschlag nach ähnlichen Einträgen. Bitte prüfen.</p>") == 3


def test_chosen_collection_stays_and_leads_to_its_section(make, person, monkeypatch):
    neighbours(make)
    tell(monkeypatch, TOLD | {"title": "Was Nachtbeauftragte bewirken"})
    _status, answer = told_by_script(person, collections="klimawandel", tags="Eigenes")
    assert "collections" not in answer["values"] and "tags" not in answer["values"]
    assert "section" not in answer["values"]


def test_empty_hub_proposes_nothing(person, monkeypatch):
    tell(monkeypatch, TOLD)
    assert told_by_script(person)[1]["proposed"] == []


def test_proposals_hold_nothing_that_is_not_published(make, person, monkeypatch):
    make.entry(title="Bilanz der Nachtbeauftragten", status="submitted", tags=("Geheim",), collections=("geheim",))
    tell(monkeypatch, TOLD)
    _status, answer = told_by_script(person)
    assert "geheim" not in str(answer).casefold() and "Vielleicht" not in answer["note"]


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"url": "http://www.example.org/a/?utm_source=x"}, "gleiche Adresse"),
        ({"kind": "fachartikel", "details": {"doi": "10.5555/ABC"}}, "gleiche DOI"),
        ({"title": "Bilanz der Nacht-Beauftragten"}, "fast gleicher Titel"),
    ],
)
def test_possible_doubles_are_named_before_saving(make, person, monkeypatch, known, reason):
    entry = make.entry(**{"title": "Anders genannt", **known})
    tell(monkeypatch, TOLD | {"detail_doi": "10.5555/abc"})
    _status, answer = told_by_script(person)
    assert reason in answer["note"] and f"/entries/{entry.id}" in answer["note"]
    assert "Für die gewählte Sammlung vorschlagen" in answer["note"]


def test_office_takes_the_existing_entry_into_the_collection(make, sign_in, monkeypatch):
    entry = make.entry(title="Bilanz", url="https://example.org/a")
    make.collection("klimawandel")
    office = sign_in(make.user(role="editor"))
    tell(monkeypatch, TOLD)
    assert f'name="also" value="{entry.id}"' in told_by_script(office)[1]["note"]
    fields = {"url": "https://example.org/a", "title": "Getippt", "also": str(entry.id)}
    refused = office.post("/entries/new", fields)
    assert refused.status_code == 422
    assert "Bitte wählen Sie zuerst die Sammlung" in refused.text and value_of(refused.text, "title") == "Getippt"
    assert office.post("/entries/new", {**fields, "collections": "klimawandel"}).status_code == 303
    assert "Bilanz" in office.get("/collections/klimawandel").text
    again = office.post("/entries/new", {**fields, "collections": "klimawandel"})
    assert "steht schon in dieser Sammlung" in again.text
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 1


def test_members_place_their_own_waiting_entries_and_propose_others(make, sign_in):
    make.collection("klimawandel")
    user = make.user()
    theirs, published = make.entry(title="Fremd"), make.entry(title="Eigen", contributor=user)
    mine = make.entry(title="Wartet", contributor=user, status="submitted")
    hidden = make.entry(title="Unsichtbar", status="submitted")
    person = sign_in(user)
    statuses = [
        person.post("/entries/new", {"collections": "klimawandel", "also": str(entry.id)}).status_code
        for entry in (theirs, published, mine, hidden)
    ]
    assert statuses == [303, 303, 303, 404]
    again = person.post("/entries/new", {"collections": "klimawandel", "also": str(theirs.id)}, follow_redirects=True)
    assert "Die Geschäftsstelle liest Ihren Vorschlag" in again.text
    db.session.expire_all()
    places = select(func.count()).select_from(EntryCollection).where(EntryCollection.entry_id.in_([theirs.id, mine.id]))
    assert db.session.scalar(places) == 3
    office = sign_in(make.user(role="editor")).get("/moderation/reports").text
    assert office.count("Bitte auch in die Sammlung „Sammlung klimawandel“ aufnehmen.") == 2


def test_proposals_need_few_statements_whatever_the_number_of_entries(make, sign_in, monkeypatch):
    tell(monkeypatch, TOLD | {"title": "Was Nachtbeauftragte bewirken", "detail_doi": "10.5555/abc"})
    office = sign_in(make.user(role="editor"))

    def count(path, **fields):
        office.post(path, {"url": "https://example.org/a", **fields})
        generation.forget()
        with counted_statements() as statements:
            office.post(path, {"url": "https://example.org/a", **fields})
        return len(statements)

    neighbours(make)
    few = count("/entries/link"), count("/entries/new", fetch="1")
    for _ in range(3):
        neighbours(make)
    many = count("/entries/link"), count("/entries/new", fetch="1")
    assert few == many
    assert max(few) <= 12


def test_the_form_filled_without_script_needs_twelve_statements_at_most(make, sign_in):
    facts = {"title": "Was Nachtbeauftragte bewirken", "doi": "10.5555/abc", "image": "https://example.org/a.png"}
    fields = {"url": "https://example.org/a", "fetch": "1", "saved": "k" * 32, "saved_tab": "t" * 32, "saved_step": "1"}
    with unit_of_work() as session:
        read = {"state": PageState.READ, "facts": facts, "fetched_at": now(), "requested_at": now()}
        session.add(FetchedPage(url=fields["url"], normalised=normalise(fields["url"]), **read))
    neighbours(make)
    office = sign_in(make.user(role="editor"))
    assert office.post("/entries/saved", fields).status_code == 200
    office.post("/entries/new", fields)
    generation.forget()
    with counted_statements() as statements:
        page = office.post("/entries/new", fields).get_data(as_text=True)
    assert "Angaben gefunden" in page and "Was Nachtbeauftragte bewirken" in page
    assert len(statements) <= 12, "\n".join(statements)
