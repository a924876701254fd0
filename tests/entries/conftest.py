"""Fixtures of the tests of this room."""

import io

import pytest
from sqlalchemy import select

from hub.core.db import db
from hub.entries.models import Attachment
from hub.fetching.extract import recognising


@pytest.fixture(autouse=True)
def no_recognition(monkeypatch):
    """Scans stay scans, whether Tesseract is installed or not."""
    monkeypatch.setattr(recognising, "is_available", lambda: False)


@pytest.fixture
def upload(app, make, sign_in):
    """``upload(name, content)`` contributes a file as an editor, so that its entry is published at once."""
    make.collection()
    person = sign_in(make.user(role="editor", organisation="Geschäftsstelle"))

    def _upload(name: str, content: bytes) -> Attachment:
        data = {"title": f"Eintrag mit {name}", "kind": "dokument", "collections": "bahnhofsviertel"}
        data["files"] = [(io.BytesIO(content), name)]
        response = person.post("/entries/new", data, content_type="multipart/form-data")
        response.request.environ["wsgi.input"].close()
        assert response.status_code == 303, response.get_data(as_text=True)
        return db.session.scalars(select(Attachment).order_by(Attachment.id.desc())).first()

    _upload.person = person
    return _upload
