"""Handing out files: as downloads, and PDF and images also for reading in the browser."""

import logging

from flask import send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core import storage
from hub.core.errors import Missing
from hub.core.permissions import Permission
from hub.entries import queries
from hub.entries.models import Attachment
from hub.entries.views.blueprint import bp
from hub.web.guard import requires

log = logging.getLogger("hub.entries")
INLINE = ("pdf", "jpg", "png", "webp")
LOCKED_UP = "sandbox; default-src 'none'; frame-ancestors 'none'"
# A sandbox keeps browsers from opening their PDF reader; without it a PDF still may load and run nothing of ours.
READABLE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@bp.get("/files/<int:attachment_id>")
@requires(Permission.ENTRY_READ)
def file(attachment_id: int) -> ResponseReturnValue:
    """Download a file."""
    return send(queries.get_attachment(current_user, attachment_id), as_download=True)


@bp.get("/files/<int:attachment_id>/inline")
@requires(Permission.ENTRY_READ)
def inline_file(attachment_id: int) -> ResponseReturnValue:
    """Read a PDF in the browser's own reader or look at an image; anything else is a download."""
    attachment = queries.get_attachment(current_user, attachment_id)
    return send(attachment, as_download=attachment.extension not in INLINE)


def send(attachment: Attachment, as_download: bool) -> ResponseReturnValue:
    """A file with the headers that keep it from doing anything in our name."""
    try:
        response = send_file(
            storage.path_of(attachment.checksum),
            mimetype=attachment.media_type,
            as_attachment=as_download,
            download_name=attachment.name,
            etag=attachment.checksum,
        )
    except FileNotFoundError as error:
        log.error("the content of file %s is missing", attachment.id)
        raise Missing(_("Diese Datei lässt sich zurzeit nicht lesen. Die Geschäftsstelle hilft weiter.")) from error
    is_reader = attachment.extension == "pdf" and not as_download
    response.headers["Content-Security-Policy"] = READABLE if is_reader else LOCKED_UP
    response.headers["Cache-Control"] = "private, no-store"
    return response
