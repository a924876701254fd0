"""Error pages: what happened, what now, a reference number; typed text is offered again."""

import errno
import logging
from contextlib import suppress
from dataclasses import dataclass

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from hub.core.db import db
from hub.core.errors import HubError, NotAllowed
from hub.core.tokens import new_token
from hub.web.guard import CSRF_FIELD, SAFE_METHODS, login_manager
from hub.web.logs import security_event

log = logging.getLogger("hub.web")
SHOWN = {400, 403, 404, 409, 413, 422, 429, 500, 503}
SECRET_FIELDS = {
    CSRF_FIELD,
    "password",
    "new_password",
    "repeated_password",
    "current_password",
    "client_secret",
    "token",
}
LONGEST_TYPED = 20_000
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES}
LONGEST_NOTED = 200


@dataclass(frozen=True, slots=True)
class Typed:
    """One field of a form that could not be taken."""

    name: str
    value: str


def init_errors(app: Flask) -> None:
    """Give every request a reference number and every refusal its page."""

    @app.before_request
    def _number() -> None:
        g.reference_number = new_token()[:8]

    @app.errorhandler(HubError)
    def _refused(error: HubError) -> ResponseReturnValue:
        if isinstance(error, NotAllowed):
            security_event("access.denied")
        return error_page(error.status, error.message)

    @app.errorhandler(SecurityError)
    def _foreign_host(_error: SecurityError) -> ResponseReturnValue:
        security_event("host.foreign", host=request.environ.get("HTTP_HOST", "")[:LONGEST_NOTED])
        return _("Diese Adresse wird hier nicht bedient."), 400, {"Content-Type": "text/plain; charset=utf-8"}

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None or (error.code or 500) < 400:
            return error.get_response()
        code = error.code or 500
        return error_page(code if code in SHOWN else (404 if code in (405, 414) else 400), status=code)

    @app.errorhandler(OperationalError)
    def _busy(error: OperationalError) -> ResponseReturnValue:
        log.error("database.busy", extra={"facts": {"event": "database.busy", "reason": str(error.orig)}})
        g._login_user = login_manager.anonymous_user()  # the page must not ask the database who is there
        return error_page(503)

    @app.errorhandler(OSError)
    def _no_room(error: OSError) -> ResponseReturnValue:
        if error.errno not in NO_ROOM:
            return _unexpected(error)
        log.error("storage.full", extra={"facts": {"event": "storage.full", "reason": str(error.strerror)}})
        return error_page(503, _("Der Speicherplatz reicht gerade nicht. Bitte melden Sie das der Geschäftsstelle."))

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> ResponseReturnValue:
        if app.testing and app.config.get("PROPAGATE_EXCEPTIONS", True):
            raise error
        log.exception("error.unexpected", extra={"facts": {"event": "error.unexpected"}})
        return error_page(500)


def error_page(code: int, message: str = "", status: int | None = None) -> ResponseReturnValue:
    """The page for a refusal; after a failed save it shows what was typed."""
    with suppress(OperationalError):
        db.session.rollback()
    html = render_template(
        f"errors/{code}.html",
        message=message or None,
        reference=g.get("reference_number", "-"),
        typed=typed_text() if request.method not in SAFE_METHODS and code != 413 else [],
        signed_in=bool(current_user and current_user.is_authenticated),
    )
    return html, status or code


def typed_text() -> list[Typed]:
    """What the person had written, without secrets; empty when the body cannot be read."""
    try:
        items = list(request.form.items(multi=True))
    except HTTPException:
        return []
    return [Typed(name, value[:LONGEST_TYPED]) for name, value in items if name not in SECRET_FIELDS and value.strip()]
