"""The picture at the side of an entry, with words for those who do not see it and a way into what it shows."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _

from hub.entries.models import Attachment, Entry, Preview
from hub.entries.queries import page_label

MOST_PAGES = 4
SMALL = 120


class PagePicture(NamedTuple):
    """A further page of the document that was drawn because somebody looked for it."""

    label: str
    url: str
    image: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Face:
    """A picture: where a click on it leads, its own address, its words, its size if known; further pages."""

    url: str
    image: str
    alt: str
    width: int = 0
    height: int = 0
    is_link: bool = False
    pages: tuple[PagePicture, ...] = ()


def face_of(entry: Entry) -> Face | None:
    """The first page of the first file that has a picture, else the picture of the link."""
    for file in entry.files:
        preview = next((preview for preview in file.previews if preview.page == 1 and preview.checksum), None)
        if preview is not None:
            url = url_for("entries.view_file", attachment_id=file.id)
            return replace(_face(preview, url, _words_of(file)), pages=_pages_of(file))
    preview = next((preview for preview in entry.previews if preview.checksum), None)
    if preview is None:
        return None
    alt = _("Vorschaubild der Webseite: %(title)s", title=entry.title)
    return _face(preview, entry.url or url_for("entries.show", entry_id=entry.id), alt, bool(entry.url))


def _face(preview: Preview, url: str, alt: str, is_link: bool = False) -> Face:
    image = url_for("entries.preview", preview_id=preview.id)
    return Face(url, image, alt, preview.width, preview.height, is_link)


def _pages_of(file: Attachment) -> tuple[PagePicture, ...]:
    drawn = [preview for preview in file.previews if preview.page > 1 and preview.checksum]
    return tuple(
        PagePicture(
            page_label(file.extension, preview.page),
            url_for("entries.view_file", attachment_id=file.id, page=preview.page),
            url_for("entries.preview", preview_id=preview.id),
            SMALL,
            round(SMALL * preview.height / preview.width),
        )
        for preview in drawn[:MOST_PAGES]
    )


def _words_of(file: Attachment) -> str:
    if file.extension == "pdf":
        return _("Erste Seite: %(name)s", name=file.name)
    return _("Bild: %(name)s", name=file.name)
