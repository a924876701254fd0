"""R4, R5: no room or no right to write, for tables, uploads, index and log: said in plain words, nothing half done."""

import errno
import io
import logging
import os
from types import SimpleNamespace

import pytest
from sqlalchemy import event, func, select

from hub import create_app, preparing
from hub.collections.service import load_starting_collections
from hub.core import storage
from hub.core.db import db
from hub.entries.models import Attachment, Entry, EntryRevision
from hub.indexing import service as indexing
from hub.indexing.store import IndexStore
from tests.entries.builders import PDF
from tests.support.client import Visitor
from tests.support.making import Maker

LONG = "Ein langer Text über Plätze. " * 400
FIELDS = {"title": "Platz", "text": LONG, "kind": "methode", "collections": "bahnhofsviertel"}
FAULTS = [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT]
STEPS = ["_copy", "_checksum", "_move", "_copy"]


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A hub on tables of its own, so that a failed transaction is really rolled back, with an editor signed in."""
    monkeypatch.setenv("HUB_INSTANCE", str(tmp_path))
    app = create_app({"TESTING": True, "PROPAGATE_EXCEPTIONS": False, "BCRYPT_COST": 4, "INDEX_REBUILD_INLINE": True})
    with app.app_context():
        preparing.migrate()
        load_starting_collections()
        person = Visitor(app)
        person.sign_in(Maker().user(role="editor"))
        assert person.post("/entries/new", {**FIELDS, "title": "Vorher"}).status_code == 303
        yield SimpleNamespace(app=app, person=person, files=app.config["FILES_FOLDER"])
        db.session.remove()
        indexing.store().close()
        db.engine.dispose()


def rows() -> list[int]:
    counts = [
        db.session.scalar(select(func.count()).select_from(table)) for table in (Entry, EntryRevision, Attachment)
    ]
    db.session.rollback()
    return counts


def kept(hub) -> set[str]:
    return {path.name for path in hub.files.rglob("*") if path.is_file()}


def assert_says_so(response) -> None:
    text = response.get_data(as_text=True)
    assert response.status_code == 503
    assert "Kennung für Rückfragen" in text and "Platz" in text, "what was typed is given back"
    assert "Errno" not in text and "sqlite" not in text.lower()


def test_r04_tables_that_cannot_grow_take_nothing_and_go_on_later(hub):
    room = {"pages": None}

    @event.listens_for(db.engine, "begin")
    def _keep_small(connection):
        if room["pages"] is not None:
            used = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={used + room['pages']}")
        else:
            connection.exec_driver_sql("PRAGMA max_page_count=1000000")

    before, refused = rows(), 0
    for pages in (0, 1, 2, 3, 5, 8, 12, 16, 20):
        room["pages"] = pages
        response = hub.person.post("/entries/new", FIELDS)
        room["pages"] = None
        if response.status_code == 503:
            refused += 1
            assert_says_so(response)
            assert rows() == before
        else:
            assert response.status_code == 303
            before = rows()
    assert refused >= 3, "the tables were never full"
    assert hub.person.post("/entries/new", FIELDS).status_code == 303
    assert db.session.execute(db.text("PRAGMA integrity_check")).scalar() == "ok"


@pytest.mark.parametrize(("step", "fault"), list(zip(STEPS, FAULTS, strict=True)))
def test_r04_r05_an_upload_without_room_leaves_nothing(hub, monkeypatch, step, fault):
    def fail(*_words):
        raise OSError(fault, os.strerror(fault))

    before, files = rows(), kept(hub)
    with monkeypatch.context() as patch:
        patch.setattr(storage, step, fail)
        response = hub.person.post(
            "/entries/new", {**FIELDS, "files": (io.BytesIO(PDF), "plan.pdf")}, content_type="multipart/form-data"
        )
    assert_says_so(response)
    assert (rows(), kept(hub)) == (before, files)
    again = {**FIELDS, "files": (io.BytesIO(PDF), "plan.pdf")}
    assert hub.person.post("/entries/new", again, content_type="multipart/form-data").status_code == 303


@pytest.mark.parametrize("fault", FAULTS[:2])
def test_r04_r05_an_index_that_cannot_be_written_stops_no_change(hub, monkeypatch, fault):
    def fail(*_words, **_more):
        raise OSError(fault, os.strerror(fault))

    with monkeypatch.context() as patch:
        patch.setattr(IndexStore, "apply", fail)
        response = hub.person.post("/entries/new", {**FIELDS, "title": "Quarzlicht"})
        assert response.status_code == 303, "the change is committed"
        assert hub.person.get("/search?q=Platz").status_code == 200
    assert response.headers["Location"] in hub.person.get("/search?q=Quarzlicht").get_data(as_text=True)


def test_r05_a_log_that_cannot_be_written_stops_no_request(hub, monkeypatch):
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    handler = logging.StreamHandler(Full())
    monkeypatch.setattr(logging, "raiseExceptions", False)  # what it would tell about itself goes to the same place
    logger = logging.getLogger("hub")
    logger.addHandler(handler)
    try:
        logger.error("x")
        assert hub.person.post("/entries/new", FIELDS).status_code == 303
        assert hub.person.get("/nowhere").status_code == 404
    finally:
        logger.removeHandler(handler)
