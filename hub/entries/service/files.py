"""Uploads: held for their form first, tied to the entry when the form is taken, swept when it never is."""

import logging
from datetime import timedelta
from typing import IO

from flask_babel import gettext as _
from sqlalchemy import delete, select, union

from hub.core import clock, storage
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Refused
from hub.core.filetypes import FileRefused
from hub.core.text import clean_line
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy, queries
from hub.entries.models import Attachment, PendingChange, RemovedFile, SavedForm
from hub.entries.service import previews
from hub.entries.service.texts import expect_text
from hub.web.logs import security_event

log = logging.getLogger("hub.entries")
NAME_LENGTH = 200
MOST_HELD = 100
HELD_FOR = timedelta(hours=24)
INCOMING_FOR = 24 * 3600
_AWAITED = (select(SavedForm.held).where(SavedForm.finished_at.is_(None)), select(PendingChange.held))


def hold_upload(actor: Actor, stream: IO[bytes], name: str) -> Attachment:
    """Store an upload for a form that is still open; raises Refused with the reason in words."""
    require(policy.may_submit(actor))
    if queries.count_held_files(actor) >= MOST_HELD:
        raise Refused(
            _(
                "Sie haben %(max)d Dateien hochgeladen, die zu keinem Eintrag gehören. Bitte schicken Sie diese ab.",
                max=MOST_HELD,
            )
        )
    label = clean_line(name.replace("\\", "/").rsplit("/", 1)[-1])[-NAME_LENGTH:] or "datei"
    try:
        stored = storage.keep(stream, label)
    except FileRefused as error:
        security_event("upload.refused", reason=error.reason)
        raise Refused(refusal_text(error.reason, label)) from error
    with unit_of_work() as session:
        attachment = Attachment(
            uploader_id=actor.id,
            name=label,
            media_type=stored.media_type,
            extension=stored.extension,
            size=stored.size,
            checksum=stored.checksum,
        )
        session.add(attachment)
        session.flush()
        expect_text(attachment)
    return attachment


def refusal_text(reason: str, name: str) -> str:
    """Why a file cannot be taken, and what to do."""
    texts = {
        "too_big": _("Die Datei %(name)s ist größer als 25 MB. Erlaubt sind 25 MB.", name=name),
        "empty": _("Die Datei %(name)s ist leer. Bitte wählen Sie eine andere.", name=name),
        "type": _(
            "Das Format von %(name)s können wir nicht annehmen. Möglich sind PDF, Word, PowerPoint, Excel, "
            "OpenDocument (ODT, ODP, ODS), reiner Text (TXT), JPG, PNG und WebP.",
            name=name,
        ),
        "content": _(
            "Der Inhalt von %(name)s passt nicht zur Endung des Namens. Bitte speichern Sie die Datei neu.", name=name
        ),
        "damaged": _(
            "Die Datei %(name)s ist unvollständig oder beschädigt. Bitte laden Sie sie noch einmal hoch.", name=name
        ),
        "macros": _("Die Datei %(name)s enthält Makros. Bitte speichern Sie sie ohne Makros.", name=name),
        "archive": _(
            "Die Datei %(name)s ist ungewöhnlich gepackt. Bitte speichern Sie sie neu, etwa als PDF.", name=name
        ),
        "pixels": _("Das Bild %(name)s hat mehr als 40 Millionen Bildpunkte. Bitte verkleinern Sie es.", name=name),
    }
    return texts[reason]


def sweep_held_files() -> int:
    """Remove uploads whose form was never taken, and content no row points to; returns how many rows went."""
    before = clock.now() - HELD_FOR
    with unit_of_work() as session:
        old = session.scalars(
            select(Attachment.id).where(Attachment.entry_id.is_(None), Attachment.created_at < before)
        )
        awaited = {number for rows in _AWAITED for held in session.scalars(rows) for number in held}
        ids = [number for number in old if number not in awaited]
        session.execute(delete(Attachment).where(Attachment.id.in_(ids)))
        previews.forget_held(session, before)
    known = set(db.session.scalars(union(select(Attachment.checksum), select(RemovedFile.checksum))))
    known |= previews.known_checksums(db.session())
    for path in storage.old_files(INCOMING_FOR):
        if path.name not in known:
            path.unlink(missing_ok=True)
            log.info("swept a file without a row")
    return len(ids)
