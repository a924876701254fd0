"""Handing out files: as downloads, and PDF and images also for reading in the browser."""

import logging
from typing import Any

from flask import redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from hub.core import storage
from hub.core.errors import Missing
from hub.core.permissions import Permission
from hub.entries import queries
from hub.entries.models import Attachment
from hub.entries.queries.merged import find_same_file_id
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
    try:
        attachment = queries.get_attachment(current_user, attachment_id)
    except Missing:
        return _at_survivor("entries.file", attachment_id)
    return send(attachment, as_download=True)


@bp.get("/files/<int:attachment_id>/inline")
@requires(Permission.ENTRY_READ)
def inline_file(attachment_id: int) -> ResponseReturnValue:
    """Read a PDF in the browser's own reader or look at an image; anything else is a download."""
    try:
        attachment = queries.get_attachment(current_user, attachment_id)
    except Missing:
        return _at_survivor("entries.inline_file", attachment_id)
    return send(attachment, as_download=attachment.extension not in INLINE)


def moved_to(endpoint: str, **values: Any) -> ResponseReturnValue:
    """The address for good of what has become part of another entry; not kept by browsers, as it can be undone."""
    response = redirect(url_for(endpoint, **values), 301)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _at_survivor(endpoint: str, attachment_id: int) -> ResponseReturnValue:
    """A file that the surviving entry had already is read there; raises Missing for all others."""
    same = find_same_file_id(attachment_id)
    if same is None:
        raise Missing
    return moved_to(endpoint, attachment_id=same)


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
