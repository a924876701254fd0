"""Addresses that leave the hub (letters, feeds): from the configured base only, never from a request."""

from typing import Any

from flask import current_app


def absolute(endpoint: str, **values: Any) -> str:
    """The whole address of a page; the Host header of whoever asks has no say in it."""
    adapter = current_app.url_map.bind("hub.invalid")
    return str(current_app.config["BASE_URL"]) + adapter.build(endpoint, values)
