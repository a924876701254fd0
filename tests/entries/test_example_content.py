"""The example content is data of the product: complete, consistent and honest before any database sees it."""

import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

HUB = Path(__file__).resolve().parents[2] / "hub"
KINDS = {"dokument", "methode", "projekt", "fachartikel", "medienartikel"}
REQUIRED = {
    "id",
    "title",
    "summary",
    "tags",
    "kind",
    "collections",
    "section",
    "organisation",
    "language",
    "text",
    "note",
}
ALLOWED = REQUIRED | {"publisher", "year", "coverage", "url", "details"}
DETAILS = {
    "projekt": {
        "acronym",
        "full_name",
        "runtime_from",
        "runtime_to",
        "funders",
        "programme",
        "lead",
        "partners",
        "member_cities",
        "defus_role",
    },
    "fachartikel": {"authors"},
    "medienartikel": {"medium"},
    "dokument": {"document_type"},
    "methode": {"aim", "approach", "setting"},
}
LIST_DETAILS = {"funders", "partners", "member_cities", "authors"}
LANGUAGES = {"de", "en", "fr", "es"}
COVERAGES = {"kommunal", "land", "bund", "eu", "international"}
LINKS_IN_THE_SOURCES = {"https://www.defus.de", "https://pufii.de"}
NAMED_PROJECTS = {
    "SDY",
    "SiBa",
    "LIAISE 2",
    "Pufii",
    "PanReflex",
    "Secu4All",
    "LegiNot",
    "Plan#B",
    "Climate Change & Community Safety",
}
COLOURS = {"c-klima", "c-bahnhof", "c-konflikt", "c-plaetze", "c-nacht", "c-schutz", "c-hass", "c-bau"}


def read_toml(path: str) -> dict[str, Any]:
    """A data file of a room."""
    return tomllib.loads((HUB / path).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def entries() -> list[dict[str, Any]]:
    """All example entries as the import reads them."""
    lines = (HUB / "entries/data/examples.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def sections() -> dict[str, list[str]]:
    """Section titles by collection slug."""
    return {one["slug"]: one["sections"] for one in read_toml("collections/data/collections.toml")["collections"]}


@pytest.fixture(scope="module")
def organisations() -> list[dict[str, Any]]:
    """The members and the office."""
    return read_toml("accounts/data/organisations.toml")["organisations"]


def visible_text(entry: dict[str, Any]) -> str:
    """Everything of an entry that a reader may see, as one text."""
    return json.dumps(entry, ensure_ascii=False)


def test_there_are_eight_collections_with_introduction_icon_colour_and_sections() -> None:
    collections = read_toml("collections/data/collections.toml")["collections"]
    assert len({one["slug"] for one in collections}) == len(collections) == 8
    assert {one["colour"] for one in collections} == COLOURS
    for one in collections:
        assert set(one) == {"slug", "title", "introduction", "icon", "colour", "sections"}
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", one["slug"])
        assert one["introduction"].count(".") == 2, one["slug"]
        assert len(set(one["sections"])) == len(one["sections"]) == 5


def test_there_are_sixteen_cities_two_bodies_and_one_office(organisations: list[dict[str, Any]]) -> None:
    assert Counter(one["kind"] for one in organisations) == {"city": 16, "body": 2, "office": 1}
    assert len({one["name"] for one in organisations}) == len(organisations)


def test_every_city_lies_in_germany_and_only_cities_have_a_place(organisations: list[dict[str, Any]]) -> None:
    for one in organisations:
        if one["kind"] != "city":
            assert set(one) == {"name", "label", "kind"}
            continue
        assert one["label"] == f"Stadt {one['name']}"
        assert 5.8 < one["longitude"] < 15.1, one["name"]
        assert 47.2 < one["latitude"] < 55.1, one["name"]


def test_every_entry_has_the_required_and_only_allowed_fields(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        assert set(entry) >= REQUIRED, entry["id"]
        assert set(entry) <= ALLOWED, entry["id"]
        for name in REQUIRED | (set(entry) & {"publisher", "coverage", "url"}):
            assert entry[name], f"{entry['id']}: {name} is empty"


def test_details_fit_the_kind(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        details = entry.get("details", {})
        assert set(details) <= DETAILS[entry["kind"]], entry["id"]
        for name, value in details.items():
            assert isinstance(value, list if name in LIST_DETAILS else str), f"{entry['id']}: {name}"
            assert value, f"{entry['id']}: {name} is empty"


def test_runtimes_are_a_year_or_a_month_and_a_year(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        for name in ("runtime_from", "runtime_to"):
            value = entry.get("details", {}).get(name, "2000")
            assert re.fullmatch(r"(?:(?:0[1-9]|1[0-2])/)?20\d\d", value), entry["id"]


def test_codes_come_from_the_fixed_lists(entries: list[dict[str, Any]]) -> None:
    assert {entry["kind"] for entry in entries} == KINDS
    assert {entry["language"] for entry in entries} <= LANGUAGES
    assert {entry["coverage"] for entry in entries if "coverage" in entry} <= COVERAGES
    assert all(2010 <= entry["year"] <= 2026 for entry in entries if "year" in entry)


def test_collections_sections_and_organisations_exist(
    entries: list[dict[str, Any]], sections: dict[str, list[str]], organisations: list[dict[str, Any]]
) -> None:
    names = {one["name"] for one in organisations}
    for entry in entries:
        assert set(entry["collections"]) <= set(sections), entry["id"]
        assert len(set(entry["collections"])) == len(entry["collections"]), entry["id"]
        assert entry["section"] in sections[entry["collections"][0]], entry["id"]
        assert entry["organisation"] in names, entry["id"]


def test_ids_and_titles_are_unique(entries: list[dict[str, Any]]) -> None:
    assert len({entry["id"] for entry in entries}) == len(entries)
    assert len({entry["title"].casefold() for entry in entries}) == len(entries)
    assert all(re.fullmatch(r"ex-[a-z0-9]+(-[a-z0-9]+)*", entry["id"]) for entry in entries)


def test_entries_spread_over_all_collections_and_kinds(
    entries: list[dict[str, Any]], sections: dict[str, list[str]]
) -> None:
    assert len(entries) >= 70
    by_collection = Counter(slug for entry in entries for slug in entry["collections"])
    assert all(by_collection[slug] >= 6 for slug in sections), by_collection
    by_kind = Counter(entry["kind"] for entry in entries)
    assert all(by_kind[kind] >= 7 for kind in KINDS), by_kind


def test_all_projects_of_the_sources_have_an_entry(entries: list[dict[str, Any]]) -> None:
    acronyms = {entry.get("details", {}).get("acronym") for entry in entries if entry["kind"] == "projekt"}
    assert acronyms >= NAMED_PROJECTS


def test_tags_are_two_to_six_and_spelled_one_way(entries: list[dict[str, Any]]) -> None:
    tags = {tag for entry in entries for tag in entry["tags"]}
    assert len({tag.casefold() for tag in tags}) == len(tags)
    for entry in entries:
        assert 2 <= len(entry["tags"]) <= 6, entry["id"]
        assert len(set(entry["tags"])) == len(entry["tags"]), entry["id"]


def test_texts_have_a_readable_length(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        assert len(entry["title"]) <= 120, entry["id"]
        assert 40 <= len(entry["summary"]) <= 400, entry["id"]
        assert 40 <= len(entry["text"]) <= 3000, entry["id"]
        assert 20 <= len(entry["note"]) <= 300, entry["id"]


def test_only_links_of_the_sources_are_used(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        assert entry.get("url", "https://pufii.de") in LINKS_IN_THE_SOURCES, entry["id"]
        without_link = {name: value for name, value in entry.items() if name != "url"}
        assert not re.search(r"https?://|www\.|\]\(", visible_text(without_link)), entry["id"]


def test_no_person_is_named_or_addressed(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        assert "@" not in visible_text(entry), entry["id"]
        assert not re.search(r"\b(?:Prof\.|Dr\.|Herr|Frau) ", visible_text(entry)), entry["id"]


def test_the_language_of_the_house_is_kept(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        assert "!" not in visible_text(entry), entry["id"]
        assert not re.search(r"\b(?:leider|ungültig)", visible_text(entry), re.IGNORECASE), entry["id"]


def test_texts_use_only_the_markdown_that_the_hub_shows(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        assert not re.search(r"^\s*(?:\||#|<|!\[)", entry["text"], re.MULTILINE), entry["id"]
