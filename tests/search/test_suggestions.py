"""What is offered under a search field while somebody types, and what never is."""

import re
from urllib.parse import urlencode

import pytest
from flask import Flask

from hub.core.permissions import Role
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Entry, Status
from hub.entries.service import contributing
from hub.indexing.errors import IndexUnusable
from hub.indexing.suggesting import Suggestions
from tests.search.test_page import ODD_TEXTS
from tests.support.counting import counted_statements

HIDDEN = [status for status in Status if status != Status.PUBLISHED]


@pytest.fixture
def person(make, sign_in):
    """A member's browser."""
    return sign_in(make.user(role="member", organisation="Augsburg"))


def offered(person, text: str) -> str:
    """The piece of page for this text; empty when there is nothing."""
    response = person.get("/search/suggest?" + urlencode({"q": text}, errors="surrogatepass"))
    assert response.status_code in (200, 204)
    return response.get_data(as_text=True)


def words(piece: str) -> list[str]:
    """What is offered to search for."""
    return re.findall(r'data-value="([^"]*)"', piece)


def entries(piece: str) -> list[int]:
    """The numbers of the entries offered to open."""
    return [int(number) for number in re.findall(r'href="/entries/(\d+)"', piece)]


def test_words_entries_and_collections_are_offered(make, person):
    make.collection("kioskleben")
    first = make.entry(title="Kiosklicht am Markt", organisation="Essen")
    second = make.entry(title="Alte Kioske", tags=("Kiosk",))
    piece = offered(person, "Kiosk")
    assert set(words(piece)) == {"Kiosk", "Kiosklicht"}
    assert entries(piece) == [second.id, first.id]
    assert 'href="/collections/kioskleben"' in piece
    assert "<mark>Kiosk</mark>licht" in piece
    assert 'data-said="5 Vorschläge"' in piece
    assert [piece.index(title) for title in ("Suchen nach", "Direkt öffnen", "Sammlungen")] == sorted(
        piece.index(title) for title in ("Suchen nach", "Direkt öffnen", "Sammlungen")
    )


def test_words_and_collections_say_how_many_entries_there_are(make, person):
    make.collection("kioskleben")
    make.entry(title="Kiosklicht am Markt", collections=("kioskleben",))
    make.entry(title="Alte Kioske", summary="Ein Kiosk", collections=("kioskleben",))
    make.entry(title="Neuer Kiosk", status=Status.SUBMITTED, collections=("kioskleben",))
    piece = offered(person, "Kiosk")
    notes = re.findall(r'<mark>Kiosk</mark>(\w*)</span> <span class="muted">([^<]*)<', piece)
    assert dict(notes) == {"e": "in 2 Einträgen", "licht": "in 1 Eintrag"}
    assert '<span class="muted">2 Einträge<' in piece


def test_at_most_eight_are_offered_each_with_a_name_of_its_own(make, person):
    for number in range(4):
        make.collection(f"brunnen{number}")
        make.entry(title=f"Brunnen{number}haus", tags=(f"Brunnen{number}tag",))
    piece = offered(person, "brunnen")
    names = re.findall(r'role="option" id="([^"]+)"', piece)
    assert len(names) == len(set(names)) == 8


@pytest.mark.parametrize("text", ["", "k", " k ", "quarzsandbeet"])
def test_nothing_is_offered_for_too_little_and_for_the_unknown(make, person, text):
    make.entry(title="Kiosk")
    response = person.get("/search/suggest?" + urlencode({"q": text}))
    assert (response.status_code, response.data) == (204, b"")


def test_a_request_without_text_gets_nothing(person):
    assert person.get("/search/suggest").status_code == 204


def test_umlauts_may_be_typed_either_way_and_in_any_case(make, person):
    entry = make.entry(title="Überwachung der Straße")
    for text in ("über", "UEBER", "strasse ueb"):
        assert entries(offered(person, text)) == [entry.id], text


def test_strangers_are_offered_nothing(make, visitor):
    make.entry(title="Kiosk")
    response = visitor.get("/search/suggest?q=kiosk")
    assert response.status_code == 303
    assert "Kiosk" not in response.get_data(as_text=True)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("status", HIDDEN)
def test_t32_what_not_every_member_sees_is_never_offered(make, sign_in, role, status):
    owner = make.user(role=role, organisation="Essen")
    make.entry(
        title="Zitronenfalter", status=status, contributor=owner, tags=("Zitronenlicht",), summary="Zitronenschale"
    )
    assert offered(sign_in(owner), "zitr") == ""


def test_t32_words_of_an_archived_entry_are_gone_at_once(make, person, admin):
    entry = make.entry(title="Zitronenfalter am Platz", tags=("Zitronenlicht",))
    make.entry(title="Platzhirsch")
    assert words(offered(person, "zitr"))
    contributing.withdraw_entry(admin, entry, "Überholt")
    assert offered(person, "zitr") == ""
    assert words(offered(person, "platz")) == ["Platzhirsch"]


def test_words_of_a_former_title_are_gone_at_once(make, person):
    entry = make.entry(title="Zitronenfalter")
    with unit_of_work() as session:
        session.get_one(Entry, entry.id).title = "Admiral"
    assert offered(person, "zitr") == ""
    assert words(offered(person, "admi")) == ["Admiral"]


def test_t32_the_tables_decide_what_is_offered_and_not_the_index(make, person, monkeypatch):
    hidden = make.entry(title="Zitronenfalter", status=Status.SUBMITTED)
    held = Suggestions((), ((hidden.id, "Zitronenfalter"),))
    monkeypatch.setattr("hub.indexing.store.IndexStore.suggest", lambda *_: held)
    assert offered(person, "zitr") == ""


def test_markup_stays_text(make, person):
    make.entry(title='<img src=x onerror="x"> Kiosk', tags=('Kiosk"><script>x</script>',))
    piece = offered(person, "kiosk")
    assert "&lt;img src=x" in piece
    assert "<img" not in piece and "<script" not in piece and 'data-value="Kiosk&#34;&gt;' in piece


@pytest.mark.parametrize("text", [*ODD_TEXTS, "(((", "[a-z]+", "\\b\\", "*" * 50, "kiosk " * 40])
def test_odd_text_is_answered(make, person, text):
    make.entry(title="Kiosk [a-z]+ (((")
    offered(person, text)


def test_collections_are_offered_while_the_index_cannot_be_used(app: Flask, make, person, monkeypatch):
    make.collection("kioskleben")
    make.entry(title="Kiosklicht")

    def fail(*_) -> None:
        raise IndexUnusable("broken on purpose")

    monkeypatch.setattr("hub.indexing.store.IndexStore.suggest", fail)
    piece = offered(person, "kiosk")
    assert "/collections/kioskleben" in piece and not words(piece) and not entries(piece)


def test_few_statements_whatever_the_number_of_offers(make, person):
    make.entry(title="Kiosk")
    offered(person, "kiosk")
    with counted_statements() as one:
        offered(person, "kiosk")
    for number in range(6):
        make.entry(title=f"Kiosk {number}")
    offered(person, "kiosk")
    with counted_statements() as many:
        offered(person, "kiosk")
    assert len(many) == len(one) <= 5
