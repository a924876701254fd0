"""Editors arrange collections and their sections."""

import re

import pytest
from sqlalchemy import select

from hub.collections import queries, service
from hub.collections.models import Collection
from hub.collections.service import CollectionDetails
from hub.core.db import db
from hub.core.errors import Conflict, NotAllowed, Refused
from hub.entries.models import EntryCollection

MANAGE = "/collections-manage"
FIELDS = {"title": "Neuer Titel", "introduction": "Zwei Sätze.", "icon": "train", "colour": "c-nacht"}


@pytest.fixture
def shelf(make) -> Collection:
    """A collection with two sections."""
    make.collection("bahnhofsviertel", ("Zum Einstieg", "In den Medien"))
    return queries.get_collection("bahnhofsviertel")


@pytest.fixture
def office(make, sign_in):
    """An editor in the browser."""
    return sign_in(make.user(role="editor"))


def sections(slug: str = "bahnhofsviertel") -> list[str]:
    """Titles of the sections in their order."""
    db.session.expire_all()
    return [section.title for section in queries.get_collection(slug).sections]


def words(response) -> str:
    """What a reader sees, spaces collapsed."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)).split())


@pytest.mark.parametrize("path", [MANAGE, f"{MANAGE}/new", f"{MANAGE}/bahnhofsviertel"])
def test_members_may_not_arrange(make, sign_in, shelf, path):
    assert sign_in(make.user()).get(path).status_code == 403


def test_services_refuse_members_too(member, shelf):
    with pytest.raises(NotAllowed):
        service.create_collection(member, CollectionDetails("Meine"))
    with pytest.raises(NotAllowed):
        service.add_section(member, "bahnhofsviertel", "Mein Abschnitt")


def test_new_collection_stands_last_with_its_sections(office, shelf):
    response = office.post(f"{MANAGE}/new", {**FIELDS, "title": "Schöne Plätze", "sections": "Eins\n\nZwei\nEins\n"})
    assert (response.status_code, response.headers["Location"]) == (303, f"{MANAGE}/schoene-plaetze")
    made = queries.find_collections()[-1]
    assert (made.title, made.icon, made.colour) == ("Schöne Plätze", "train", "c-nacht")
    assert sections("schoene-plaetze") == ["Eins", "Zwei"]
    assert office.get("/collections/schoene-plaetze").status_code == 200


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": ""}, "Bitte geben Sie einen Titel ein."),
        ({"title": "x" * 141}, "Der Titel ist zu lang."),
        ({"title": "Sammlung bahnhofsviertel"}, "Eine Sammlung mit diesem Titel gibt es schon."),
        ({"introduction": "x" * 1001}, "Die Einführung ist zu lang."),
    ],
)
def test_refused_collection_keeps_what_was_typed(office, shelf, change, message):
    response = office.post(f"{MANAGE}/new", {**FIELDS, "sections": "Mein Abschnitt", **change})
    assert response.status_code == 422
    assert message in words(response)
    assert "Mein Abschnitt" in words(response)


@pytest.mark.parametrize("change", [{"icon": "../../etc"}, {"colour": "c-x onload"}])
def test_unknown_icon_or_colour_is_refused(office, shelf, change):
    assert office.post(f"{MANAGE}/new", {**FIELDS, **change}).status_code == 422
    assert len(queries.find_collections()) == 1


def test_changed_collection_is_shown_everywhere_at_once(office, shelf):
    office.get("/")
    response = office.post(f"{MANAGE}/bahnhofsviertel", {**FIELDS, "version": "1"})
    assert response.status_code == 303
    assert "Neuer Titel" in words(office.get("/"))
    assert "c-nacht" in office.get("/collections/bahnhofsviertel").get_data(as_text=True)


def test_stale_change_shows_both_texts_and_keeps_the_first(office, shelf, editor):
    service.change_collection(editor, "bahnhofsviertel", CollectionDetails("Von anderen"), version=1)
    response = office.post(f"{MANAGE}/bahnhofsviertel", {**FIELDS, "version": "1"})
    page = words(response)
    assert response.status_code == 409
    assert "inzwischen von jemand anderem geändert" in page
    assert "Titel Von anderen Neuer Titel" in page
    assert db.session.scalar(select(Collection.title)) == "Von anderen"
    version = re.search(r'name="version"[^>]*value="(\d+)"', response.get_data(as_text=True))
    assert office.post(f"{MANAGE}/bahnhofsviertel", {**FIELDS, "version": version[1]}).status_code == 303
    assert db.session.scalar(select(Collection.title)) == "Neuer Titel"


def test_service_refuses_a_stale_version(editor, shelf):
    with pytest.raises(Conflict):
        service.change_collection(editor, "bahnhofsviertel", CollectionDetails("Zu spät"), version=7)


def test_collections_move_up_and_down(office, make, shelf):
    make.collection("klimawandel")
    assert [row.slug for row in queries.find_collections()] == ["bahnhofsviertel", "klimawandel"]
    office.post(f"{MANAGE}/klimawandel/move", {"step": "up"})
    assert [row.slug for row in queries.find_collections()] == ["klimawandel", "bahnhofsviertel"]
    office.post(f"{MANAGE}/klimawandel/move", {"step": "up"})
    office.post(f"{MANAGE}/klimawandel/move", {"step": "quatsch"})
    assert [row.slug for row in queries.find_collections()] == ["klimawandel", "bahnhofsviertel"]
    page = words(office.get("/"))
    assert page.index("Sammlung klimawandel") < page.index("Sammlung bahnhofsviertel")


def test_sections_are_added_renamed_moved_and_removed(office, make, shelf):
    first, second = shelf.sections
    entry = make.entry(section="Zum Einstieg")
    office.post(f"{MANAGE}/bahnhofsviertel/sections", {"title": "Methoden"})
    assert sections() == ["Zum Einstieg", "In den Medien", "Methoden"]
    office.post(f"{MANAGE}/bahnhofsviertel/sections/{first.id}", {"title": "Anfang"})
    office.post(f"{MANAGE}/bahnhofsviertel/sections/{second.id}/move", {"step": "up"})
    assert sections() == ["In den Medien", "Anfang", "Methoden"]
    board = office.get("/collections/bahnhofsviertel").get_data(as_text=True)
    assert entry.title in board.split("Anfang</h2>")[1].split("</section>")[0]
    office.post(f"{MANAGE}/bahnhofsviertel/sections/{first.id}/remove")
    assert sections() == ["In den Medien", "Methoden"]
    place = db.session.scalar(select(EntryCollection).where(EntryCollection.entry_id == entry.id))
    assert place.section_id is None


@pytest.mark.parametrize("title", ["", "In den Medien", "x" * 121])
def test_refused_section_says_why_and_changes_nothing(office, shelf, title):
    first = shelf.sections[0]
    for path in (f"{MANAGE}/bahnhofsviertel/sections", f"{MANAGE}/bahnhofsviertel/sections/{first.id}"):
        response = office.post(path, {"title": title})
        assert response.status_code == 422
        assert "field__error" in response.get_data(as_text=True)
    assert sections() == ["Zum Einstieg", "In den Medien"]


def test_section_of_another_collection_is_not_found(office, make, shelf):
    make.collection("klimawandel", ("Hitze",))
    other = queries.get_collection("klimawandel").sections[0]
    response = office.post(f"{MANAGE}/bahnhofsviertel/sections/{other.id}/remove")
    assert response.status_code == 404
    assert sections("klimawandel") == ["Hitze"]
    unheard_of = f"{MANAGE}/bahnhofsviertel/sections/99999999999999999999"
    assert office.post(unheard_of, {"title": "Neu"}).status_code == 404


def test_unknown_collection_is_not_found(office):
    assert office.get(f"{MANAGE}/nirgendwo").status_code == 404
    assert office.post(f"{MANAGE}/nirgendwo/move", {"step": "up"}).status_code == 404


def test_slug_is_plain_and_taken_only_once(editor, shelf):
    assert service.slug_of("  Öffentlicher Raum & Straße! ") == "oeffentlicher-raum-strasse"
    service.create_collection(editor, CollectionDetails("Öffentlicher Raum"))
    with pytest.raises(Refused):
        service.create_collection(editor, CollectionDetails("öffentlicher raum"))


def test_order_page_lists_all_with_their_sections(office, shelf):
    assert "Zum Einstieg · In den Medien" in words(office.get(MANAGE))


INTRODUCTION = "**Erst lesen**, dann [fragen](https://example.org/).\n\n- eins\n- zwei\n\n<script>alert(1)</script>"
PREVIEW = re.compile(r'<div id="vorschau".*?</section></div>', re.DOTALL)


@pytest.mark.parametrize("path", [f"{MANAGE}/new", f"{MANAGE}/bahnhofsviertel"])
def test_the_introduction_is_previewed_and_nothing_is_saved(office, shelf, path):
    typed = {**FIELDS, "title": "Noch nicht gespeichert", "introduction": INTRODUCTION, "version": 1}
    response = office.post(path, {**typed, "do": "preview"})
    page = response.get_data(as_text=True)
    preview = PREVIEW.search(page)[0]
    assert response.status_code == 200
    assert "<strong>Erst lesen</strong>" in preview and "<li>zwei</li>" in preview
    assert "<script>alert" not in page
    assert 'value="Noch nicht gespeichert"' in page
    db.session.expire_all()
    assert [one.title for one in queries.find_collections()] == ["Sammlung bahnhofsviertel"]


def test_the_introduction_is_read_as_it_was_previewed(office, shelf):
    office.post(f"{MANAGE}/bahnhofsviertel", {**FIELDS, "introduction": INTRODUCTION, "version": 1})
    page = office.get("/collections/bahnhofsviertel").get_data(as_text=True)
    assert "<strong>Erst lesen</strong>" in page and "<script>alert" not in page
    assert "Erst lesen, dann fragen. eins zwei" in words(office.get("/collections"))
