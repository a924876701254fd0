"""R2, R3, R12: the process dies at a named point, the log of the database is cut, its connections break."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from hub.core.db import WRITE, arm_sqlite, db
from tests.support.server import HubServer

SEED, CUTS, ROWS = 20261123, 60, 120
POINTS = ("before the commit", "after the commit", "in the index", "in a merge", "after the file")
ACTIONS = ("submit", "revise")
# The program that dies: one action, and a death at the named point of it. The point is patched in; the hub knows none.
DYING = '''
import io, os, signal, sys
point, action = sys.argv[1:]
from wsgi import app
from sqlalchemy import event, select
from hub.core import storage
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.permissions import Role
from hub.accounts.models import User
from hub.collections.models import Collection
from hub.entries.models import Entry, Kind
from hub.entries.service import contributing, files
from hub.entries.service.contributing import EntryDetails
from hub.indexing import service as indexing
from hub.indexing.store import IndexStore
from whoosh.writing import SegmentWriter
from tests.entries.builders import PDF

def die(*_words, **_more):
    os.kill(os.getpid(), signal.SIGKILL)

with app.app_context():
    indexing.bring_up_to_date()
    assert indexing.check() == (set(), set()), "the index differs after the death before"
    user = db.session.scalar(select(User).where(User.email == "redaktion@example.org"))
    actor = Actor(id=user.id, name="R", role=Role(user.role), email=user.email, organisation_id=user.organisation_id)
    collection = db.session.scalar(select(Collection.id).order_by(Collection.id).limit(1))
    details = EntryDetails(title=f"Kennwort {action}", kind=Kind.METHODE, collection_ids=[collection], text="Ein Text.")
    known = db.session.scalar(select(Entry).order_by(Entry.id).limit(1))
    held = files.hold_upload(actor, io.BytesIO(PDF), "plan.pdf").id if point != "after the file" else 0
    db.session.rollback()
    if point == "before the commit":
        event.listen(db.engine, "commit", die)
    elif point == "after the commit":
        IndexStore.apply = die
    elif point in ("in the index", "in a merge"):
        SegmentWriter.commit = die
    elif point == "after the file":
        real = storage._move
        def move(temporary, target):
            real(temporary, target)
            die()
        storage._move = move
        held = files.hold_upload(actor, io.BytesIO(PDF + b"x"), "plan.pdf").id
    if action == "submit":
        contributing.submit_entry(actor, details, [held])
    else:
        contributing.revise_entry(actor, known, details, known.version, [held])
    if point == "in a merge":
        indexing.store().merge()
    print("done")
'''


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A data folder with one published entry and one editor."""
    folder = tmp_path_factory.mktemp("dying")
    server = HubServer(folder, examples=False)
    server.prepare()
    server.flask(
        "users", "create", "--email", "redaktion@example.org", "--name", "Redaktion", "--organisation", "Essen",
        "--role", "editor", "--password-stdin", text="ein wirklich langer Satz 42",
    )  # fmt: skip
    return folder


@pytest.mark.slow
def test_r02_death_at_named_points_leaves_all_or_nothing(prepared, tmp_path):
    """Each action at each point: never half an entry, no broken table, and the index equals the tables again."""
    server = HubServer(tmp_path, examples=False)
    shutil.copytree(prepared / "instance", server.environment["HUB_INSTANCE"])
    database = Path(server.environment["HUB_INSTANCE"]) / "hub.sqlite3"
    assert _die(server, "nowhere", "submit").stdout == "done\n"
    for point in POINTS:
        for action in ACTIONS:
            before = _entries(database)
            assert _die(server, point, action).returncode == -signal.SIGKILL, (point, action)
            after = _entries(database)
            is_there = point not in ("before the commit", "after the file")
            assert (after != before) == is_there, (point, action)
    assert _die(server, "nowhere", "revise").stdout == "done\n"


def _die(server: HubServer, point: str, action: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", DYING, point, action], cwd=server.application, env=server.environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def _entries(database: Path) -> list[tuple]:
    """Every entry with the number of its places, files and versions; each has what belongs to it."""
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = connection.execute(
            "SELECT id, version, (SELECT count(*) FROM entry_collection WHERE entry_id = entry.id),"
            " (SELECT count(*) FROM attachment WHERE entry_id = entry.id),"
            " (SELECT max(number) FROM entry_revision WHERE entry_id = entry.id) FROM entry ORDER BY id"
        ).fetchall()
    assert all(places and files and number for _id, _version, places, files, number in rows), rows
    return rows


def test_r03_database_opens_however_its_log_is_cut(tmp_path):
    """Copies of database and log taken while rows are written, the log cut anywhere: whole rows, in order, no gap."""
    chance, source = random.Random(SEED), tmp_path / "hub.sqlite3"
    engine = create_engine(f"sqlite:///{source}")
    arm_sqlite(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE noted (id INTEGER PRIMARY KEY, word TEXT NOT NULL)"))
    wal, acknowledged = source.with_name("hub.sqlite3-wal"), []
    with engine.connect() as keeper:  # the last connection to close would fold the log into the database
        assert keeper.execute(text("PRAGMA synchronous")).scalar_one() == 2
        keeper.rollback()
        for number in range(1, ROWS + 1):
            with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
                connection.execute(text("INSERT INTO noted VALUES (:id, :word)"), {"id": number, "word": "x" * 900})
            acknowledged.append((number, wal.stat().st_size))
            if number % 2 == 0:
                copy = tmp_path / f"{number}.sqlite3"
                shutil.copy(source, copy)
                shutil.copy(wal, f"{copy}-wal")
                size = wal.stat().st_size
                cut = size if number % 10 == 0 else chance.randrange(size + 1)
                os.truncate(f"{copy}-wal", cut)
                must = max((one for one, end in acknowledged if end <= cut), default=0)
                assert must <= _noted(copy) <= number, (number, cut, size)
                assert cut < size or _noted(copy) == number
    engine.dispose()


def _noted(database: Path) -> int:
    """How many rows there are; they are the first ones, each whole."""
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        try:
            rows = connection.execute("SELECT id, length(word) FROM noted ORDER BY id").fetchall()
        except sqlite3.OperationalError:  # cut before the table was made
            return 0
    assert rows == [(number, 900) for number in range(1, len(rows) + 1)]
    return len(rows)


def test_r12_reading_goes_on_when_connections_were_cut(migrated_app: Flask, database, request):
    """PostgreSQL ends every connection, as its restart does; the next question finds a new one. SQLite has none."""
    with migrated_app.app_context():
        asked = text("SELECT count(*) FROM collection")
        before = db.session.execute(asked).scalar_one()
        db.session.remove()
        if database == "postgres":
            cut = create_engine(migrated_app.config["SQLALCHEMY_DATABASE_URI"], isolation_level="AUTOCOMMIT")
            with cut.connect() as connection:
                ended = connection.execute(
                    text(
                        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                ).scalar_one()
            cut.dispose()
            assert ended >= 1
        assert db.session.execute(asked).scalar_one() == before
        db.session.remove()
        answer = migrated_app.test_client().get("/healthz")
        assert answer.status_code == 200
