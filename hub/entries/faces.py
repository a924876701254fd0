"""The picture at the side of an entry, with words for those who do not see it and a way into what it shows."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from hub.entries.models import Attachment, Entry, Preview


@dataclass(frozen=True, slots=True)
class Face:
    """A picture: where a click on it leads, its own address, its words, its size if known."""

    url: str
    image: str
    alt: str
    width: int = 0
    height: int = 0
    is_link: bool = False


def face_of(entry: Entry) -> Face | None:
    """The first page of the first file that has a picture, else the picture of the link."""
    for file in entry.files:
        preview = next((preview for preview in file.previews if preview.page == 1 and preview.checksum), None)
        if preview is not None:
            return _face(preview, url_for("entries.view_file", attachment_id=file.id), _words_of(file))
    preview = next((preview for preview in entry.previews if preview.checksum), None)
    if preview is None:
        return None
    alt = _("Vorschaubild der Webseite: %(title)s", title=entry.title)
    return _face(preview, entry.url or url_for("entries.show", entry_id=entry.id), alt, bool(entry.url))


def _face(preview: Preview, url: str, alt: str, is_link: bool = False) -> Face:
    image = url_for("entries.preview", preview_id=preview.id)
    return Face(url, image, alt, preview.width, preview.height, is_link)


def _words_of(file: Attachment) -> str:
    if file.extension == "pdf":
        return _("Erste Seite: %(name)s", name=file.name)
    return _("Bild: %(name)s", name=file.name)
