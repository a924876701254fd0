"""A collection as a board and as a list."""

import re
from collections import Counter
from datetime import timedelta
from urllib.parse import quote, unquote

import pytest

from hub.core import clock
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Bookmark
from hub.entries.queries import Filters, count_facets
from hub.indexing import generation
from tests.support.counting import counted_statements

SECTIONS = ("Zum Einstieg", "Konzepte der Städte", "In den Medien")
PAGE = "/collections/bahnhofsviertel"
LIST = f"{PAGE}?view=list"


@pytest.fixture
def shelf(make):
    """A collection with three sections."""
    return make.collection("bahnhofsviertel", SECTIONS)


@pytest.fixture
def person(make, sign_in, shelf):
    """A member in the browser."""
    return sign_in(make.user())


def words(response) -> str:
    """What a reader sees, spaces collapsed."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)).split())


def titles(response) -> list[str]:
    """Titles of the entries in the order of the page."""
    return re.findall(r'<h3[^>]*><a href="/entries/\d+"[^>]*>([^<]+)</a>', response.get_data(as_text=True))


def columns(response) -> dict[str, list[str]]:
    """Titles of the cards by section."""
    found = {}
    for part in response.get_data(as_text=True).split('<section class="board__col"')[1:]:
        name = re.search(r"<h2[^>]*>([^<]+)</h2>", part)
        found[name[1]] = re.findall(r'<h3[^>]*><a href="/entries/\d+"[^>]*>([^<]+)</a>', part)
    return found


def test_stranger_is_sent_to_sign_in_and_back(visitor, shelf):
    response = visitor.get(f"{LIST}&kind=methode")
    assert response.status_code == 303
    assert unquote(response.headers["Location"]) == f"/login?next={LIST}&kind=methode"


def test_unknown_collection_is_not_found(person):
    assert person.get("/collections/nirgendwo").status_code == 404
    assert person.get("/collections/%00?view=list").status_code == 404


def test_head_tells_what_the_collection_holds(make, person):
    make.entry(organisation="Essen", at=clock.now() - timedelta(days=1))
    make.entry(organisation="Köln", at=clock.now() - timedelta(days=4))
    page = words(person.get(PAGE))
    assert "Zwei Sätze. Zur Einführung." in page
    assert "2 Einträge aus 2 Städten und Stellen ergänzt gestern" in page


def test_contributing_starts_in_this_collection(person):
    assert 'href="/entries/new?collection=bahnhofsviertel"' in person.get(PAGE).get_data(as_text=True)


def test_board_has_a_column_for_each_section_in_order(make, person):
    make.entry("Konzept", section="Konzepte der Städte")
    make.entry("Alt", section="Zum Einstieg", at=clock.now() - timedelta(days=2))
    make.entry("Neu", section="Zum Einstieg")
    found = columns(person.get(PAGE))
    assert list(found) == list(SECTIONS)
    assert found == {"Zum Einstieg": ["Neu", "Alt"], "Konzepte der Städte": ["Konzept"], "In den Medien": []}
    assert "Hier ist noch Platz. Kennen Sie ein gutes Beispiel?" in words(person.get(PAGE))


def test_board_shows_eight_cards_and_the_way_to_the_rest(make, person):
    for number in range(10):
        make.entry(f"Eintrag Nr. {number}", section="Zum Einstieg")
    response = person.get(PAGE)
    assert len(columns(response)["Zum Einstieg"]) == 8
    assert "Alle 10 ansehen" in words(response)
    assert f"{LIST}&amp;section=Zum+Einstieg" in response.get_data(as_text=True)


def test_entries_without_a_section_stand_last_and_only_if_there_are_any(make, person):
    make.entry("Zugeordnet", section="Zum Einstieg")
    assert "Ohne Abschnitt" not in columns(person.get(PAGE))
    make.entry("Heimatlos")
    found = columns(person.get(PAGE))
    assert list(found)[-1] == "Ohne Abschnitt"
    assert found["Ohne Abschnitt"] == ["Heimatlos"]
    assert titles(person.get(f"{LIST}&section=-")) == ["Heimatlos"]


def test_kind_filters_the_board(make, person):
    make.entry("Ein Dokument", section="Zum Einstieg")
    make.entry("Eine Methode", section="Zum Einstieg", kind="methode")
    response = person.get(f"{PAGE}?kind=methode")
    assert columns(response)["Zum Einstieg"] == ["Eine Methode"]
    assert "Mit diesem Filter ist hier nichts." in words(response)
    assert re.search(r'aria-current="true">[^A]*Methode <span class="num">1<', response.get_data(as_text=True))


def test_waiting_and_archived_entries_are_on_neither_page(make, person):
    make.entry("Wartet", status="submitted")
    make.entry("Archiviert", status="withdrawn")
    make.entry("Offen")
    assert titles(person.get(LIST)) == ["Offen"]
    assert columns(person.get(PAGE))["Ohne Abschnitt"] == ["Offen"]


def test_list_holds_only_entries_of_this_collection(make, person):
    make.entry("Hier")
    make.entry("Anderswo", collections=("klimawandel",))
    make.entry("In beiden", collections=("klimawandel", "bahnhofsviertel"))
    assert set(titles(person.get(LIST))) == {"Hier", "In beiden"}


def test_list_is_sorted_as_asked(make, person):
    make.entry("Beta", year=2020, at=clock.now() - timedelta(days=2))
    make.entry("alpha", year=2024, at=clock.now() - timedelta(days=1))
    make.entry("Gamma", at=clock.now())
    assert titles(person.get(LIST)) == ["Gamma", "alpha", "Beta"]
    assert titles(person.get(f"{LIST}&sort=year")) == ["alpha", "Beta", "Gamma"]
    assert titles(person.get(f"{LIST}&sort=title")) == ["alpha", "Beta", "Gamma"]
    assert titles(person.get(f"{LIST}&sort=quatsch")) == ["Gamma", "alpha", "Beta"]


def test_filters_join_within_a_facet_and_narrow_between_facets(make, person):
    make.entry("D24", kind="dokument", year=2024, tags=("Licht",))
    make.entry("M24", kind="methode", year=2024, tags=("Licht", "Platz"))
    make.entry("M20", kind="methode", year=2020)
    make.entry("P20", kind="projekt", year=2020, organisation="Köln", language="en")
    cologne = make.organisation("Köln").id
    assert set(titles(person.get(f"{LIST}&kind=methode&kind=projekt"))) == {"M24", "M20", "P20"}
    assert set(titles(person.get(f"{LIST}&kind=methode&year=2024"))) == {"M24"}
    assert set(titles(person.get(f"{LIST}&tag=Licht"))) == {"D24", "M24"}
    assert set(titles(person.get(f"{LIST}&organisation={cologne}"))) == {"P20"}
    assert set(titles(person.get(f"{LIST}&language=en"))) == {"P20"}


def test_active_filters_can_be_taken_back_one_by_one(make, person):
    make.entry("Gesucht", kind="methode", year=2024)
    response = person.get(f"{LIST}&kind=methode&year=2024&sort=title")
    html = response.get_data(as_text=True)
    chips = re.findall(r'<a class="chip" href="([^"]+)"[^>]*><span>([^<]+)</span>', html)
    assert [label for _url, label in chips] == ["Art: Methode", "Erschienen: 2024"]
    assert chips[0][0].replace("&amp;", "&") == f"{LIST}&sort=title&year=2024"
    assert "1 Eintrag von 1" in words(response)
    assert "Alle Filter entfernen" in words(response)


def test_view_switch_keeps_the_filters(make, person):
    make.entry("Gesucht", kind="methode")
    assert f'href="{PAGE}?kind=methode"' in person.get(f"{LIST}&kind=methode").get_data(as_text=True)
    assert f'href="{LIST}&amp;kind=methode"' in person.get(f"{PAGE}?kind=methode").get_data(as_text=True)


def test_choice_that_fits_nothing_stays_visible_and_helps_on(make, person):
    make.entry("Da", kind="dokument")
    response = person.get(f"{LIST}&kind=methode&organisation=999999999")
    page = words(response)
    assert "0 Einträge von 1" in page
    assert "Mit diesen Filtern gibt es keinen Eintrag" in page
    assert "Stadt oder Stelle: 999999999" in page
    assert re.search(r'value="methode" checked', response.get_data(as_text=True))


@pytest.mark.parametrize(
    "query",
    [
        "organisation=abc&year=x&kind=&tag=%00%FF&section=%3Cscript%3E",
        "year=99999999999999999999&organisation=-1&page=-3",
        "page=999999999999&sort=%27&view=list&view=board",
        "kind=" + "x" * 5000,
        "&".join(f"tag=t{number}" for number in range(300)),
        "language=zz&view=quatsch",
        "tag=%ED%A0%80",
    ],
)
def test_odd_values_give_a_page_and_never_an_error(make, person, query):
    make.entry("Da")
    for start in (LIST, PAGE + "?"):
        assert person.get(f"{start}&{query}").status_code == 200


def test_empty_collection_invites(person):
    assert "Hier ist noch Platz" in words(person.get(LIST))


def test_long_lists_have_pages_and_beyond_the_last_is_the_last(make, person):
    for number in range(27):
        make.entry(f"Eintrag Nr. {number:02}", at=clock.now() - timedelta(hours=number))
    first, second, beyond = (person.get(f"{LIST}&page={page}") for page in ("1", "2", "99"))
    assert len(titles(first)) == 25
    assert titles(second) == titles(beyond) == ["Eintrag Nr. 25", "Eintrag Nr. 26"]
    assert f'href="{LIST}&amp;page=2"' in first.get_data(as_text=True)
    assert titles(person.get(f"{LIST}&page=quatsch")) == titles(first)


def test_facet_counts_equal_the_rows(make, person):
    kinds = ("dokument", "methode", "dokument", "projekt", "dokument")
    years = (2020, 2021, 2021, 2021, None)
    for kind, year in zip(kinds, years, strict=True):
        make.entry(kind=kind, year=year, tags=("Licht",) if kind == "dokument" else (), section="Zum Einstieg")
    make.entry(status="submitted", kind="dokument", year=2020, tags=("Licht",))
    shelf = make.collection()
    total, facets = count_facets(Filters(collection_id=shelf.id, kind=("dokument",)))
    assert total == 3
    assert {value: count for value, _label, count in facets["kind"]} == Counter(kinds)
    assert facets["year"] == [("2021", "2021", 1), ("2020", "2020", 1)]
    assert facets["tag"] == [("Licht", "Licht", 3)]
    assert facets["section"] == [("Zum Einstieg", "Zum Einstieg", 3)]
    assert facets["language"] == [("de", "de", 3)]
    assert [count for _value, _label, count in facets["organisation"]] == [3]


def test_facet_counts_of_the_page_are_what_one_gets(make, person):
    for number in range(5):
        make.entry(kind="methode" if number % 2 else "dokument", tags=(f"Wort {number % 3}",), section="In den Medien")
    html = person.get(LIST).get_data(as_text=True)
    boxes = re.findall(r'name="(\w+)" value="([^"]+)"[^>]*><span>[^<]*</span><span class="num">(\d+)</span>', html)
    assert len(boxes) >= 10
    for name, value, count in boxes:
        assert len(titles(person.get(f"{LIST}&{name}={quote(value)}"))) == int(count), (name, value)


def test_two_people_see_the_same_list_with_their_own_marks_and_news(make, sign_in, shelf):
    marking, other = make.user(), make.user()
    entry = make.entry("Gemeinsam", section="Zum Einstieg")
    with unit_of_work() as session:
        session.add(Bookmark(user_id=marking.id, entry_id=entry.id))
        other.read_until = clock.now() - timedelta(days=1)
    for path in (PAGE, LIST):
        seen = [sign_in(user).get(path).get_data(as_text=True) for user in (marking, other)]
        assert ['aria-pressed="true" aria-label="Merken: Gemeinsam"' in html for html in seen] == [True, False]
        assert [">Neu</span>" in html for html in seen] == [False, True]


def test_languages_are_not_mixed_up(make, sign_in, shelf):
    make.entry("Eines", section="Zum Einstieg")
    german, english = sign_in(make.user()), sign_in(make.user())
    english.client.set_cookie("hub_language", "en")
    assert '<html lang="de"' in german.get(LIST).get_data(as_text=True)
    assert '<html lang="en"' in english.get(LIST).get_data(as_text=True)


def test_published_entry_is_on_both_pages_at_once(make, person):
    person.get(PAGE)
    person.get(LIST)
    make.entry("Eben freigegeben", section="Zum Einstieg")
    assert titles(person.get(LIST)) == ["Eben freigegeben"]
    assert columns(person.get(PAGE))["Zum Einstieg"] == ["Eben freigegeben"]


@pytest.mark.parametrize("path", [PAGE, LIST, f"{LIST}&kind=dokument", "/collections", "/cities"])
def test_few_queries_however_many_rows(make, sign_in, shelf, path):
    person = sign_in(make.user(role="editor"))
    counts = []
    for rows in (3, 12):
        for _number in range(rows):
            make.entry(section="Zum Einstieg", tags=("Licht",), collections=("bahnhofsviertel", "klimawandel"))
        person.get("/login")
        generation.forget()
        with counted_statements() as sent:
            assert person.get(path).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert counts[0] <= 12, "\n".join(sent)


def test_second_reader_of_a_list_costs_almost_no_queries(make, sign_in, shelf):
    for _number in range(30):
        make.entry(section="Zum Einstieg")
    sign_in(make.user()).get(LIST)
    person = sign_in(make.user())
    person.get("/login")
    with counted_statements() as sent:
        person.get(LIST)
    assert len(sent) <= 4
