"""A hub that sends its letters to the mail server of the test."""

import pytest
from flask import Flask

from tests.support.mail import PostOffice


@pytest.fixture
def hub(app: Flask, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with this mail server."""
    monkeypatch.setitem(app.config, "MAIL_URL", post_office.url)
    monkeypatch.setitem(app.config, "MAIL_FROM", "hub@example.org")
    return app
