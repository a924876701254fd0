"""What each kind carries: how it is stored, shown, suggested, searched and imported."""

import json

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.entries.details import DETAILS, GROUPS, clean_details, every_detail, shown_evidence, shown_groups
from hub.entries.models import Entry, Kind
from hub.entries.queries import vocabulary
from hub.entries.service.importing import LineRefused, import_entries
from hub.indexing.wanted import Wanted
from hub.search.queries import find

METHOD = {
    "title": "Streetwork", "url": "https://example.org", "kind": "methode", "collections": ["bahnhofsviertel"],
}  # fmt: skip
NAMES_OF_VERSION_ONE = {
    Kind.DOKUMENT: "document_type edition",
    Kind.METHODE: "aim approach setting target_group",
    Kind.PROJEKT: "acronym full_name runtime_from runtime_to funders programme lead partners member_cities defus_role",
    Kind.FACHARTIKEL: "authors journal doi",
    Kind.MEDIENARTIKEL: "medium author",
}


def test_every_name_belongs_to_one_kind():
    names = [detail.name for _kind, detail in every_detail()]
    assert len(names) == len(set(names))


def test_core_of_a_kind_is_short():
    assert all(len(groups[0].details) <= 6 for groups in GROUPS.values())


def test_names_of_the_first_version_go_on(editor, make):
    for kind, names in NAMES_OF_VERSION_ONE.items():
        assert set(names.split()) <= {detail.name for detail in DETAILS[kind]}
    make.collection()
    line = {
        "id": "m1", "title": "Alt", "kind": "methode", "collection": "bahnhofsviertel", "url": "https://example.org",
        "details": {"aim": "Ruhe", "approach": "Moderiertes Gespräch", "setting": "Kommune", "target_group": "Alle"},
    }  # fmt: skip
    import_entries([json.dumps(line)], create_missing=True)
    kept = {"aim": "Ruhe", "approach": ["Moderiertes Gespräch"], "setting": ["Kommune"], "target_group": ["Alle"]}
    assert db.session.scalars(select(Entry)).one().details == kept


def test_unknown_detail_is_refused_with_its_line(make):
    make.collection()
    good = {"title": "A", "kind": "dokument", "collection": "bahnhofsviertel", "url": "https://example.org"}
    bad = {**good, "kind": "methode", "details": {"effect": "ja", "wirkung": "ja"}}
    with pytest.raises(LineRefused, match="Zeile 2: unbekannte Angaben in details: wirkung"):
        import_entries([json.dumps(good), json.dumps(bad)], create_missing=True)


def test_long_texts_keep_their_lines_and_lists_their_order():
    given = {"effect": "Erste Zeile\n\nZweite", "rating_outcomes": "B\nA\nB\n"}
    assert clean_details(Kind.METHODE, given) == {"effect": "Erste Zeile\n\nZweite", "rating_outcomes": ["B", "A"]}


def test_not_rated_is_what_an_empty_level_means():
    assert clean_details(Kind.METHODE, {"rating_level": "Nicht bewertet"}) is None


def test_method_without_evidence_says_so_instead_of_hiding_it(make, sign_in):
    entry = make.entry(kind="methode")
    page = sign_in(make.user()).get(f"/entries/{entry.id}").get_data(as_text=True)
    assert "Noch nichts erfasst, nicht bewertet." in page


def test_evidence_names_what_is_unknown_and_who_rated(make, sign_in):
    details = {
        "effect": "Weniger Beschwerden", "effort": "hoch", "rating_level": "Effektivität wahrscheinlich",
        "rating_by": "Fachstelle",
        "rating_scale": "Grüne Liste Prävention", "rating_year": "2024", "rating_url": "https://example.org/liste",
    }  # fmt: skip
    entry = make.entry(kind="methode", details=details)
    page = sign_in(make.user()).get(f"/entries/{entry.id}").get_data(as_text=True)
    assert "Weniger Beschwerden" in page and page.count("unbekannt") == 3 and "Aufwand, Kosten und Nutzen" in page
    assert "Effektivität wahrscheinlich" in page and "Grüne Liste Prävention, Fachstelle, 2024" in page
    assert 'href="https://example.org/liste"' in page and "bewertet nicht selbst" in page


def test_link_to_a_rating_is_a_web_address_or_none():
    shown = shown_evidence(Kind.METHODE, {"rating_url": "javascript:alert(1)", "effect": "x"})
    assert shown is not None and shown.url == ""
    assert shown_evidence(Kind.DOKUMENT, {}) is None


def test_groups_show_what_is_there_in_the_order_of_the_form():
    groups = shown_groups(Kind.PROJEKT, {"funders": ["EU"], "acronym": "X", "lead": "Essen"})
    assert [(group.name, group.rows) for group in groups] == [
        ("projekt", [("Kurzname", ["X"])]),
        ("beteiligte", [("Federführung", ["Essen"])]),
        ("foerderung", [("Fördergeber", ["EU"])]),
    ]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"detail_rating_level": "Stufe 2"}, "wer bewertet hat und in welchem Jahr"),
        ({"detail_rating_year": "neulich"}, "mit vier Ziffern"),
        ({"detail_rating_url": "javascript:x"}, "Bitte geben Sie eine Webadresse an"),
        ({"detail_effect": "x" * 3001}, "Bitte kürzen Sie auf 3000 Zeichen."),
    ],
)
def test_form_says_what_a_rating_lacks(make, sign_in, more, message):
    make.collection()
    response = sign_in(make.user()).post("/entries/new", {**METHOD, **more})
    assert response.status_code == 422 and message in response.get_data(as_text=True)


def test_not_rated_needs_nobody_who_rated(make, sign_in):
    make.collection()
    response = sign_in(make.user()).post("/entries/new", {**METHOD, "detail_rating_level": "nicht bewertet"})
    assert response.status_code == 303


def test_fault_in_the_details_of_another_kind_is_no_obstacle(make, sign_in):
    make.collection()
    values = {**METHOD, "kind": "dokument", "detail_rating_year": "neulich", "detail_acronym": "x" * 501}
    assert sign_in(make.user()).post("/entries/new", values).status_code == 303


def test_words_of_every_detail_are_found(make, editor):
    entry = make.entry(kind="methode", details={"mechanism": "Gemeinwesenmediation", "protective_factors": ["Kanzlei"]})
    for word in ("Gemeinwesenmediation", "Kanzlei"):
        assert [row.id for row in find(editor, Wanted(text=word)).rows] == [entry.id]


def test_suggestions_come_from_what_all_members_see(make):
    make.entry(kind="projekt", details={"funders": ["EU", "Bund"], "acronym": "Eins"}, publisher="Stadt Essen")
    make.entry(kind="projekt", details={"funders": ["EU"]})
    make.entry(kind="projekt", details={"funders": ["Geheim"]}, status="submitted", published_at=None)
    _terms, used = vocabulary.find_offers()
    assert used["funders"] == ["EU", "Bund"] and used["acronym"] == ["Eins"] and "Stadt Essen" in used["publisher"]


def test_form_suggests_what_others_entered(make, sign_in):
    make.collection()
    make.entry(kind="projekt", details={"programme": "Städte & Plätze", "funders": ["EU"]})
    page = sign_in(make.user()).get("/entries/new").get_data(as_text=True)
    assert '<option value="Städte &amp; Plätze">' in page and 'list="werte-detail_programme"' in page
    assert 'data-list="werte-detail_funders"' in page
