"""Entries as the components of ``components/ui.html`` show them: finished words and addresses, nothing to look up."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import get_locale

from hub.entries.queries import Row
from hub.web.filters import file_size, host

SHORT = 240
_NUMBER = 900000009


@dataclass(slots=True)
class Card:
    """The shape that ``ui.entry_card`` and ``ui.entry_row`` take; ``lang`` where the page has another language."""

    id: int
    url: str
    title: str
    kind: str
    summary: str
    organisation: str
    year: int | None
    format: str
    section: str
    collection: str
    colour: str
    bookmark_url: str
    is_saved: bool
    is_new: bool
    is_outdated: bool = False
    lang: str = ""
    image: str = ""
    is_pinned: bool = False


def cards_of(
    rows: Iterable[Row], saved: Collection[int], since: datetime | None = None, collection: str = ""
) -> list[Card]:
    """Cards for rows: ``saved`` numbers are on the Merkliste, published after ``since`` is new.

    ``collection`` is the address of the collection on whose page they stand; else the one they were filed in first.
    """
    addresses = Addresses()
    locale = str(get_locale())
    return [_card(row, addresses, row.id in saved, since, collection, locale) for row in rows]


def _card(
    row: Row, addresses: "Addresses", is_saved: bool, since: datetime | None, collection: str, locale: str
) -> Card:
    place = next((place for place in row.places if place.slug == collection), row.places[0] if row.places else None)
    return Card(
        id=row.id,
        url=addresses.show % row.id,
        title=row.title,
        kind=row.kind,
        summary=shortened(row.summary),
        organisation=row.organisation,
        year=row.year,
        format=format_of(row),
        section=(place.section or "") if place else "",
        collection=place.title if place else "",
        colour=place.colour if place else "",
        bookmark_url=addresses.keep % row.id,
        is_saved=is_saved,
        is_new=since is not None and row.published_at is not None and row.published_at > since,
        is_outdated=row.outdated_at is not None,
        lang=row.language if row.language != locale else "",
        image=addresses.picture % row.preview_id if row.preview_id else "",
        is_pinned=place is not None and place.is_pinned and place.slug == collection,
    )


def format_of(row: Row) -> str:
    """What one gets: type and size of the first file, else the host of the link."""
    if row.file_type:
        size = f", {file_size(row.file_size)}" if row.file_size else ""
        more = f" +{row.file_count - 1}" if row.file_count > 1 else ""
        return f"{row.file_type.upper()}{size}{more}"
    return host(row.url) if row.url else ""


def shortened(text: str, length: int = SHORT) -> str:
    """The beginning of a text, cut between words."""
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0].rstrip(" ,;:.–") + " …"


class Addresses:
    """Addresses with %d for the number: building them one by one takes longer than the rest of a card."""

    def __init__(self) -> None:
        self.show = url_for("entries.show", entry_id=_NUMBER).replace(str(_NUMBER), "%d")
        self.keep = url_for("entries.bookmark", entry_id=_NUMBER).replace(str(_NUMBER), "%d")
        self.picture = url_for("entries.preview", preview_id=_NUMBER).replace(str(_NUMBER), "%d")
