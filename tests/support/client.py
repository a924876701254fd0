"""A browser for tests: signs in without a password, keeps cookies, sends the token, lints every page."""

import html
import re
from typing import Any

from flask import Flask, g
from werkzeug.test import TestResponse

from hub.accounts import sessions
from hub.core.actor import Proof
from hub.core.db import db
from tests.support import html_lint

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """One browser. ``get`` and ``post`` return Werkzeug's test response."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._client = app.test_client()
        self._token: str | None = None
        self.lints = True

    def sign_in(self, user: Any, keep: bool = False) -> None:
        """Open a session for this person and put its cookie into the browser."""
        self._client.set_cookie(sessions.cookie_name(), sessions.start(user.id, keep, Proof.PASSWORD))
        self._token = None

    def sign_out(self) -> None:
        """Forget the session cookie, as if it had ended."""
        self._client.delete_cookie(sessions.cookie_name())
        self._token = None

    def forget_token(self) -> None:
        """The session has become another; its forms carry another token."""
        self._token = None

    def get(self, path: str, **more: Any) -> TestResponse:
        """Fetch a page; pages of the hub are linted."""
        return self._open("GET", path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, token: bool = True, **more: Any) -> TestResponse:
        """Send a form, with the token of this browser unless told otherwise."""
        fields = dict(data or {})
        if token:
            fields.setdefault("csrf_token", self.token())
        return self._open("POST", path, data=fields, **more)

    def token(self) -> str:
        """The token that the forms of this browser carry."""
        if self._token is None:
            page = self._open("GET", "/login", follow_redirects=True)
            found = _TOKEN.search(page.get_data(as_text=True))
            assert found is not None, "no page with a token"
            self._token = html.unescape(found[1])
        return self._token

    @property
    def client(self) -> Any:
        """Flask's own test client, for what this class does not offer."""
        return self._client

    def _open(self, method: str, path: str, **more: Any) -> TestResponse:
        self._forget()
        response = self._client.open(path, method=method, **more)
        self._forget()
        is_page = response.mimetype == "text/html"
        if is_page:
            response.make_sequence()
            response.close()  # it has arrived: what the hub does afterwards is done now
            self._forget()
        if self.lints and is_page and "Content-Encoding" not in response.headers:
            text = response.get_data(as_text=True)
            if text.lstrip().lower().startswith("<!doctype html"):
                faults = html_lint.problems(text)
                assert faults == [], (path, faults)
        return response

    def _forget(self) -> None:
        """A test shares one application context with its requests; each request starts with an empty one."""
        for key in list(g):
            g.pop(key)
        db.session.rollback()
