"""Reading a reference in RIS, as libraries and journals hand it out, into fields of the form."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from flask_babel import gettext as _

from hub.core.address import find_doi
from hub.core.errors import Refused
from hub.core.text import clean_line, clean_text
from hub.entries.models import LANGUAGE_LABELS, LINE_LENGTH, SUMMARY_LENGTH, TITLE_LENGTH, Kind

MOST_BYTES, MOST_LINES, MOST_AUTHORS, MOST_TAGS, TAG_LENGTH = 100_000, 3000, 60, 20, 80
KINDS = {
    "NEWS": Kind.MEDIENARTIKEL, "MGZN": Kind.MEDIENARTIKEL,
    "ELEC": Kind.DOKUMENT, "BLOG": Kind.DOKUMENT, "VIDEO": Kind.DOKUMENT,
}  # fmt: skip
LANGUAGES = {
    "ger": "de", "deu": "de", "deutsch": "de", "german": "de", "eng": "en", "english": "en", "englisch": "en",
    "fra": "fr", "fre": "fr", "french": "fr", "spa": "es", "ita": "it", "nld": "nl", "dut": "nl", "pol": "pl",
}  # fmt: skip
_TAG = re.compile(r"^([A-Z][A-Z0-9])\s{0,4}-(?:\s+|$)")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d|2100)(?!\d)")


class Reference(NamedTuple):
    """Values by field of the form, and how many references the text holds; the first one is read."""

    values: dict[str, str]
    number: int


def decode(content: bytes) -> str:
    """The text of a RIS file: UTF-8, else what Windows programs write. Raises Refused when it is too long."""
    if len(content) > MOST_BYTES:
        raise Refused(_("Die RIS-Datei ist zu groß. Bitte nehmen Sie eine mit einem einzigen Nachweis."))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def read(text: str) -> Reference:
    """The first reference of a text; raises Refused with a sentence when there is none."""
    import rispy

    if len(text) > MOST_BYTES:
        raise Refused(_("Der RIS-Text ist zu lang. Bitte fügen Sie einen einzigen Nachweis ein."))
    lines = [*_tidied(text), "ER  - "]
    found = rispy.loads("\n".join(lines), skip_unknown_tags=True) if len(lines) <= MOST_LINES else []
    values = _values(found[0]) if found else {}
    if not values.get("title"):
        raise Refused(
            _("Das ist kein Nachweis in RIS. Er beginnt mit „TY  - “ und nennt mit „TI  - “ oder „T1  - “ den Titel.")
        )
    return Reference(values, sum(1 for one in found if len(one) > 1))


def _tidied(text: str) -> Iterator[str]:
    """Lines with their mark in the one spelling that the parser knows."""
    for line in clean_text(text).splitlines():
        marked = _TAG.match(line.lstrip())
        yield f"{marked[1]}  - {line.lstrip()[marked.end() :]}" if marked else line


def _values(told: dict[str, Any]) -> dict[str, str]:
    """By field; empty ones are left out."""
    doi = find_doi(_first(told, "doi")) or next(filter(None, map(find_doi, _list(told, "urls"))), "")
    urls = [url for url in map(clean_line, _list(told, "urls")) if url.startswith(("https://", "http://"))]
    authors = _list(told, "authors", "first_authors") or _list(told, "secondary_authors")
    journal = _first(told, "journal_name", "alternate_title3", "secondary_title", "alternate_title2", "publisher")
    year = _YEAR.search(" ".join(_list(told, "year", "publication_year", "date")))
    language = _first(told, "language").lower()
    kind = KINDS.get(_first(told, "type_of_reference").upper(), Kind.FACHARTIKEL)
    values = {
        "url": (urls or [f"https://doi.org/{doi}" if doi else ""])[0],
        "title": _first(told, "title", "primary_title", "translated_title")[:TITLE_LENGTH],
        "summary": clean_text(_first(told, "abstract", "notes_abstract"))[:SUMMARY_LENGTH],
        "publisher": _first(told, "publisher")[:LINE_LENGTH],
        "year": year[0] if year else "",
        "language": LANGUAGES.get(language, language[:2]),
        "kind": kind.value,
        "tags": _joined(_list(told, "keywords")),
        "detail_authors": "\n".join(map(_in_order, authors[:MOST_AUTHORS])),
        "detail_author": ", ".join(map(_in_order, authors[:MOST_AUTHORS])),
        "detail_journal": journal,
        "detail_medium": journal,
        "detail_volume": _first(told, "volume"),
        "detail_issue": _first(told, "number"),
        "detail_pages": "–".join(dict.fromkeys(filter(None, (_first(told, "start_page"), _first(told, "end_page"))))),
        "detail_isbn": _first(told, "issn"),
        "detail_doi": doi,
    }
    if values["language"] not in LANGUAGE_LABELS:
        del values["language"]
    return {name: value[:LINE_LENGTH] if name.startswith("detail_") and "author" not in name else value
            for name, value in values.items() if value}  # fmt: skip


def _list(told: dict[str, Any], *names: str) -> list[str]:
    """All values of the first of these names that says something."""
    for name in names:
        value = told.get(name) or []
        values = [clean_line(str(one)) for one in (value if isinstance(value, list) else [value])]
        if any(values):
            return [one for one in values if one]
    return []


def _first(told: dict[str, Any], *names: str) -> str:
    return next(iter(_list(told, *names)), "")


def _in_order(name: str) -> str:
    """ "Surname, First name" as it is spoken."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() and "," not in first else name


def _joined(keywords: Iterable[str]) -> str:
    """Keywords as the form takes them, separators and overlong ones taken care of."""
    names = (re.sub(r"[,;\s]+", " ", word).strip() for word in keywords)
    return ", ".join(list(dict.fromkeys(name for name in names if 0 < len(name) <= TAG_LENGTH))[:MOST_TAGS])
