"""The text of files, for reading it and for knowing where it is missing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from hub.accounts.models import Organisation
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.permissions import Permission
from hub.entries.models import WITHOUT_TEXT, Attachment, DocumentPage, DocumentText, Entry
from hub.entries.queries.reading import LARGEST_ID
from hub.entries.queries.visibility import visible_to

PAGES_AT_ONCE = 50
_UNITS = {"pdf": _l("Seite"), "pptx": _l("Folie"), "odp": _l("Folie")}
_PORTION = _l("Abschnitt")


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file to look at with what is known of its text (if it has one), and the entry it belongs to."""

    file: Attachment
    known: DocumentText | None
    entry_id: int
    entry_title: str
    entry_language: str

    @property
    def text(self) -> DocumentText:
        """What is known of its text, where there is one."""
        if self.known is None:
            raise Missing
        return self.known


def page_label(extension: str, number: int) -> str:
    """What a page of such a file is called; only some kinds have pages of their own."""
    return f"{_UNITS.get(extension, _PORTION)} {number}"


def get_shown_file(actor: Actor, attachment_id: int) -> ShownFile:
    """A file of an entry the actor may see; raises Missing."""
    row = None
    if 0 < attachment_id <= LARGEST_ID:
        row = db.session.execute(
            select(Attachment, DocumentText, Entry.id, Entry.title, Entry.language)
            .outerjoin(DocumentText, DocumentText.attachment_id == Attachment.id)
            .join(Entry, Entry.id == Attachment.entry_id)
            .where(Attachment.id == attachment_id, visible_to(actor))
        ).one_or_none()
    if row is None:
        raise Missing
    return ShownFile(*row)


def get_document(actor: Actor, attachment_id: int) -> ShownFile:
    """A file with a text (or the hope of one) of an entry the actor may see; raises Missing."""
    shown = get_shown_file(actor, attachment_id)
    if shown.known is None:
        raise Missing
    return shown


def find_document_pages(document: ShownFile, part: int) -> list[tuple[int, str]]:
    """Numbers and texts of the pages of one part, 50 pages each; empty pages are left out."""
    first = (part - 1) * PAGES_AT_ONCE
    rows = db.session.execute(
        select(DocumentPage.number, DocumentPage.text)
        .where(DocumentPage.attachment_id == document.file.id)
        .where(DocumentPage.number > first, DocumentPage.number <= first + PAGES_AT_ONCE)
        .order_by(DocumentPage.number)
    )
    return [(number, text) for number, text in rows]


def count_without_text(actor: Actor) -> int:
    """How many files of entries the actor may see the search cannot look into."""
    require(actor.may(Permission.ENTRY_REVIEW))
    return db.session.scalar(_without_text(actor, func.count())) or 0


@dataclass(frozen=True, slots=True)
class Textless:
    """A file the search cannot look into, why, and its entry."""

    file_id: int
    name: str
    extension: str
    size: int
    reason: str
    read_at: datetime | None
    entry_id: int
    entry_title: str
    organisation: str


def find_without_text(actor: Actor, offset: int, limit: int) -> list[Textless]:
    """The files of entries that the search cannot look into, latest first."""
    require(actor.may(Permission.ENTRY_REVIEW))
    columns = (
        Attachment.id, Attachment.name, Attachment.extension, Attachment.size, DocumentText.reason,
        DocumentText.read_at, Entry.id, Entry.title, Organisation.label,
    )  # fmt: skip
    found = _without_text(actor, *columns).join(Organisation, Organisation.id == Entry.organisation_id)
    return [
        Textless(*row) for row in db.session.execute(found.order_by(Attachment.id.desc()).offset(offset).limit(limit))
    ]


def _without_text(actor: Actor, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(DocumentText)
        .join(Attachment, Attachment.id == DocumentText.attachment_id)
        .join(Entry, Entry.id == Attachment.entry_id)
        .where(DocumentText.state.in_(WITHOUT_TEXT), visible_to(actor))
    )
