"""Passwords: the only module that hashes or checks them.

NFC, HMAC-SHA-384 with the pepper, base64, bcrypt; stored as ``v1$…``. The HMAC keeps every password under the
72 bytes that bcrypt accepts and makes a stolen table useless without the key file.

A hash takes a quarter of a second of a processor. Each worker process does one at a time, in a thread of its own that
gives way to all others. Whoever waits for it steps aside, so that other people's pages have their turns.
"""

import base64
import hashlib
import hmac
import os
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import bcrypt
from flask import current_app
from flask_babel import gettext as _

from hub.core.errors import Busy
from hub.core.turns import turns

T = TypeVar("T")

SHORTEST, LONGEST = 12, 128
VERSION = "v1$"
LEAST_GUESSES = 10**8
ZXCVBN_LIMIT = 72
LEAST_OWN = 8
MOST_PARTS_OF_A_LETTER = 4
MOST_WAITING = 20
GIVING_WAY = 10


class Hasher:
    """Does one thing at a time for this process; whoever finds too many waiting is sent away at once."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "hash", initializer=_give_way)
        self._places = threading.BoundedSemaphore(MOST_WAITING)

    def do(self, work: Callable[[], T]) -> T:
        """Wait for one's turn and the result; raises Busy."""
        if not self._places.acquire(blocking=False):
            raise Busy(_("Gerade melden sich sehr viele an. Bitte versuchen Sie es in ein paar Sekunden noch einmal."))
        try:
            with turns.given_up():
                return self._thread.submit(work).result()
        finally:
            self._places.release()


def _give_way() -> None:
    """Linux knows priorities for single threads: pages of others come first."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), GIVING_WAY)


def _renew_hasher() -> None:
    """A forked process has none of its parent's threads."""
    global _hasher
    _hasher = Hasher()


_hasher = Hasher()
os.register_at_fork(after_in_child=_renew_hasher)


def hash_password(password: str) -> str:
    """A storable hash; the password has been checked by ``weakness`` before."""
    prepared = _prepared(_composed(password))
    salt = bcrypt.gensalt(current_app.config["BCRYPT_COST"])
    return VERSION + _hasher.do(lambda: bcrypt.hashpw(prepared, salt)).decode("ascii")


def is_password(password: str, stored: str | None) -> bool:
    """Compare; costs one bcrypt call also when there is nothing to compare with. Raises Busy."""
    password = _composed(password)
    reference = stored if stored and stored.startswith(VERSION) else _dummy_hash()
    prepared, known = _prepared(password), reference.removeprefix(VERSION).encode("ascii")
    matches = _hasher.do(lambda: bcrypt.checkpw(prepared, known))
    return matches and reference == stored and len(password) <= LONGEST


def is_outdated(stored: str) -> bool:
    """Whether a hash was made in an older way or with less work than one of today."""
    version, _dollar, rest = stored.partition("$$")
    cost = rest.split("$")[1]
    return f"{version}$" != VERSION or int(cost) < current_app.config["BCRYPT_COST"]


def weakness(password: str, context: list[str]) -> str | None:
    """Why the password cannot be taken, as a sentence; None when it can.

    ``context`` are words of this account and site that make a password easy to guess.
    """
    password = _composed(password)
    if len(password) < SHORTEST:
        return _("Das Passwort hat weniger als %(n)s Zeichen. Ein Satz aus mehreren Wörtern ist gut.", n=SHORTEST)
    if len(password) > LONGEST:
        return _("Das Passwort hat mehr als %(n)s Zeichen. Bitte kürzen Sie es.", n=LONGEST)
    words = [word.lower() for word in context if len(word) > 2]
    if len(_without(password.lower(), words)) < LEAST_OWN:
        return _("Das Passwort besteht fast nur aus Ihrem Namen, Ihrer Adresse oder dem Namen des Netzwerks.")
    from zxcvbn import zxcvbn  # loads its word lists; only needed when a password is set

    if zxcvbn(password[:ZXCVBN_LIMIT], user_inputs=words)["guesses"] < LEAST_GUESSES:
        return _(
            "Das Passwort steht in Listen häufiger Passwörter oder ist leicht zu erraten. Bitte wählen Sie ein anderes."
        )
    return None


def _without(password: str, words: list[str]) -> str:
    """What is left of the password when the words of name, address and network are taken out."""
    for word in sorted(words, key=len, reverse=True):
        password = password.replace(word, "")
    return password


def _composed(password: str) -> str:
    """The same letters however a keyboard sends them; what is far too long stays too long."""
    return unicodedata.normalize("NFC", password[: LONGEST * MOST_PARTS_OF_A_LETTER + 1])


def _prepared(password: str) -> bytes:
    text = password.encode("utf-8", "surrogatepass")
    pepper = current_app.config["PASSWORD_PEPPER"].encode("ascii")
    return base64.b64encode(hmac.new(pepper, text, hashlib.sha384).digest())


def _dummy_hash() -> str:
    """A well-formed hash that fits no password: checking against it costs what a real one costs."""
    return f"{VERSION}$2b${current_app.config['BCRYPT_COST']:02d}$abcdefghijklmnopqrstuu{'x' * 31}"
