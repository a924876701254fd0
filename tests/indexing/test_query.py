"""The query language does what the help page says."""

from datetime import UTC, datetime

import pytest

from hub.indexing import planning
from hub.indexing.document import Document, Removal
from hub.indexing.thesaurus import Concept, Thesaurus
from hub.indexing.wanted import Wanted

SHELF = [
    Document(id=1, title="Brunnen im Park", tags=("Wasser", "Grünanlage"), organisation="Stadt Essen",
             organisation_id=1, kind="methode", year=2019, collections=("parks",),
             collection_titles=("Leben in Parks",)),
    Document(id=2, title="Brunnen am Markt", summary="Der alte Markt bekommt Wasser", organisation="Stadt Köln",
             kind="projekt", year=2021, collections=("plaetze",)),
    Document(id=3, title="Bäume am Markt", summary="Schatten statt Brunnen", kind="projekt", year=2023, language="en",
             body="A fountain gives water to the people of the old town."),
    Document(id=4, title="Müll", summary="Der Markt wird gekehrt", kind="dokument", year=2022, language="de",
             published_at=datetime(2024, 5, 1, tzinfo=UTC)),
]  # fmt: skip


@pytest.fixture
def shelf(store):
    store.apply(SHELF, marker=1)
    return store


def _ids(shelf, text, **wishes):
    return list(shelf.search(Wanted(text, **wishes)).ids)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Brunnen -Park ", {2, 3}),
        ("Brunnen ohne Park ", {2, 3}),
        ("Brunnen NICHT Park ", {2, 3}),
        ("Park ODER Müll ", {1, 4}),
        ("Park OR Müll ", {1, 4}),
        ('"alte Markt"', {2}),
        ('"Markt alte"', set()),
        ("titel:Markt", {2, 3}),
        ("tag:Wasser", {1}),
        ("tag:Grünanlage", {1}),
        ("stadt:Köln", {2}),
        ("jahr:2019-2021", {1, 2}),
        ("jahr:2022-", {3, 4}),
        ("jahr:2023", {3}),
        ("art:projekt", {2, 3}),
        ("art:Projekte Markt", {2, 3}),
        ("sammlung:parks", {1}),
        ("sprache:englisch", {3}),
        ("Brunnen stadt:Essen", {1}),
        ("stadt:Nirgendwo", set()),
        ("fountain ", {3}),
        ("fountains ", {3}),
        ("Brun", {1, 2, 3}),
        ("Brun*", {1, 2, 3}),
        ("-Markt", {1}),
        ("der die das", set()),
        ("", {1, 2, 3, 4}),
    ],
)
def test_finds_exactly(shelf, text, ids):
    assert set(_ids(shelf, text)) == ids


def test_entries_with_all_words_stand_before_those_with_one(shelf):
    found = shelf.search(Wanted("Brunnen Markt "))
    assert set(found.ids[:2]) == {2, 3}
    assert 1 in found.ids
    assert found.loosened


def test_search_that_is_met_in_full_is_not_called_loosened(shelf):
    assert not shelf.search(Wanted("Müll ")).loosened


def test_title_counts_more_than_summary(shelf):
    assert _ids(shelf, "Brunnen ")[-1] == 3


def test_slip_is_mended_and_said(shelf):
    found = shelf.search(Wanted("Brunenn "))
    assert set(found.ids) == {1, 2, 3}
    assert found.corrected == "brunnen "
    exact = shelf.search(Wanted("Brunenn ", exact=True))
    assert (exact.ids, exact.corrected) == ((), None)


@pytest.mark.parametrize("typed", ["Grünanlgae", "Grünanlge", "Grünanlaga"])
def test_one_slip_is_mended(shelf, typed):
    assert shelf.search(Wanted(f"{typed} ")).corrected == "gruenanlage "


@pytest.mark.parametrize("typed", ["Grünanlgea", "Grünalnaeg", "Rgünanlage", "Brnunem"])
def test_t41_two_slips_and_one_at_the_beginning_are_not_guessed(shelf, typed):
    assert shelf.search(Wanted(f"{typed} ")).corrected is None


def test_t41_two_words_of_a_search_are_mended_at_most(shelf):
    assert shelf.search(Wanted("Brunenn Wassre Schattne ")).corrected == "brunnen wasser Schattne "


def test_word_without_anything_near_finds_nothing(shelf):
    assert _ids(shelf, "Quantenchromodynamik ") == []


def test_thesaurus_widens_at_once_and_can_be_switched_off(shelf):
    assert _ids(shelf, "Abfall ") == []
    shelf.use_thesaurus(Thesaurus.of([Concept("abfall", {"de": ("Abfall", "Müll"), "en": ("litter",)})]))
    found = shelf.search(Wanted("Abfall "))
    assert found.ids == (4,)
    assert found.also_searched == ("Müll",)
    assert _ids(shelf, "litter ") == [4]
    assert _ids(shelf, "Abfall ", synonyms=False) == []


def test_name_with_ohne_is_a_name_and_excludes_nothing(shelf):
    shelf.use_thesaurus(Thesaurus.of([Concept("schatten", {"de": ("Platz ohne Bäume", "Markt")})]))
    assert set(_ids(shelf, "Platz ohne Bäume ")) >= {2, 3, 4}


def test_what_was_typed_stands_before_its_synonyms(shelf):
    shelf.use_thesaurus(Thesaurus.of([Concept("wasser", {"de": ("Wasserstelle", "Brunnen")})]))
    shelf.apply([Document(id=9, title="Wasserstelle am Dom")], marker=2)
    assert _ids(shelf, "Wasserstelle ")[0] == 9


def test_outdated_entry_stands_lower_and_checked_one_higher(store):
    store.apply(
        [Document(id=1, title="Licht", outdated=True), Document(id=2, title="Licht"),
         Document(id=3, title="Licht", reviewed=True)],
        marker=1,
    )  # fmt: skip
    assert _ids(store, "Licht ") == [3, 2, 1]


def test_explanation_names_words_ways_and_state(shelf):
    explained = shelf.explain(Wanted("Brunnen Markt "), 2)
    assert [reason.label for reason in explained.reasons] == ["Brunnen", "Markt"]
    assert all(reason.degree > 0 and reason.ways for reason in explained.reasons)
    found = shelf.search(Wanted("Brunnen Markt "))
    assert explained.score == pytest.approx(found.scores[found.ids.index(2)], abs=0.01)
    assert shelf.explain(Wanted("Brunnen -Markt"), 2).barred
    assert shelf.explain(Wanted("Brunnen"), 999) is None


def test_similar_entries_share_telling_words(shelf):
    assert shelf.similar(2, 5)[0] in (1, 3)
    assert 2 not in shelf.similar(2, 5)
    assert shelf.similar(999, 5) == []


def test_phrase_of_words_that_are_too_common_is_said(shelf, monkeypatch):
    assert shelf.search(Wanted('"Brunnen am Markt"')).left_out == ()
    monkeypatch.setattr(planning, "MOST_PHRASE", 1)
    assert shelf.search(Wanted('"Brunnen am Markt"')).left_out == ("common_phrase",)
    assert shelf.search(Wanted('"Brunnen am Müll"')).left_out == ()
    assert shelf.search(Wanted("Brunnen am Markt")).left_out == ()


def test_suggestions_are_words_as_written_and_titles(shelf):
    suggested = shelf.suggest("bru", 5, 5)
    assert suggested.words == (("Brunnen", 3),)
    assert {id_ for id_, _ in suggested.titles} == {1, 2}
    assert shelf.suggest("brunnen am m", 5, 5).titles == ((2, "Brunnen am Markt"),)
    assert shelf.suggest("b", 5).words == ()
    assert shelf.suggest("", 5).words == ()


def test_the_most_frequent_words_are_offered_however_many_begin_alike(store):
    rare = [Document(id=number, title=f"Bra{number:03}wort") for number in range(1, 400)]
    frequent = [Document(id=number, title=f"Brunnen {number}") for number in range(400, 405)]
    store.apply([*rare, *frequent], marker=1)
    assert store.suggest("br", 1, 1).words == (("Brunnen", 5),)


def test_offered_words_are_counted_where_they_stand_together(shelf):
    assert shelf.suggest("brunnen ma", 3, 0).words == (("brunnen Markt", 2),)
    shelf.apply([Removal(2)], marker=2)
    assert shelf.suggest("brunnen ma", 3, 0).words == (("brunnen Markt", 1),)
    shelf.apply([Removal(3)], marker=3)
    assert shelf.suggest("brunnen ma", 3, 0).words == ()
