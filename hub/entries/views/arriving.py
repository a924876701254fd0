"""What another page, a phone or another program hands over with the address of the form. It only fills the form."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hub.core.text import clean_line, clean_text
from hub.entries.forms import is_web_address, web_address
from hub.entries.models import SUMMARY_LENGTH, TITLE_LENGTH, URL_LENGTH

_LINK = re.compile(r"https?://[^\s<>\"]{4,1900}", re.IGNORECASE)


def values_of(handed: Mapping[str, str], collections: Sequence[str]) -> dict[str, Any]:
    """Values for the form from ``url``, ``title``, ``text`` and ``collection``; what is none is left out.

    Phones often put the address into the text.
    """
    text = clean_text(handed.get("text", ""))
    found = _LINK.search(text)
    url = _address(handed.get("url", "")) or _address(found[0].rstrip(".,;:!?)") if found else "")
    summary = clean_text(text.replace(found[0], "")) if found and _address(found[0]) == url else text
    title = clean_line(handed.get("title", ""))[:TITLE_LENGTH]
    values = {
        "url": url,
        "title": "" if title == url else title,
        "summary": "" if summary == title else summary[:SUMMARY_LENGTH],
    }
    slug = handed.get("collection", "")
    return {name: value for name, value in values.items() if value} | {
        "collections": [slug] if slug in collections else []
    }


def _address(text: str) -> str:
    """A web address as the form takes it; empty when it is none."""
    address = web_address(text.strip())
    return address if len(address) <= URL_LENGTH and is_web_address(address) else ""
