"""Secrets that must be read again (seeds of second factors, client secrets) rest encrypted in the database.

AES-256-GCM with a key from the instance folder, so that a copy of the database alone opens nothing. ``place`` (what it
is and whose, e.g. ``"provider 7"``) goes into the check: a sealed text moved to another row does not open there.
"""

import base64
import hashlib
import os

from flask import current_app

VERSION = "v1"
NONCE_BYTES = 12


class Unreadable(Exception):
    """The sealed text was changed, belongs elsewhere, or its key is gone."""


def seal(secret: str, place: str) -> str:
    """Encrypt under the newest key: ``v1$name of the key$nonce and text``."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = current_app.config["SEALING_KEYS"][0]
    nonce = os.urandom(NONCE_BYTES)
    closed = nonce + AESGCM(_bytes_of(key)).encrypt(nonce, secret.encode("utf-8"), place.encode("utf-8"))
    return f"{VERSION}${_name_of(key)}${base64.urlsafe_b64encode(closed).decode('ascii')}"


def unseal(sealed: str, place: str) -> str:
    """Decrypt what ``seal`` made for the same place, under whichever key it was; raises Unreadable."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        version, name, text = sealed.split("$")
        closed = base64.urlsafe_b64decode(text)
        key = next(key for key in current_app.config["SEALING_KEYS"] if _name_of(key) == name and version == VERSION)
        opened = AESGCM(_bytes_of(key)).decrypt(closed[:NONCE_BYTES], closed[NONCE_BYTES:], place.encode("utf-8"))
    except (ValueError, StopIteration, InvalidTag) as error:
        raise Unreadable from error
    return opened.decode("utf-8")


def is_under_newest_key(sealed: str) -> bool:
    """Whether it need not be sealed anew after the key was changed."""
    return sealed.startswith(f"{VERSION}${_name_of(current_app.config['SEALING_KEYS'][0])}$")


def _bytes_of(key: str) -> bytes:
    """32 bytes for AES-256; the key itself is long and random, so one hash of its own purpose is enough."""
    return hashlib.sha256(b"hub sealing key\0" + key.encode("utf-8")).digest()


def _name_of(key: str) -> str:
    return hashlib.sha256(b"hub sealing name\0" + key.encode("utf-8")).hexdigest()[:8]
