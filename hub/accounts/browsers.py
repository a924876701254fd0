"""Browsers in which somebody has signed in before: failures elsewhere do not lock their owners out.

A signed cookie holds a random name of the browser and the numbers of the accounts that signed in there.
"""

from dataclasses import dataclass

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from hub.core.tokens import SIGNING, new_token

COOKIE = "hub_known"
A_YEAR = 365 * 24 * 3600
MOST_ACCOUNTS = 10


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser and the accounts it is known for, the latest first."""

    name: str
    user_ids: tuple[int, ...] = ()

    def name_for(self, user_id: int | None) -> str | None:
        """What counts failures of this account apart from those elsewhere; None for an account new to it."""
        return self.name if user_id in self.user_ids else None

    def with_account(self, user_id: int) -> "Browser":
        """The same browser after this account has signed in."""
        others = (known for known in self.user_ids if known != user_id)
        return Browser(self.name, (user_id, *others)[:MOST_ACCOUNTS])

    def to_cookie(self) -> str:
        """The value of the cookie."""
        return _serializer().dumps([self.name, list(self.user_ids)])


def from_cookie(value: str | None) -> Browser:
    """The browser that sent this cookie; a new one when the cookie is missing, older than a year or not ours."""
    try:
        name, user_ids = _serializer().loads(value or "", max_age=A_YEAR)
    except BadData:
        return Browser(new_token()[:16])
    return Browser(name, tuple(user_ids))


def _serializer() -> URLSafeTimedSerializer:
    key = current_app.config["SECRET_KEY"]
    return URLSafeTimedSerializer(key, salt="known-browser", signer_kwargs=SIGNING)
