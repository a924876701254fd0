"""The texts that the office edits later must be complete, safe and well built from the first start."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "hub" / "pages" / "data"
NAMES = ("hilfe", "barrierefreiheit", "datenschutz", "impressum", "nutzungsbedingungen")
FILES = sorted(f"{name}.{language}.md" for name in NAMES for language in ("de", "en"))
OFFICE_ADDRESS = "defus@defus.de"
ALLOWED_LINKS = {f"mailto:{OFFICE_ADDRESS}", "https://www.defus.de", "/account/data", "/privacy/periods"}


def read(file_name: str) -> str:
    """One text as it is delivered."""
    return (DATA / file_name).read_text(encoding="utf-8")


def headings(text: str) -> list[int]:
    """The heading levels in order."""
    return [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]


def count_points(text: str) -> int:
    """How many list points a text has."""
    return len(re.findall(r"^(?:-|\d\.) ", text, re.MULTILINE))


def test_every_page_exists_in_both_languages_and_nothing_else() -> None:
    assert sorted(path.name for path in DATA.glob("*.md")) == FILES


@pytest.mark.parametrize("file_name", FILES)
def test_headings_start_at_two_and_skip_no_level(file_name: str) -> None:
    levels = headings(read(file_name))
    assert levels[0] == 2
    assert min(levels) == 2
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_build(name: str) -> None:
    german, english = read(f"{name}.de.md"), read(f"{name}.en.md")
    assert headings(german) == headings(english)
    assert count_points(german) == count_points(english)


@pytest.mark.parametrize("file_name", FILES)
def test_only_the_two_placeholders_are_used(file_name: str) -> None:
    text = read(file_name)
    assert set(re.findall(r"\{\{(.*?)\}\}", text)) == {"title", "operator"}
    assert text.count("{") == text.count("}") == 2 * len(re.findall(r"\{\{\w+\}\}", text))


@pytest.mark.parametrize("file_name", FILES)
def test_links_and_addresses_are_those_of_the_office(file_name: str) -> None:
    text = read(file_name)
    assert set(re.findall(r"\]\((.*?)\)", text)) <= ALLOWED_LINKS
    assert set(re.findall(r"https?://[^\s)]+", text)) <= ALLOWED_LINKS
    assert set(re.findall(r"[\w.+-]+@[\w-]+\.\w+", text)) <= {OFFICE_ADDRESS}


@pytest.mark.parametrize("file_name", FILES)
def test_texts_use_only_the_markdown_that_the_hub_shows(file_name: str) -> None:
    assert not re.search(r"^\s*(?:\||!\[)|<\w", read(file_name), re.MULTILINE)


@pytest.mark.parametrize("file_name", FILES)
def test_the_language_of_the_house_is_kept(file_name: str) -> None:
    assert "!" not in read(file_name)
    assert not re.search(r"\b(?:leider|ungültig)", read(file_name), re.IGNORECASE)


@pytest.mark.parametrize("file_name", [name for name in FILES if name.startswith("impressum")])
def test_the_imprint_names_operator_address_and_contact_but_no_person(file_name: str) -> None:
    text = read(file_name)
    for part in ("{{operator}}", "Kurt-Schumacher-Straße 29", "30159 Hannover", "0511-36739420", OFFICE_ADDRESS):
        assert part in text
    assert not re.search(r"\b(?:Prof\.|Dr\.|Herr|Frau|Mr|Ms) ", text)


@pytest.mark.parametrize(
    ("file_name", "words"),
    [
        ("hilfe.de.md", ["Anmelden", "Merkliste", "„/“", '"schwierige Plätze"', "-video", "Umlaute", "Zurückgegeben"]),
        ("barrierefreiheit.de.md", ["BITV 2.0", "2.2", "axe-core", "Bildschirmlese", "Durchsetzungs"]),
        ("datenschutz.de.md", ["Cookies", "12 Stunden", "30 Tage", "Protokoll", "Auskunft", "beschweren"]),
    ],
)
def test_pages_say_what_readers_look_for(file_name: str, words: list[str]) -> None:
    for word in words:
        assert word in read(file_name), word
