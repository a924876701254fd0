"""Reading schema.org statements in JSON-LD, in the many shapes sites write them; nothing in them is trusted."""

from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from hub.core.text import clean_line


def nodes(found: Any) -> Iterator[dict[str, Any]]:
    """Every thing of a JSON-LD block, also inside lists and graphs."""
    if isinstance(found, list):
        for one in found:
            yield from nodes(one)
    elif isinstance(found, dict):
        yield found
        for name in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item"):
            if isinstance(found.get(name), dict | list):
                yield from nodes(found[name])


def types_of(thing: dict[str, Any]) -> set[str]:
    """The types of a thing, lower case, without the address of the vocabulary."""
    return {str(one).rsplit("/", 1)[-1].lower() for one in listed(thing.get("@type"))}


def listed(value: Any) -> list[Any]:
    """One value or several as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def words_of(value: Any) -> str:
    """The text of the first value."""
    first = next(iter(listed(value)), None)
    if isinstance(first, dict):
        first = first.get("@value") or first.get("name")
    return clean_line(plain(first)) if isinstance(first, str) else str(first) if isinstance(first, int) else ""


def plain(value: str) -> str:
    """The words of a value in which a site has left entities or tags."""
    if "<" not in value and "&" not in value:
        return value
    try:
        return str(html.fragment_fromstring(value, create_parent="div").text_content())
    except (etree.LxmlError, ValueError, AssertionError):
        return value


def name_of(value: Any) -> str:
    """The name of a person or organisation, given as such or as plain text."""
    first = next(iter(listed(value)), None)
    if isinstance(first, dict):
        return words_of(first.get("name"))
    return words_of(first) if isinstance(first, str) and not first.startswith("http") else ""


def address_of(value: Any) -> str:
    """The address of a picture, given as such or as a thing."""
    first = next(iter(listed(value)), None)
    if isinstance(first, dict):
        first = first.get("url") or first.get("contentUrl")
    return first if isinstance(first, str) else ""
