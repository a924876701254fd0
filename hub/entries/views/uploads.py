"""Files on their way to an open form: one request each, answered for script; without script nothing here is needed."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core.errors import Missing, Refused
from hub.core.permissions import Permission
from hub.entries import prefill, queries
from hub.entries.queries import HeldFile
from hub.entries.reasons import notes_on
from hub.entries.service import files
from hub.entries.views.blueprint import bp
from hub.web.filters import file_size
from hub.web.guard import background, requires, takes_files

MOST_FILES = 20


@bp.post("/entries/files")
@requires(Permission.ENTRY_SUBMIT)
@background
@takes_files
def hold_file() -> ResponseReturnValue:
    """Keep one file for the form; ``held`` names those that are there already."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return {"error": _("Bitte wählen Sie eine Datei aus.")}, 422
    beside = held_numbers()
    if len(beside) >= MOST_FILES:
        return {"error": too_many()}, 422
    try:
        number = files.hold_upload(current_user, upload.stream, upload.filename).id
    except Refused as error:
        return {"error": error.message}, 422
    finally:
        upload.close()
    *others, held = queries.find_held(current_user, [*beside, number])
    return _told(held, others), 201


@bp.get("/entries/files/<int:attachment_id>")
@requires(Permission.ENTRY_SUBMIT)
def held_file(attachment_id: int) -> ResponseReturnValue:
    """What has been read from a file of an open form so far."""
    found = queries.find_held(current_user, [attachment_id])
    if not found:
        raise Missing
    others = queries.find_held(current_user, request.args.getlist("held", type=int)[:MOST_FILES])
    return _told(found[0], others)


def held_numbers() -> list[int]:
    """Numbers of the files that the form has already."""
    return request.form.getlist("held", type=int)[: MOST_FILES + 1]


def too_many() -> str:
    """Said when a form has as many files as it may."""
    return _("Bitte hängen Sie höchstens %(max)d Dateien an.", max=MOST_FILES)


def _told(file: HeldFile, others: list[HeldFile]) -> dict[str, Any]:
    twin = queries.find_same_content(current_user, [file.checksum]).get(file.checksum)
    return {
        "id": file.id,
        "name": file.name,
        "size": file_size(file.size),
        "waits": file.is_waiting,
        "notes": notes_on(file, others, twin),
        "values": prefill.proposed_for(current_user, file),
        "address": url_for("entries.held_file", attachment_id=file.id),
    }
