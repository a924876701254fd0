"""The text of files: asked for when a file arrives, read by a worker, kept page by page for the search."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from hub.core import clock, storage
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Attachment, DocumentPage, DocumentText, Entry, TextState
from hub.entries.service import previews
from hub.entries.service.naming import name_by_document
from hub.indexing import changelog
from hub.jobs import service as jobs

KIND = "extract_text"
READABLE = ("pdf", "docx", "pptx", "xlsx", "odt", "odp", "ods", "txt")
MOST_TRIES = 2
MOST_FOUND = 500
PAGES_AT_ONCE = 20
MISSING, CRASHED = "missing", "crashed"
SCANNED, UNRECOGNISED = "scanned", "unrecognised"
MIXED = "mixed"  # there is text, and pages that are pictures have yet to be recognised
RECOGNISE = "recognise_text"
MOST_SCANS = 50


class Reading(Protocol):
    """What a reader of files answers."""

    @property
    def reason(self) -> str:
        """Why there is no text, as a code; empty when there is."""

    @property
    def is_textless(self) -> bool:
        """Whether the file is sound and holds no text."""

    @property
    def is_passing(self) -> bool:
        """Whether trying again may help."""

    @property
    def pages(self) -> tuple[str, ...]:
        """The text by pages; empty ones keep their place."""

    @property
    def page_count(self) -> int:
        """How many pages the document has, read or not."""

    @property
    def is_cut(self) -> bool:
        """Whether only the beginning was read."""

    @property
    def about(self) -> Mapping[str, str]:
        """What the document says of itself: title, author, date, language."""

    @property
    def scanned(self) -> tuple[int, ...]:
        """Numbers of pages that are pictures, between others that hold text."""


Reader = Callable[[Path, str], Reading]


class Recogniser(Protocol):
    """What reads the letters of scanned pages."""

    def is_available(self) -> bool:
        """Whether its program is installed."""

    def recognise(self, file: Path) -> Reading:
        """The text of a scanned PDF."""

    def recognise_pages(self, file: Path, numbers: Sequence[int]) -> Mapping[int, str]:
        """The text of these pages of a PDF."""


class TryAgain(Exception):
    """The file could not be read this time; the job rests and is tried once more."""


def expect_text(file: Attachment) -> None:
    """Let a worker read an upload, also while its form is open; belongs into the unit of the upload."""
    if file.extension in READABLE:
        with unit_of_work() as session:
            session.add(DocumentText(attachment_id=file.id))
            _ask(file.id)


def tie_files(entry: Entry, files: Sequence[Attachment]) -> None:
    """Give held uploads to their entry and let them be drawn; belongs into the unit of the change.

    What was read while the form was open is searchable at once; a long document is put into the index by a worker, so
    that nobody waits for it.
    """
    with unit_of_work() as session:
        for file in files:
            file.entry_id = entry.id
            if file.extension not in READABLE:
                continue
            text = _text_of(session, file.id)
            if text.state == TextState.DONE and text.page_count > PAGES_AT_ONCE:
                text.state = TextState.WAITING
            if text.state == TextState.WAITING:
                _ask(file.id)
            if text.reason in (SCANNED, MIXED):
                _ask_for_letters(file.id)
        for file in files:
            if file.extension in previews.DRAWABLE:
                previews.ask_for(file.id)


def ask_for_unread(_payload: dict[str, Any]) -> None:
    """Files that came before the hub could read them, and those whose job was lost."""
    with unit_of_work() as session:
        unread = (
            select(Attachment.id)
            .outerjoin(DocumentText, DocumentText.attachment_id == Attachment.id)
            .where(Attachment.entry_id.is_not(None), Attachment.extension.in_(READABLE))
            .where(or_(DocumentText.attachment_id.is_(None), DocumentText.state == TextState.WAITING))
        )
        for attachment_id in session.scalars(unread.order_by(Attachment.id).limit(MOST_FOUND)).all():
            _ask(attachment_id)


def ask_for_unrecognised(recogniser: Recogniser, _payload: dict[str, Any]) -> None:
    """Scans that came before the program for them was installed, and those whose job was lost."""
    if not recogniser.is_available():
        return
    with unit_of_work() as session:
        scans = select(DocumentText.attachment_id).join(Attachment, Attachment.id == DocumentText.attachment_id)
        is_scan = (DocumentText.state == TextState.NONE) & (DocumentText.reason == SCANNED)
        scans = scans.where(is_scan | (DocumentText.reason == MIXED))
        scans = scans.where(Attachment.extension == "pdf", Attachment.entry_id.is_not(None))
        for attachment_id in session.scalars(scans.order_by(DocumentText.attachment_id).limit(MOST_SCANS)).all():
            _ask_for_letters(attachment_id)


def extract_text(read: Reader, payload: dict[str, Any]) -> None:
    """Read a file and keep its text; what fails in passing is tried once more, then marked."""
    begun = _begin(payload["attachment_id"])
    if begun is None:
        return
    attachment_id, path, extension, tries = begun
    try:
        found = read(path, extension)
    except FileNotFoundError:
        _mark(attachment_id, TextState.FAILED, MISSING)
        return
    if found.is_passing and tries < MOST_TRIES:
        raise TryAgain(found.reason)
    if found.reason:
        _mark(attachment_id, TextState.NONE if found.is_textless else TextState.FAILED, found.reason)
    else:
        _keep(attachment_id, found)
    if extension == "pdf" and (found.reason == SCANNED or found.scanned):
        _ask_for_letters(attachment_id)


def recognise_text(recogniser: Recogniser, payload: dict[str, Any]) -> None:
    """Read the letters of a scan, or of the pages of a document that are pictures; where that is not possible it stays
    as it is, and a scan says so."""
    begun = _begin_recognising(payload["attachment_id"]) if recogniser.is_available() else None
    if begun is None:
        return
    path, numbers = begun
    try:
        if numbers:
            _add(payload["attachment_id"], recogniser.recognise_pages(path, numbers))
            return
        found = recogniser.recognise(path)
    except FileNotFoundError:
        _mark(payload["attachment_id"], TextState.FAILED, MISSING)
        return
    if found.is_passing:
        raise TryAgain(found.reason)
    if found.reason:
        _mark(payload["attachment_id"], TextState.NONE, UNRECOGNISED)
    else:
        _keep(payload["attachment_id"], found)


def _ask_for_letters(attachment_id: int) -> None:
    jobs.enqueue(RECOGNISE, str(attachment_id), {"attachment_id": attachment_id})


def _ask(attachment_id: int) -> None:
    jobs.enqueue(KIND, str(attachment_id), {"attachment_id": attachment_id})


class _Begun(NamedTuple):
    """A file that is being read."""

    attachment_id: int
    path: Path
    extension: str
    tries: int


def _begin(attachment_id: int) -> _Begun | None:
    """The file, unless there is nothing to do. The try is counted before it is made, so that a crash counts too."""
    with unit_of_work() as session:
        file = session.get(Attachment, attachment_id)
        if file is None:
            return None
        text = _text_of(session, attachment_id)
        if text.state != TextState.WAITING:
            return None
        if text.read_at is not None:
            _make_searchable(session, file, text)
            return None
        if text.tries >= MOST_TRIES:
            text.state, text.reason, text.read_at = TextState.FAILED, CRASHED, clock.now()
            return None
        text.tries += 1
        return _Begun(attachment_id, storage.path_of(file.checksum), file.extension, text.tries)


def _begin_recognising(attachment_id: int) -> tuple[Path, list[int]] | None:
    """The file of an entry and its pages without text (none: all of a scan), unless there is nothing to do; the tries
    are counted anew, before they are made."""
    with unit_of_work() as session:
        file, text = session.get(Attachment, attachment_id), session.get(DocumentText, attachment_id)
        if file is None or text is None or file.entry_id is None:
            return None
        is_mixed = text.reason == MIXED
        if not is_mixed and (text.state != TextState.NONE or text.reason != SCANNED):
            return None
        if text.tries >= MOST_TRIES:
            text.reason = "" if is_mixed else UNRECOGNISED
            return None
        text.tries += 1
        return storage.path_of(file.checksum), _pages_without_text(session, text) if is_mixed else []


def _pages_without_text(session: Session, text: DocumentText) -> list[int]:
    written = set(
        session.scalars(select(DocumentPage.number).where(DocumentPage.attachment_id == text.attachment_id))
    )
    return [number for number in range(1, text.page_count + 1) if number not in written]


def _add(attachment_id: int, pages: Mapping[int, str]) -> None:
    """Put the text of pages that were pictures between the others."""
    with unit_of_work() as session:
        file = session.get(Attachment, attachment_id, with_for_update=True, populate_existing=True)
        text = session.get(DocumentText, attachment_id)
        if file is None or file.entry_id is None or text is None or text.reason != MIXED:
            return
        text.reason = ""
        rows = [{"attachment_id": attachment_id, "number": number, "text": page} for number, page in pages.items()]
        if rows:
            session.execute(insert(DocumentPage), rows)
            changelog.append(session, [("entry", file.entry_id)])


def _make_searchable(session: Session, file: Attachment, text: DocumentText) -> None:
    """Pages go in all at once, past the rows the change log watches; so the change is noted by hand."""
    text.state = TextState.DONE
    if file.entry_id is not None:
        name_by_document(session, file.entry_id, text)
        changelog.append(session, [("entry", file.entry_id)])


def _text_of(session: Session, attachment_id: int) -> DocumentText:
    text = session.get(DocumentText, attachment_id)
    if text is None:
        text = DocumentText(attachment_id=attachment_id)
        session.add(text)
        session.flush()
    return text


def _mark(attachment_id: int, state: TextState, reason: str) -> None:
    with unit_of_work() as session:
        if session.get(Attachment, attachment_id) is not None:
            text = _text_of(session, attachment_id)
            text.state, text.reason, text.read_at = state, reason, clock.now()
            if reason == SCANNED:
                text.tries = 0


def _keep(attachment_id: int, found: Reading) -> None:
    """The row of the file is locked, so that it is not tied to its entry unseen at the same moment."""
    with unit_of_work() as session:
        file = session.get(Attachment, attachment_id, with_for_update=True, populate_existing=True)
        if file is None:
            return
        text = _text_of(session, attachment_id)
        text.reason, text.read_at = MIXED if found.scanned else "", clock.now()
        text.tries = 0 if found.scanned else text.tries
        text.page_count, text.is_cut, text.language = found.page_count, found.is_cut, found.about["language"]
        text.title, text.author = found.about["title"], found.about["author"]
        text.dated_on = date.fromisoformat(found.about["date"]) if found.about["date"] else None
        session.execute(delete(DocumentPage).where(DocumentPage.attachment_id == attachment_id))
        pages = [
            {"attachment_id": attachment_id, "number": number, "text": page}
            for number, page in enumerate(found.pages, 1)
            if page
        ]
        session.execute(insert(DocumentPage), pages)
        _make_searchable(session, file, text)
