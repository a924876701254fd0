"""Fixtures for every test; the helpers themselves live in tests/support.

Each test runs inside one outer transaction that is rolled back at its end; what the hub commits becomes a savepoint.
After each test the index must equal the tables. Tests of the data rooms run on SQLite and on PostgreSQL.
"""

import gc
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g
from flask_migrate import upgrade
from sqlalchemy import select

from hub import create_app, preparing
from hub.audit.events import EVENTS
from hub.audit.models import AuditEvent
from hub.core.actor import Actor
from hub.core.db import WRITE, db
from hub.indexing import generation
from hub.indexing import service as indexing
from hub.indexing.errors import IndexUnusable
from tests.support.client import Visitor
from tests.support.making import Maker

pytest_plugins = [
    "tests.support.asvs",
    "tests.support.beside",
    "tests.support.postgres",
    "tests.support.server",
    "tests.support.browser",
    "tests.support.mail",
    "tests.support.providers",
]

DATA_ROOMS = set(
    "accounts asking audit browsing collections curation entries federating".split()
    + "checking fetching house jobs linkcare mailing moderation privacy search undoing".split()
)
SETTINGS = {
    "TESTING": True,
    "PROPAGATE_EXCEPTIONS": True,
    "BCRYPT_COST": 4,
    "INDEX_REBUILD_INLINE": True,
    "SECRET_KEY": "only for tests, never anywhere else",
    "PASSWORD_PEPPER": "only for tests, never anywhere else",
    "SEALING_KEYS": ("only for tests, never anywhere else",),
}


def pytest_collection_finish() -> None:
    """Keep what is loaded by now out of every later look for garbage: seven thousand tests make it slow."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of the data rooms on both databases, but not the walks that say ``ONE_DATABASE``: who may do what
    knows no database, and the services and queries behind it are tested on both."""
    if "database" not in metafunc.fixturenames:
        return
    both = metafunc.module.__name__.split(".")[1] in DATA_ROOMS and not getattr(metafunc.module, "ONE_DATABASE", False)
    postgres = [pytest.param("postgres", marks=pytest.mark.postgres)] if both else []
    metafunc.parametrize("database", ["sqlite", *postgres], indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long forms to `make security`, which asks for them by their mark."""
    if "long" in str(config.getoption("markexpr")):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    items[:] = [item for item in items if item not in long]
    config.hook.pytest_deselected(items=long)


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """Which database the application of this test uses."""
    return str(request.param)


@pytest.fixture(scope="session")
def migrated_app(database: str, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application on an empty, migrated database of its own."""
    folder = Path(tempfile.mkdtemp(prefix="hub-test-"))
    url = f"sqlite:///{folder / 'hub.sqlite3'}"
    if database == "postgres":
        url = request.getfixturevalue("postgres_url").replace("postgresql://", "postgresql+psycopg://")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUB_INSTANCE", str(folder))
        app = create_app({**SETTINGS, "SQLALCHEMY_DATABASE_URI": url})
    preparing.arm_migrations(app)
    with app.app_context():
        upgrade(directory=str(app.config["MIGRATIONS_FOLDER"]))
    yield app
    with app.app_context():
        db.engine.dispose()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def app(migrated_app: Flask, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application inside a transaction that ends with the test, with an index of its own."""
    app = migrated_app
    app.config["FILES_FOLDER"] = tmp_path / "files"
    app.config["INDEX_FOLDER"] = tmp_path / "index"
    indexing.init_index(app, tmp_path / "index", app.extensions[indexing.EXTENSION].source)
    generation.forget()
    with app.app_context():
        engines = db._app_engines[app]
        engine = engines[None]
        connection = engine.connect().execution_options(**{WRITE: True})
        outer = connection.begin()
        engines[None] = connection  # type: ignore[assignment]
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        try:
            yield app
            if request.node.get_closest_marker("index_may_differ") is None:
                assert_index_equals_tables()
            assert_events_have_names()
        finally:
            db.session.remove()
            indexing.store().close()
            engines[None] = engine
            outer.rollback()
            connection.close()


def assert_index_equals_tables() -> None:
    """After each test: what is published is in the index, and nothing else."""
    try:
        missing, extra = indexing.check()
    except IndexUnusable:
        assert not app_has_published(), "entries are published and there is no index"
        return
    assert (missing, extra) == (set(), set())


def assert_events_have_names() -> None:
    """After each test: whatever was recorded is an event of ``hub/audit/events.py``."""
    db.session.rollback()
    assert set(db.session.scalars(select(AuditEvent.action).distinct())) <= EVENTS.keys()


def app_has_published() -> bool:
    """Whether anything should be in the index."""
    return bool(indexing.source().all_ids())


@pytest.fixture
def make(app: Flask) -> Maker:
    """Makes people, collections and entries."""
    return Maker()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A browser that nobody has signed in with; lints every page it fetches."""
    return Visitor(app)


@pytest.fixture
def sign_in(app: Flask) -> Iterator[object]:
    """``sign_in(user)`` gives a browser in which this person is signed in."""

    def as_person(user: object) -> Visitor:
        visitor = Visitor(app)
        visitor.sign_in(user)
        return visitor

    yield as_person
    for key in list(g):
        g.pop(key)


@pytest.fixture
def member(make: Maker) -> Actor:
    """A member of Essen, as services receive it."""
    return make.actor(make.user(role="member", organisation="Essen"))


@pytest.fixture
def editor(make: Maker) -> Actor:
    """An editor of the office, as services receive it."""
    return make.actor(make.user(role="editor", organisation="Geschäftsstelle"))


@pytest.fixture
def admin(make: Maker) -> Actor:
    """An administrator, as services receive it."""
    return make.actor(make.user(role="admin", organisation="Geschäftsstelle"))
