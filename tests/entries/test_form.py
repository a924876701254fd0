"""The form: what is asked, what is read, what is said when something is wrong, and that nothing typed is lost."""

from datetime import date

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.entries import queries
from hub.entries.forms import is_web_address, web_address
from hub.entries.models import Entry, Kind, Status

EVERYTHING = {
    "url": "https://www.example.org/seite",
    "title": "Nachtbeauftragte",
    "summary": "Worum es geht.",
    "text": "Ein *Text*.",
    "note": "Warum es sich lohnt.",
    "kind": "projekt",
    "collections": ["bahnhofsviertel", "klimawandel"],
    "section": "Konzepte",
    "tags": "Nacht, Licht; Bahnhof",
    "year": "2024",
    "language": "en",
    "publisher": "Stadt Essen",
    "coverage": "kommunal",
    "detail_acronym": "NB",
    "detail_partners": "Erste\nZweite",
    "detail_doi": "10.1000/gehört-zu-einer-anderen-art",
}


@pytest.fixture
def places(make):
    """Two collections with sections."""
    make.collection("bahnhofsviertel", ("Zum Einstieg", "Konzepte"))
    make.collection("klimawandel", ("Hitze",))


@pytest.fixture
def person(make, sign_in, places):
    """A signed-in member of Essen."""
    return sign_in(make.user(organisation="Essen"))


@pytest.fixture
def office(make, sign_in, places):
    """A signed-in editor."""
    return sign_in(make.user(role="editor", organisation="Geschäftsstelle"))


def the_entry(editor) -> Entry:
    """The only entry there is, whole."""
    return queries.get_entry(editor, db.session.scalars(select(Entry.id)).one())


def test_everything_that_is_typed_is_kept(person, editor):
    response = person.post("/entries/new", EVERYTHING)
    assert response.status_code == 303
    entry = the_entry(editor)
    assert response.headers["Location"] == f"/entries/{entry.id}"
    assert (entry.url, entry.title, entry.summary) == (EVERYTHING["url"], "Nachtbeauftragte", "Worum es geht.")
    assert (entry.text, entry.note, entry.kind) == ("Ein *Text*.", "Warum es sich lohnt.", Kind.PROJEKT)
    assert [place.collection.slug for place in entry.places] == ["bahnhofsviertel", "klimawandel"]
    assert entry.places[0].section.title == "Konzepte"
    assert entry.tags == ["Bahnhof", "Licht", "Nacht"]
    assert (entry.year, entry.language, entry.publisher, entry.coverage) == (2024, "en", "Stadt Essen", "kommunal")
    assert entry.details == {"acronym": "NB", "partners": ["Erste", "Zweite"]}
    assert (entry.organisation.name, entry.status) == ("Essen", Status.SUBMITTED)


def test_page_after_submitting_thanks_and_offers_the_next(person):
    response = person.post("/entries/new", EVERYTHING, follow_redirects=True)
    assert "Vielen Dank. Ihr Eintrag ist eingereicht." in response.text
    assert "Weiteren Eintrag hinzufügen" in response.text
    assert "Wartet auf Freigabe" in response.text


def test_title_collection_and_a_link_are_enough(person, editor):
    person.post("/entries/new", {"title": "Kurz", "collections": "bahnhofsviertel", "url": "example.org"})
    entry = the_entry(editor)
    assert (entry.url, entry.kind, entry.language) == ("https://example.org", Kind.DOKUMENT, "de")


def test_collection_may_be_given_by_number(make, person, editor):
    number = make.collection("klimawandel").id
    person.post("/entries/new", {"title": "Kurz", "collections": str(number), "text": "Text"})
    assert the_entry(editor).places[0].collection.slug == "klimawandel"


@pytest.mark.parametrize("given", ["id", "Augsburg", "stadt augsburg"])
def test_office_names_the_organisation_by_number_or_name(make, office, editor, given):
    number = make.organisation("Augsburg").id
    data = {
        "title": "Kurz",
        "collections": "klimawandel",
        "text": "T",
        "organisation": number if given == "id" else given,
    }
    assert office.post("/entries/new", data).status_code == 303
    assert the_entry(editor).organisation_id == number


def test_organisation_that_is_not_there_is_refused_in_words(office):
    data = {"title": "Kurz", "collections": "klimawandel", "text": "T", "organisation": "Atlantis"}
    response = office.post("/entries/new", data)
    assert response.status_code == 422
    assert "Bitte wählen Sie einen Wert aus der Liste." in response.text


def test_office_keeps_when_and_by_whom_an_entry_is_looked_at_again(make, person, office, editor):
    essen, augsburg = make.organisation("Essen").id, make.organisation("Augsburg").id
    care = {"review_on": "31.12.2027", "responsible": augsburg}
    person.post("/entries/new", EVERYTHING | care)
    assert (the_entry(editor).review_on, the_entry(editor).responsible_id) == (None, None)
    address = f"/entries/{the_entry(editor).id}/edit"
    assert "review_on" not in person.get(address).text

    office.post(address, EVERYTHING | care | {"organisation": essen, "version": the_entry(editor).version})
    assert (the_entry(editor).review_on, the_entry(editor).responsible_id) == (date(2027, 12, 31), augsburg)
    assert 'value="2027-12-31"' in office.get(address).text
    office.post(address, EVERYTHING | {"organisation": essen, "version": the_entry(editor).version})
    assert (the_entry(editor).review_on, the_entry(editor).responsible_id) == (date(2027, 12, 31), augsburg)
    none = {"review_on": "", "responsible": essen, "organisation": essen, "version": the_entry(editor).version}
    office.post(address, EVERYTHING | none)
    assert (the_entry(editor).review_on, the_entry(editor).responsible_id) == (None, None)
    assert "Zu prüfen am" in office.get(address.replace("edit", "history")).text
    wrong = {"review_on": "bald", "organisation": essen, "version": the_entry(editor).version}
    assert "Bitte geben Sie ein Datum an" in office.post(address, EVERYTHING | wrong).text


def test_collection_is_preset_from_its_page(person):
    page = person.get("/entries/new?collection=klimawandel").text
    assert '<option selected value="klimawandel">' in page
    assert "selected" not in person.get("/entries/new?collection=nirgends").text.split('value="klimawandel"')[0][-30:]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": "x" * 301}, "Bitte kürzen Sie auf 300 Zeichen."),
        ({"collections": ""}, "Bitte wählen Sie eine Sammlung."),
        ({"collections": "nirgends"}, "Diese Sammlung gibt es nicht."),
        ({"url": "", "text": ""}, "Bitte geben Sie einen Link, eine Datei oder einen Text an."),
        ({"url": "javascript:alert(1)"}, "Bitte geben Sie eine Webadresse an"),
        ({"url": "ftp://example.org/a"}, "Bitte geben Sie eine Webadresse an"),
        ({"url": "kein link"}, "Bitte geben Sie eine Webadresse an"),
        ({"url": "https://"}, "Bitte geben Sie eine Webadresse an"),
        ({"url": "https://[::1"}, "Bitte geben Sie eine Webadresse an"),
        ({"url": "https://example.org:99999999"}, "Bitte geben Sie eine Webadresse an"),
        ({"url": "https://jemand:geheim@example.org"}, "Bitte geben Sie eine Webadresse an"),
        ({"url": "https://example.org/" + "a" * 2000}, "Bitte kürzen Sie auf 2000 Zeichen."),
        ({"kind": "gedicht"}, "Bitte wählen Sie einen Wert aus der Liste."),
        ({"language": "klingonisch"}, "Bitte wählen Sie einen Wert aus der Liste."),
        ({"coverage": "mond"}, "Bitte wählen Sie einen Wert aus der Liste."),
        ({"year": "24"}, "vier Ziffern"),
        ({"year": "٢٠٢٤"}, "vier Ziffern"),
        ({"year": "1799"}, "zwischen 1800 und 2100"),
        ({"section": "Hitze"}, "Diesen Abschnitt gibt es in der gewählten Sammlung nicht."),
        ({"tags": ",".join(f"wort{i}" for i in range(21))}, "höchstens 20 Schlagwörter"),
        ({"tags": "x" * 81}, "höchstens 80 Zeichen"),
        ({"summary": "x" * 2001}, "Bitte kürzen Sie auf 2000 Zeichen."),
        ({"text": "x" * 50_001}, "Bitte kürzen Sie auf 50000 Zeichen."),
        ({"detail_acronym": "x" * 501}, "Bitte kürzen Sie auf 500 Zeichen."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(person, change, words):
    response = person.post("/entries/new", EVERYTHING | change)
    assert response.status_code == 422
    assert words in response.text
    typed = {"title": "Nachtbeauftragte", "publisher": "Stadt Essen", "summary": "Worum es geht.", "note": "Warum es"}
    for name, text in typed.items():
        assert name in change or text in response.text, name
    assert db.session.scalar(select(Entry.id)) is None


def test_office_publishes_directly(office, editor):
    page = office.get("/entries/new").text
    assert "Veröffentlichen</button>" in page
    assert "Zur Freigabe einreichen" not in page
    office.post("/entries/new", EVERYTHING | {"section": ""})
    assert the_entry(editor).status == Status.PUBLISHED


def test_draft_is_kept_and_handed_in_later(make, person):
    person.post("/entries/new", EVERYTHING | {"draft": "1"})
    entry = db.session.scalars(select(Entry)).one()
    assert entry.status == Status.DRAFT
    page = person.get(f"/entries/{entry.id}/edit").text
    assert "Als Entwurf speichern" in page
    person.post(f"/entries/{entry.id}/edit", EVERYTHING | {"version": entry.version, "draft": "1"})
    assert db.session.get(Entry, entry.id).status == Status.DRAFT
    person.post(f"/entries/{entry.id}/edit", EVERYTHING | {"version": db.session.get(Entry, entry.id).version})
    assert db.session.get(Entry, entry.id).status == Status.SUBMITTED


def test_posting_every_column_changes_only_what_the_form_has(make, person, editor):
    other = make.organisation("Augsburg")
    columns = {column.name: "7" for column in Entry.__table__.columns}
    more = {"status": "published", "organisation_id": other.id, "organisation": other.id, "published_at": "2020-01-01"}
    person.post("/entries/new", columns | more | EVERYTHING)
    entry = the_entry(editor)
    assert entry.status == Status.SUBMITTED
    assert entry.organisation.name == "Essen"
    assert (entry.identifier, entry.published_at, entry.published_on, entry.status_note) == (None, None, None, "")
    assert (entry.version, entry.id == 7) == (1, False)
    assert entry.contributor_id != 7

    before = {
        name: getattr(entry, name) for name in ("id", "contributor_id", "created_at", "identifier", "status_note")
    }
    response = person.post(f"/entries/{entry.id}/edit", columns | more | EVERYTHING | {"version": entry.version})
    assert response.status_code == 303
    after = the_entry(editor)
    assert {name: getattr(after, name) for name in before} == before
    assert after.organisation.name == "Essen"
    assert after.status == Status.SUBMITTED


def test_form_shows_what_the_entry_holds(person):
    person.post("/entries/new", EVERYTHING)
    number = db.session.scalars(select(Entry.id)).one()
    page = person.get(f"/entries/{number}/edit").text
    for text in ("Nachtbeauftragte", "Worum es geht.", "Bahnhof, Licht, Nacht", "Erste\nZweite", 'value="2024"'):
        assert text in page, text
    assert '<option selected value="bahnhofsviertel">' in page
    assert 'name="collections" value="klimawandel" checked' in page
    assert '<option selected value="Konzepte">' in page


def test_r08_slower_person_sees_both_versions_and_saves_on_purpose(make, office, sign_in, editor):
    entry = make.entry(title="Erste Fassung", text="Text")
    seen = entry.version
    faster = sign_in(make.user(role="admin", name="Quarz Sand"))
    faster.post(
        f"/entries/{entry.id}/edit",
        {"title": "Schnellere", "collections": "bahnhofsviertel", "text": "A", "version": seen},
    )
    mine = {"title": "Langsamere", "collections": "bahnhofsviertel", "text": "Mein Text", "version": seen}
    response = office.post(f"/entries/{entry.id}/edit", mine)
    assert response.status_code == 409
    for text in ("Schnellere", "Langsamere", "Mein Text", "Quarz Sand"):
        assert text in response.text, text
    assert 'value="Langsamere"' in response.text
    assert f'name="version" value="{seen + 1}"' in response.text
    assert the_entry(editor).title == "Schnellere"

    again = office.post(f"/entries/{entry.id}/edit", mine | {"version": seen + 1})
    assert again.status_code == 303
    assert the_entry(editor).title == "Langsamere"


def test_form_without_a_version_overwrites_nothing(make, office, editor):
    entry = make.entry(title="Bleibt", text="Text")
    data = {"title": "Anders", "collections": "bahnhofsviertel", "text": "T"}
    assert office.post(f"/entries/{entry.id}/edit", data).status_code == 409
    assert the_entry(editor).title == "Bleibt"


def test_same_address_is_named_and_does_not_block(make, person, office):
    make.entry(title="Schon da", url="https://www.example.org/seite")
    waiting = person.post("/entries/new", EVERYTHING, follow_redirects=True)
    assert "Diese Adresse gibt es schon" in waiting.text
    assert "Schon da" in waiting.text
    published = office.post("/entries/new", EVERYTHING, follow_redirects=True)
    assert "Diese Adresse gibt es schon bei „" in published.text


def test_lost_form_is_there_again_filled(make, sign_in, places):
    user = make.user()
    person = sign_in(user)
    person.post("/entries/new", EVERYTHING | {"csrf_token": "abgelaufen"}, token=False)
    page = person.get("/entries/new").text
    assert 'value="Nachtbeauftragte"' in page
    assert "Ein *Text*." in page
    assert db.session.scalar(select(Entry.id)) is None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("example.org", "https://example.org"),
        ("  www.example.org/a b ", "https://www.example.org/a b"),
        ("HTTP://Example.org/Pfad", "http://Example.org/Pfad"),
        ("//example.org/x", "https://example.org/x"),
        ("example.org:8080/x", "https://example.org:8080/x"),
        ("example.org/?next=https://other.example", "https://example.org/?next=https://other.example"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("data:text/html,x", "data:text/html,x"),
        ("", ""),
    ],
)
def test_scheme_is_added_where_it_is_missing(typed, stored):
    assert web_address(typed) == stored


@pytest.mark.parametrize(
    "text",
    ["https://a b.org", "https://localhost", "file:///etc/passwd", "https://.", "javascript://example.org/%0aalert(1)"],
)
def test_odd_addresses_are_no_web_addresses(text):
    assert not is_web_address(text)
