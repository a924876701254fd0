"""Files that wait for their form to be sent, what was read from them, and who has the same content already."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any

from sqlalchemy import func, select

from hub.accounts.models import Organisation
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.text import title_from_name
from hub.core.titles import title_in_document
from hub.entries.models import TITLE_LENGTH, Attachment, DocumentPage, DocumentText, Entry, TextState
from hub.entries.queries.reading import LARGEST_ID, Twin
from hub.entries.queries.visibility import visible_to

LONGEST_WAIT = 8.0
LOOK_SECONDS, LESS_OFTEN = 0.1, 1.5
MOST_WAITING = 2
MOST_TWINS = 100
MOST_READ, MOST_LETTERS = 20, 30_000
_waiting = BoundedSemaphore(MOST_WAITING)


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file of an open form; ``state`` is empty for pictures, which have no text."""

    id: int
    name: str
    size: int
    extension: str
    checksum: str
    state: str
    reason: str
    told_title: str
    author: str
    year: int | None
    language: str

    @property
    def is_waiting(self) -> bool:
        """Whether a worker has yet to read it."""
        return self.state == TextState.WAITING

    @property
    def title(self) -> str:
        """What the document calls itself, else what its file is called."""
        return (self.told_title or title_from_name(self.name))[:TITLE_LENGTH]


def find_held(actor: Actor, attachment_ids: Sequence[int]) -> list[HeldFile]:
    """The actor's files among these that belong to no entry yet, in this order."""
    wanted = list(dict.fromkeys(number for number in attachment_ids if 0 < number <= LARGEST_ID))
    if not wanted:
        return []
    rows = db.session.execute(
        select(Attachment, DocumentText)
        .outerjoin(DocumentText, DocumentText.attachment_id == Attachment.id)
        .where(Attachment.id.in_(wanted), Attachment.entry_id.is_(None), Attachment.uploader_id == actor.id)
        .execution_options(populate_existing=True)
    )
    found = {file.id: _held(file, text) for file, text in rows}
    return [found[number] for number in wanted if number in found]


def wait_for_held(actor: Actor, attachment_ids: Sequence[int], seconds: float = LONGEST_WAIT) -> list[HeldFile]:
    """The same once a worker has read them, or as they are when that takes longer.

    Only a few wait at once: the server's threads are for everybody.
    """
    deadline, pause = time.monotonic() + min(seconds, LONGEST_WAIT), LOOK_SECONDS
    if not _waiting.acquire(blocking=False):
        return find_held(actor, attachment_ids)
    try:
        while any(file.is_waiting for file in find_held(actor, attachment_ids)) and time.monotonic() < deadline:
            db.session.rollback()
            time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
            pause *= LESS_OFTEN
    finally:
        _waiting.release()
    return find_held(actor, attachment_ids)


def read_beginning(attachment_id: int) -> str:
    """How the text of a file begins, as far as it takes to tell what it is about; for proposals only."""
    pages = select(func.substr(DocumentPage.text, 1, MOST_LETTERS)).where(DocumentPage.attachment_id == attachment_id)
    return "\n\n".join(db.session.scalars(pages.order_by(DocumentPage.number).limit(MOST_READ)))[:MOST_LETTERS]


def count_held_files(actor: Actor) -> int:
    """How many files of the actor belong to no entry."""
    held = select(func.count()).where(Attachment.uploader_id == actor.id, Attachment.entry_id.is_(None))
    return db.session.scalar(held) or 0


def find_same_content(actor: Actor, checksums: Sequence[str]) -> dict[str, Twin]:
    """For each of these contents an entry the actor may see that has it already."""
    if not checksums:
        return {}
    found = db.session.execute(_with_content(actor).where(Attachment.checksum.in_(set(checksums))).limit(MOST_TWINS))
    return {row.checksum: Twin(*row[1:]) for row in found}


def find_with_same_files(actor: Actor, entry_id: int) -> list[Twin]:
    """Other entries the actor may see that have a file of the same content."""
    own = select(Attachment.checksum).where(Attachment.entry_id == entry_id)
    found = db.session.execute(_with_content(actor).where(Attachment.checksum.in_(own), Entry.id != entry_id).limit(5))
    return list(dict.fromkeys(Twin(*row[1:]) for row in found))


def _with_content(actor: Actor) -> Any:
    return (
        select(Attachment.checksum, Entry.id, Entry.title, Organisation.label, Entry.year)
        .join(Entry, Entry.id == Attachment.entry_id)
        .join(Organisation, Organisation.id == Entry.organisation_id)
        .where(visible_to(actor))
        .order_by(Entry.id.desc())
    )


def _held(file: Attachment, text: DocumentText | None) -> HeldFile:
    return HeldFile(
        id=file.id,
        name=file.name,
        size=file.size,
        extension=file.extension,
        checksum=file.checksum,
        state=text.state if text else "",
        reason=text.reason if text else "",
        told_title=title_in_document(text.title) if text else "",
        author=text.author if text else "",
        year=text.dated_on.year if text and text.dated_on else None,
        language=text.language if text else "",
    )
