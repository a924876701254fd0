"""Logs: one JSON object a line, UTC, control characters encoded; no passwords, tokens or search texts are logged.

What a line may hold beside its message is listed in ``FIELDS``; every security event that is no row of the audit
table is listed in ``JOURNAL_EVENTS``.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app, g, has_request_context, request

FIELDS = ("at", "level", "logger", "message", "request", "address", "facts", "trace")
JOURNAL_EVENTS = {
    "access.denied": "Eine angemeldete Person wollte etwas, das ihre Rolle nicht darf.",
    "form.foreign": "Eine Änderung kam von einer anderen Website oder ohne gültiges Formular.",
    "host.foreign": "Eine Anfrage nannte einen fremden Namen als Adresse des Wissensspeichers.",
    "limit.reached": "Eine Grenze war erreicht; die Anfrage wurde abgewiesen.",
    "sign_on.unknown": "Von einem Anmeldedienst kam jemand zurück, den dieser Browser nicht hingeschickt hatte.",
    "upload.refused": "Eine Datei wurde nicht angenommen.",
    "fetch.refused": "Ein Link führte zu einer Adresse, die der Server nicht öffnen darf.",
    "error.unexpected": "Ein Fehler, mit dem niemand gerechnet hat.",
    "database.busy": "Die Datenbank antwortete nicht rechtzeitig.",
    "storage.full": "Für eine Datei war kein Platz, oder der Ordner ließ sich nicht beschreiben.",
}
_log = logging.getLogger("hub.security")


class JsonLines(logging.Formatter):
    """A record as one line of JSON; everything but printable ASCII is encoded, so no value can forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            line |= {"request": reference_number(), "address": request.remote_addr}
        facts = getattr(record, "facts", None)
        if facts:
            line["facts"] = facts
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)


def init_logs(app: Flask) -> None:
    """Send the hub's own log to the standard error stream of the server."""
    logger = logging.getLogger("hub")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
    logger.setLevel(logging.WARNING if app.testing else logging.INFO)
    logger.propagate = bool(app.testing)


def reference_number() -> str:
    """The number of the present request, which its error page shows; empty outside of requests."""
    return str(g.get("reference_number", "")) if has_request_context() else ""


def note(log: logging.Logger, message: str, **facts: Any) -> None:
    """A line with facts beside its message."""
    log.info(message, extra={"facts": facts})


def security_event(name: str, **facts: Any) -> None:
    """Note an event of ``JOURNAL_EVENTS``: who (by number) asked for what by which way, and why it was refused."""
    if name not in JOURNAL_EVENTS:
        raise KeyError(name)
    asked = {"method": request.method, "endpoint": request.endpoint} if has_request_context() else {}
    _log.warning(name, extra={"facts": {"event": name, "actor": _actor_id(), **asked, **facts}})


def _actor_id() -> int | None:
    """The signed-in person, when this request has found out already who that is."""
    person = g.get("_login_user") if has_request_context() and current_app else None
    return getattr(person, "id", None)
