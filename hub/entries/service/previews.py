"""Pictures that stand for files and entries: drawn by a worker, kept under their checksum, found again when lost."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from hub.core import clock, storage
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Attachment, Entry, Preview
from hub.entries.queries.previews import find_held_picture, hash_address
from hub.indexing import changelog
from hub.jobs import service as jobs

KIND = "draw_preview"
DRAWABLE = ("pdf", "jpg", "png", "webp")
PAGED = ("pdf",)
MOST_PAGES = 24
MOST_FOUND = 500
MISSING, BEGUN, AGAIN, CRASHED = "missing", "begun", "again", "crashed"


class Drawn(Protocol):
    """What a drawer answers: a picture, or the reason why there is none."""

    @property
    def content(self) -> bytes:
        """The picture as WebP."""

    @property
    def width(self) -> int:
        """In points."""

    @property
    def height(self) -> int:
        """In points."""

    @property
    def reason(self) -> str:
        """Why there is no picture, as a code; empty when there is."""


Drawer = Callable[[Path, str, int], Drawn]


def ask_for(attachment_id: int, page: int = 1) -> None:
    """Let a worker draw a page of a file; belongs into the unit of the change that makes it due."""
    jobs.enqueue(KIND, f"{attachment_id} {page}", {"attachment_id": attachment_id, "page": page})


def ask_for_pages(attachment_id: int, pages: Sequence[int]) -> None:
    """Let pages be drawn that somebody looks for, as many as a file may have pictures."""
    with unit_of_work() as session:
        drawn = set(session.scalars(select(Preview.page).where(Preview.attachment_id == attachment_id)))
        wanted = [page for page in dict.fromkeys(pages) if page not in drawn]
        for page in wanted[: max(0, MOST_PAGES - len(drawn))]:
            ask_for(attachment_id, page)


def ask_for_missing(_payload: dict[str, Any]) -> None:
    """Files that came before the hub could draw them, and those whose job was lost."""
    with unit_of_work() as session:
        missing = (
            select(Attachment.id)
            .outerjoin(Preview, (Preview.attachment_id == Attachment.id) & (Preview.page == 1))
            .where(Attachment.entry_id.is_not(None), Attachment.extension.in_(DRAWABLE))
            .where(or_(Preview.id.is_(None), Preview.reason.in_((BEGUN, AGAIN))))
        )
        for attachment_id in session.scalars(missing.order_by(Attachment.id).limit(MOST_FOUND)).all():
            ask_for(attachment_id)


def draw_preview(draw: Drawer, payload: dict[str, Any]) -> None:
    """Draw a page of a file and keep the picture; what cannot be drawn is marked and left alone."""
    attachment_id, page = payload["attachment_id"], payload["page"]
    begun = _begin(attachment_id, page)
    if begun is None:
        return
    try:
        drawn = draw(*begun, page)
    except FileNotFoundError:
        _mark(attachment_id, page, MISSING)
        return
    if drawn.reason:
        _mark(attachment_id, page, drawn.reason)
    else:
        _keep(attachment_id, page, drawn)


def keep_for_entry(entry: Entry, drawn: Drawn) -> None:
    """Let a picture that was drawn elsewhere stand for an entry (a link's), in place of the one it had."""
    checksum = storage.keep_bytes(drawn.content)
    with unit_of_work() as session:
        session.execute(delete(Preview).where(Preview.entry_id == entry.id))
        session.add(Preview(entry_id=entry.id, checksum=checksum, width=drawn.width, height=drawn.height))
        _note(session, entry.id)


def hold(address: str, drawn: Drawn) -> Preview:
    """Keep the picture of a link for an entry that is not saved yet; after a day the sweep takes it."""
    checksum, address_hash = storage.keep_bytes(drawn.content), hash_address(address)
    with unit_of_work() as session:
        session.execute(delete(Preview).where(Preview.address_hash == address_hash))
        preview = Preview(checksum=checksum, address_hash=address_hash, width=drawn.width, height=drawn.height)
        session.add(preview)
    return preview


def give(entry: Entry) -> bool:
    """Let the picture that is held for its link stand for an entry, in place of the one it had; whether there was one.

    It stays with the link for the rest of its day: others paste the same link.
    """
    with unit_of_work() as session:
        held = find_held_picture(hash_address(entry.address or ""))
        if held is None:
            return False
        gone = delete(Preview).where(Preview.entry_id == entry.id)
        session.execute(gone, execution_options={"synchronize_session": "fetch"})
        session.add(Preview(entry_id=entry.id, checksum=held.checksum, width=held.width, height=held.height))
        _note(session, entry.id)
    return True


def known_checksums(session: Session) -> set[str]:
    """Pictures that rows point to, for the sweep of files."""
    return {checksum for checksum in session.scalars(select(Preview.checksum)) if checksum}


def forget_held(session: Session, before: Any) -> None:
    """Drop pictures whose entry was never saved."""
    held = Preview.entry_id.is_(None) & Preview.attachment_id.is_(None)
    session.execute(delete(Preview).where(held, Preview.created_at < before))


def _begin(attachment_id: int, page: int) -> tuple[Path, str] | None:
    """The file, unless there is nothing to do. The try is noted before it is made, so that a crash counts too."""
    with unit_of_work() as session:
        file = session.get(Attachment, attachment_id)
        if file is None:
            return None
        preview = _find(session, attachment_id, page)
        if preview is None:
            session.add(Preview(attachment_id=attachment_id, page=page, reason=BEGUN))
        elif preview.reason == BEGUN:
            preview.reason = AGAIN
        else:
            preview.reason = CRASHED if preview.reason == AGAIN else preview.reason
            return None
        return storage.path_of(file.checksum), file.extension


def _mark(attachment_id: int, page: int, reason: str) -> None:
    with unit_of_work() as session:
        preview = _find(session, attachment_id, page)
        if preview is not None:
            preview.reason = reason


def _keep(attachment_id: int, page: int, drawn: Drawn) -> None:
    """The picture first, then the row that points to it."""
    checksum = storage.keep_bytes(drawn.content)
    with unit_of_work() as session:
        preview = _find(session, attachment_id, page)
        file = session.get(Attachment, attachment_id)
        if preview is None or file is None:
            return
        preview.checksum, preview.reason, preview.created_at = checksum, "", clock.now()
        preview.width, preview.height = drawn.width, drawn.height
        if file.entry_id is not None:
            _note(session, file.entry_id)


def _find(session: Session, attachment_id: int, page: int) -> Preview | None:
    return session.scalar(select(Preview).where(Preview.attachment_id == attachment_id, Preview.page == page))


def _note(session: Session, entry_id: int) -> None:
    """Lists kept in memory show the picture from now on; the index has nothing to do."""
    changelog.append(session, [("preview", entry_id)])
