"""How the hub speaks with providers: through the guarded door, few at a time, never while a transaction is open.

Only https and public addresses; a hub that only this machine reaches may also ask a provider on this machine (tests).
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from hub.core.address import PORTS
from hub.core.db import db
from hub.federating.reasons import SignOnFailed

LOOPBACK = {"127.0.0.1", "::1"}
MOST_AT_ONCE, PATIENCE = 2, 5.0
_places = threading.BoundedSemaphore(MOST_AT_ONCE)


def get_json(url: str, issuer: str, bearer: str | None = None) -> dict[str, Any]:
    """An object by GET; raises SignOnFailed."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    status, found = _ask(url, issuer, None, headers)
    if status != 200:
        raise SignOnFailed("unreachable", f"status {status}")
    return found


def post_form(url: str, issuer: str, form: str, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Status and object by POST; an error of the protocol (400, ``error``) is an object too. Raises SignOnFailed."""
    return _ask(url, issuer, form.encode("ascii"), headers)


def is_allowed(url: str, issuer: str) -> bool:
    """Whether an address may belong to this provider: https; or on this machine, when the issuer is there too."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme == "https" and host and "@" not in parts.netloc:
        return True
    return parts.scheme == "http" and host in LOOPBACK and _is_local(issuer)


def _is_local(issuer: str) -> bool:
    own = urlsplit(current_app.config["BASE_URL"])
    return own.scheme == "http" and urlsplit(issuer).hostname in LOOPBACK


def _ask(url: str, issuer: str, form: bytes | None, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    from hub.fetching.safe_fetch import Door, FetchError, ask

    if not is_allowed(url, issuer):
        raise SignOnFailed("unreachable", "not https")
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or PORTS[urlsplit(url).scheme]
    door = Door(frozenset({(host, port)}) if host in LOOPBACK and _is_local(issuer) else frozenset(), _own_host())
    with _place():
        try:
            status, content = ask(url, door, form, headers)
            found = json.loads(content)
        except FetchError as error:
            raise SignOnFailed("unreachable", error.reason) from error
        except (ValueError, RecursionError) as error:
            raise SignOnFailed("unreachable", "no JSON") from error
    if not isinstance(found, dict):
        raise SignOnFailed("unreachable", "no JSON object")
    return status, found


def _own_host() -> str:
    host = urlsplit(current_app.config["BASE_URL"]).hostname or ""
    return "" if host in LOOPBACK else host


@contextmanager
def _place() -> Iterator[None]:
    """A provider that hangs holds up two threads of a process, never all; no connection to the database waits along."""
    db.session.rollback()
    if not _places.acquire(timeout=PATIENCE):
        raise SignOnFailed("busy")
    try:
        yield
    finally:
        _places.release()
