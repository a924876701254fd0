"""The search page: what is found, narrowed, marked and said."""

import re
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Entry, EntryCollection, Status
from hub.indexing import service as indexing
from hub.indexing.wanted import Wanted
from hub.search import queries
from tests.support.counting import counted_statements

ODD_TEXTS = (
    "a" * 10_000,
    "\x00\x01\x02\x1b",
    '"""" ((( ))) ***',
    "AND OR NOT - + |",
    "-",
    "-kiosk",
    "titel:",
    "jahr:9999999999999-0",
    "\u202e\u200b\ufeff",
    "wort " * 200,
    "%00%ff",
    "' OR 1=1 --",
    "\ud800",
)


@pytest.fixture
def person(make, sign_in):
    """A member's browser."""
    return sign_in(make.user(role="member", organisation="Essen"))


def search(person, **wanted) -> str:
    """The page for these arguments."""
    response = person.get("/search?" + urlencode(wanted, doseq=True))
    assert response.status_code == 200
    return response.get_data(as_text=True)


def titles(page: str) -> list[str]:
    """The titles of the hits without marks."""
    found = re.findall(r'<h2[^>]*><a href="/entries/\d+">(.*?)</a>', page)
    return [re.sub(r"</?mark>", "", title) for title in found]


def counts(page: str, facet: str) -> dict[str, int]:
    """The values of a facet with their counts."""
    boxes = re.findall(rf'name="{facet}" value="([^"]*)"[^>]*><span>.*?</span><span class="num">(\d+)</span>', page)
    return {value: int(count) for value, count in boxes}


def test_entry_is_found_by_a_word_and_the_word_is_marked(make, person):
    make.entry(title="Licht am Kiosk", summary="Rund um den Kiosk wird es heller.")
    make.entry(title="Etwas anderes")
    page = search(person, q="kiosk")
    assert titles(page) == ["Licht am Kiosk"]
    assert "Licht am <mark>Kiosk</mark>" in page
    assert "Rund um den <mark>Kiosk</mark> wird es heller." in page
    assert "1 Eintrag" in page


def test_without_text_the_newest_stand_first(make, person):
    first, second = make.entry(title="Älter"), make.entry(title="Neuer")
    assert first.published_at < second.published_at
    assert titles(search(person)) == ["Neuer", "Älter"]


def test_markup_in_titles_and_texts_stays_text(make, person):
    make.entry(title="<script>alert(1)</script> Platz", summary="<img src=x> am Platz")
    page = search(person, q="platz")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>Platz</mark>" in page
    assert "&lt;img src=x&gt; am <mark>Platz</mark>" in page


def test_typed_text_is_escaped(person):
    page = search(person, q='"><script>alert(1)</script>', kind="<b>x</b>", tag='"><i>')
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
    assert "<i>" not in page


def test_extracted_text_is_found_and_never_shown(make, person):
    entry = make.entry(title="Bericht", summary="Ein Bericht.", body="Dann kommt die Drohne über den Platz.")
    page = search(person, q="drohne")
    assert f"/entries/{entry.id}" in page and "Ein Bericht." in page
    assert "über den Platz" not in page
    assert "über den Platz" not in person.get(f"/entries/{entry.id}").get_data(as_text=True)


def test_word_that_stands_only_in_the_text_is_shown_in_its_passage(make, person):
    text = "Vorweg steht viel. " * 400 + "Dann kommt die Drohne über den Platz. " + "Danach folgt mehr. " * 400
    make.entry(title="Bericht", summary="Ein Bericht.", text=text)
    assert "Dann kommt die <mark>Drohne</mark> über den Platz." in search(person, q="drohne")


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_odd_texts_give_a_page(make, person, text):
    make.entry(title="Kiosk")
    query = urlencode({"q": text}, errors="surrogatepass")
    assert person.get(f"/search?{query}").status_code == 200


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    q=st.text(max_size=400) | st.text(alphabet='"-+*()[]{}:|&~^ \\/aeä1', max_size=60),
    values=st.dictionaries(
        st.sampled_from(["collection", "kind", "organisation", "year", "language", "tag", "file", "sort", "page",
                         "exact", "synonyms", "view", "nonsense"]),
        st.lists(st.text(max_size=30), max_size=3), max_size=4,
    ),
)  # fmt: skip
def test_no_text_and_no_choice_breaks_the_page(person, q, values):
    person.lints = False
    query = urlencode({"q": q, **values}, doseq=True, errors="surrogatepass")
    assert person.get(f"/search?{query}").status_code == 200


def test_long_text_is_cut_and_the_page_says_so(make, person):
    make.entry(title="Kiosk")
    page = search(person, q="kiosk " * 100)
    assert "Ihre Suche war länger als 200 Zeichen." in page
    assert "länger als 200" not in search(person, q="kiosk")


@pytest.mark.parametrize("value", ["0", "-1", "abc", "99999999999999999999", "51", "1.5"])
def test_odd_pages_are_pages(make, person, value):
    make.entry(title="Kiosk")
    assert titles(search(person, q="kiosk", page=value)) == ["Kiosk"]


def test_hits_are_paged_by_twenty(make, person):
    for number in range(25):
        make.entry(title=f"Kiosk {number:02}")
    first, second = search(person, q="kiosk", sort="title"), search(person, q="kiosk", sort="title", page=2)
    assert titles(first) == [f"Kiosk {number:02}" for number in range(20)]
    assert titles(second) == [f"Kiosk {number:02}" for number in range(20, 25)]
    assert titles(search(person, q="kiosk", sort="title", page=9)) == titles(second)
    assert "25 Einträge" in first


@pytest.fixture
def varied(make):
    """Entries that differ in every facet."""
    make.collection("nachtleben")
    make.entry(title="Platz eins", kind="methode", year=2020, organisation="Essen", tags=("Licht",))
    make.entry(title="Platz zwei", kind="methode", year=2021, organisation="Köln", tags=("Licht", "Lärm"))
    make.entry(title="Platz drei", kind="projekt", year=2021, collections=("nachtleben",), language="en")
    make.entry(title="Platz vier", kind="dokument", year=2020, collections=("nachtleben", "bahnhofsviertel"))
    make.entry(title="Ganz anders", kind="dokument", year=2020)


def test_facets_ignore_their_own_choice(varied, person):
    page = search(person, q="platz", kind="methode", year="2021")
    assert titles(page) == ["Platz zwei"]
    assert counts(page, "kind") == {
        "methode": 1, "projekt": 1, "dokument": 0, "fachartikel": 0, "medienartikel": 0,
    }  # fmt: skip
    assert counts(page, "year") == {"2020": 1, "2021": 1}
    assert "2 Einträge" not in page.split("</p>")[0]
    assert "4 ohne Filter" in page


def test_values_of_one_facet_add_up(varied, person):
    page = search(person, q="platz", kind=["methode", "projekt"], sort="title")
    assert titles(page) == ["Platz drei", "Platz eins", "Platz zwei"]


def test_counts_of_the_facets_equal_the_tables(varied, person):
    page = search(person)
    published = Entry.status == Status.PUBLISHED
    for name, column in (("kind", Entry.kind), ("year", Entry.year), ("organisation", Entry.organisation_id)):
        rows = db.session.execute(select(column, func.count()).where(published).group_by(column))
        shown = {value: count for value, count in counts(page, name).items() if count}
        assert shown == {str(value): count for value, count in rows}, name
    rows = db.session.execute(
        select(EntryCollection.collection_id, func.count()).group_by(EntryCollection.collection_id)
    )
    assert sorted(counts(page, "collection").values()) == sorted(count for _, count in rows)
    assert counts(page, "tag") == {"Licht": 2, "Lärm": 1}


def test_chosen_filters_can_be_taken_off_one_by_one(varied, person):
    page = search(person, q="platz", kind="methode", year="2021")
    chips = re.findall(r'<a class="chip" href="([^"]*)" rel="nofollow"><span>(.*?)</span>', page)
    assert chips == [("/search?q=platz&amp;year=2021", "Methode"), ("/search?q=platz&amp;kind=methode", "2021")]
    assert '<a class="small" href="/search?q=platz">Alle entfernen</a>' in page


def test_odd_choices_fit_nothing_and_are_shown(varied, person):
    page = search(person, q="platz", organisation="abc")
    assert titles(page) == []
    assert "Zu „platz“ gibt es mit dieser Auswahl keinen Eintrag" in page
    assert 'value="abc" checked' in page


def test_sorting_by_year_and_title(varied, person):
    assert titles(search(person, q="platz", sort="title"))[0] == "Platz drei"
    assert set(titles(search(person, q="platz", sort="year"))[:2]) == {"Platz zwei", "Platz drei"}
    assert len(titles(search(person, q="platz", sort="nonsense"))) == 4


def test_filter_whose_removal_helps_most_is_offered(varied, person):
    page = search(person, q="platz", kind="fachartikel", year="2021")
    assert "Filter „Art: Fachartikel“ entfernen" in page
    assert "2 Einträge" in page
    assert "Alle Filter entfernen" in page


def test_page_without_hits_offers_ways_on(make, person):
    make.entry(title="Kiosk")
    page = search(person, q="quastenflosser")
    assert "Zu „quastenflosser“ gibt es noch keinen Eintrag" in page
    assert 'href="/entries/new"' in page
    assert 'href="/collections/bahnhofsviertel"' in page


def test_own_waiting_entries_stand_above_the_hits_for_their_person_only(make, sign_in):
    author, other = make.user(), make.user()
    make.entry(title="Kiosk bei Nacht", status="submitted", contributor=author)
    make.entry(title="Kiosk bei Tag")
    own, foreign = search(sign_in(author), q="kiosk"), search(sign_in(other), q="kiosk")
    assert "Ihre wartenden Einträge" in own
    assert own.index("Kiosk bei Nacht") < own.index("<mark>Kiosk</mark> bei Tag")
    assert "Kiosk bei Nacht" not in foreign
    assert "Ihre wartenden Einträge" not in foreign
    assert "Ihre wartenden Einträge" not in search(sign_in(author), q="tag")


def test_own_waiting_entry_is_found_by_a_word_that_begins_with_an_umlaut(make, sign_in):
    author = make.user()
    make.entry(title="Ärger am Platz", status="submitted", contributor=author)
    assert "Ärger am Platz" in search(sign_in(author), q="ärger")


def test_office_does_not_find_what_waits_or_is_archived(make, sign_in):
    for status in (Status.SUBMITTED, Status.RETURNED, Status.REJECTED, Status.WITHDRAWN, Status.DRAFT):
        make.entry(title=f"Kiosk {status}", status=status)
    assert titles(search(sign_in(make.user(role="editor")), q="kiosk")) == []


@pytest.mark.index_may_differ
@pytest.mark.parametrize("role", ["member", "editor"])
def test_withdrawn_entry_in_a_stale_index_is_not_shown(make, sign_in, role):
    entry = make.entry(title="Kiosk bei Nacht")
    assert indexing.store().search(Wanted("kiosk")).ids == (entry.id,)
    db.session.execute(text("UPDATE entry SET status = 'withdrawn'"))
    db.session.commit()
    assert "Nacht" not in search(sign_in(make.user(role=role)), q="kiosk")


def test_change_is_found_by_the_next_search(make, person):
    entry = make.entry(title="Erster Name")
    assert titles(search(person, q="erster")) == ["Erster Name"]
    with unit_of_work() as session:
        session.get(Entry, entry.id).title = "Zweiter Name"
    assert titles(search(person, q="erster")) == []
    assert titles(search(person, q="zweiter")) == ["Zweiter Name"]


@pytest.mark.parametrize("role", ["member", "editor"])
def test_page_needs_few_queries_however_many_hits(make, sign_in, role):
    author = make.user(role=role)
    browser = sign_in(author)
    make.entry(title="Kiosk")
    make.entry(title="Kiosk", status="submitted", contributor=author)
    search(browser)
    with counted_statements() as few:
        search(browser, q="kiosk")
    for number in range(20):
        make.entry(title=f"Kiosk {number}", tags=(f"T{number}",))
    indexing.bring_up_to_date()
    with counted_statements() as many:
        search(browser, q="kiosk")
    assert len(many) <= 12
    assert len(many) - len(few) <= 2  # the names of collections and organisations are read again after a change


def test_bookmarks_of_others_do_not_show(make, sign_in):
    entry = make.entry(title="Kiosk")
    one, other = sign_in(make.user()), sign_in(make.user())
    one.post(f"/entries/{entry.id}/bookmark", {"saved": "1"})
    assert 'aria-pressed="true" aria-label="Merken: Kiosk"' in search(one, q="kiosk")
    assert 'aria-pressed="false" aria-label="Merken: Kiosk"' in search(other, q="kiosk")


def test_page_speaks_english(make, person):
    make.entry(title="Kiosk", kind="projekt")
    person.post("/preferences/language", {"language": "en", "next": "/search"})
    page = search(person, q="kiosk")
    assert '<html lang="en"' in page
    assert '<h2 lang="de">' in page


def test_identifiers_are_those_of_the_import(make):
    entry, own = make.entry(identifier="b17"), make.entry()
    assert queries.find_identifiers([entry.id, own.id]) == {entry.id: "b17", own.id: ""}
