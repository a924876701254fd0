"""Handing out pictures; browsers may keep them, since a number never stands for another picture."""

from flask import Response, send_file
from flask.typing import ResponseReturnValue
from flask_login import current_user

from hub.core import storage
from hub.core.errors import Missing
from hub.core.permissions import Permission
from hub.entries.models import Preview
from hub.entries.queries.previews import get_preview
from hub.entries.views.blueprint import bp
from hub.entries.views.files import LOCKED_UP
from hub.web.guard import requires

KEPT_SECONDS = 24 * 3600


@bp.get("/previews/<int:preview_id>")
@requires(Permission.ENTRY_READ)
def preview(preview_id: int) -> ResponseReturnValue:
    """A picture of a page, or of what a link leads to."""
    return send_picture(get_preview(current_user, preview_id))


def send_picture(found: Preview) -> Response:
    """The picture itself; raises Missing when its file is gone."""
    try:
        response = send_file(storage.path_of(found.checksum or ""), mimetype="image/webp", etag=found.checksum or "")
    except FileNotFoundError as error:
        raise Missing from error
    response.headers["Content-Security-Policy"] = LOCKED_UP
    response.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    response.headers["Vary"] = "Cookie"
    return response
