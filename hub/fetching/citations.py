"""What the registrar of a DOI says of a publication: CSL-JSON, the common form of citation data, as facts of a page."""

import json
from datetime import date
from html import unescape
from typing import Any

import nh3

from hub.core.address import find_doi
from hub.core.text import clean_line
from hub.fetching import languages

TITLE_LENGTH, DESCRIPTION_LENGTH, LINE_LENGTH, MOST_AUTHORS = 300, 1000, 300, 20
KINDS = {
    "article-newspaper": "medienartikel",
    "article-magazine": "medienartikel",
    "broadcast": "medienartikel",
    "dataset": "dokument",
    "webpage": "dokument",
}


def read(content: bytes) -> dict[str, Any] | None:
    """Facts as ``metadata.Facts`` has them; None when it is no such description or names no title."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not (title := _line(told.get("title"), TITLE_LENGTH)):
        return None
    year, day = _issued(told.get("issued"))
    return {
        "title": title,
        "description": _abstract(told.get("abstract")),
        "publisher": _line(told.get("publisher")),
        "journal": _line(told.get("container-title")),
        "authors": _names(told.get("author") or told.get("editor")),
        "year": year,
        "published_on": day,
        "language": languages.known(_line(told.get("language"))) or "",
        "kind": KINDS.get(_line(told.get("type")), "fachartikel"),
        "doi": find_doi(_line(told.get("DOI"))) or "",
        "volume": _line(told.get("volume")),
        "issue": _line(told.get("issue")),
        "pages": _line(told.get("page")).replace("-", "–"),
        "isbn": _line(told.get("ISBN")) or _line(told.get("ISSN")),
        "image": "",
    }


def _line(value: object, most: int = LINE_LENGTH) -> str:
    """A text or number, the first one of a list, without markup."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return _plain(str(value))[:most] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _plain(text: str) -> str:
    return clean_line(unescape(nh3.clean(text[:20_000], tags=set())))


def _abstract(value: object) -> str:
    text = _line(value, DESCRIPTION_LENGTH + 10)
    return text.removeprefix("Abstract").strip()[:DESCRIPTION_LENGTH]


def _names(people: object) -> list[str]:
    found = []
    for person in people if isinstance(people, list) else ():
        if isinstance(person, dict):
            parts = [_line(person.get(part)) for part in ("given", "non-dropping-particle", "family")]
            found.append(" ".join(filter(None, parts)) or _line(person.get("literal")) or _line(person.get("name")))
    return [name for name in found if name][:MOST_AUTHORS]


def _issued(issued: object) -> tuple[int | None, str]:
    """Year, and the ISO day where it is known to the day."""
    parts = issued.get("date-parts") if isinstance(issued, dict) else None
    numbers = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    try:
        whole = [int(number) for number in numbers[:3]]
        day = date(*whole).isoformat() if len(whole) == 3 else ""
    except (TypeError, ValueError, OverflowError):
        return None, ""
    return (whole[0], day) if whole and 1800 <= whole[0] <= 2100 else (None, "")
