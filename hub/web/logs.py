"""Logs: one JSON object a line, UTC, control characters encoded; no passwords, tokens or search texts are logged."""

import json
import logging
from datetime import UTC, datetime

from flask import Flask, g, has_request_context


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context() and "reference_number" in g:
            line["request"] = g.reference_number
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


def init_logs(app: Flask) -> None:
    """Send the hub's own log to the standard error stream of the server."""
    logger = logging.getLogger("hub")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
    logger.setLevel(logging.WARNING if app.testing else logging.INFO)
    logger.propagate = bool(app.testing)
