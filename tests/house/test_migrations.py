"""The steps under hub/migrations give exactly the tables of the models, forwards and back, on both databases."""

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect, text

from hub.core.db import arm_sqlite, db


def test_r23_migrations_give_the_tables_of_the_models(app: Flask):
    context = MigrationContext.configure(db.session.connection(), opts={"compare_type": True})
    found = [one for one in compare_metadata(context, db.metadata) if not _is_beside_its_column(one)]
    assert found == []


# Later columns of a table that others refer to: SQLite takes their constraints only beside the column, and there
# SQLAlchemy does not read what happens on a deletion.
BESIDE_THEIR_COLUMN = {"entry": {"checked_by_id", "responsible_id", "superseded_by_id"}, "tag": {"stands_for_id"}}


def _is_beside_its_column(difference: tuple) -> bool:
    kind, constraint = difference[0], difference[1]
    if db.engine.dialect.name != "sqlite" or kind not in ("remove_fk", "add_fk"):
        return False
    return set(constraint.column_keys) <= BESIDE_THEIR_COLUMN.get(constraint.table.name, set())


def test_references_beside_their_columns_let_go_of_what_is_deleted(app: Flask):
    if db.engine.dialect.name != "sqlite":
        return
    for table, columns in BESIDE_THEIR_COLUMN.items():
        rows = db.session.execute(text(f"PRAGMA foreign_key_list({table})")).mappings()
        found = {row["from"]: row["on_delete"] for row in rows if row["from"] in columns}
        assert found == dict.fromkeys(columns, "SET NULL")


def test_counter_row_is_there_and_alone(app: Flask):
    assert db.session.execute(text("SELECT id FROM change_counter")).all() == [(1,)]


@pytest.fixture
def spare_engine(migrated_app: Flask, database, tmp_path, request):
    """An empty database of the same kind, in place of the application's."""
    url = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    if database == "postgres":
        url = request.getfixturevalue("postgres_server").new_database()
    engine = create_engine(url)
    if database == "sqlite":
        arm_sqlite(engine)
    with migrated_app.app_context():
        engines = db._app_engines[migrated_app]
        kept, engines[None] = engines[None], engine
        yield engine
        db.session.remove()
        engines[None] = kept
    engine.dispose()


@pytest.mark.parametrize("rounds", [2])
def test_r23_migrations_go_back_and_forth(migrated_app: Flask, spare_engine, rounds):
    folder = str(migrated_app.config["MIGRATIONS_FOLDER"])
    for _ in range(rounds):
        upgrade(directory=folder)
        assert "entry" in inspect(spare_engine).get_table_names()
        downgrade(directory=folder, revision="base")
        assert set(inspect(spare_engine).get_table_names()) <= {"alembic_version"}


def test_audit_rows_of_before_are_chained(migrated_app: Flask, tmp_path):
    """Rows with gaps, kinds of detail and several batches get numbers and hashes that the check accepts."""
    from hub.audit import chain

    engine = create_engine(f"sqlite:///{tmp_path / 'older.sqlite3'}")
    arm_sqlite(engine)
    with migrated_app.app_context():
        engines = db._app_engines[migrated_app]
        kept, engines[None] = engines[None], engine
        try:
            folder = str(migrated_app.config["MIGRATIONS_FOLDER"])
            upgrade(directory=folder, revision=before_chain(folder))
            with engine.begin() as connection:
                for number in (2, 3, 7, *range(10, 1200)):
                    values = {"id": number, "detail": None if number % 2 else '{"b": "ä", "a": [1]}'}
                    connection.execute(OLD_EVENT, values)
            upgrade(directory=folder)
            with engine.connect() as connection:
                rows = connection.execute(text("SELECT id, hash FROM audit_event ORDER BY id")).all()
                assert [row.id for row in rows] == list(range(1, 1194))
                assert connection.execute(text("SELECT number, hash FROM audit_head")).one() == rows[-1]
            db.session.remove()
            assert chain.find_break(db.session()) is None
            db.session.remove()
            downgrade(directory=folder, revision=before_chain(folder))
            with engine.connect() as connection:
                assert connection.execute(text("SELECT count(*) FROM audit_event")).scalar_one() == 1193
        finally:
            db.session.remove()
            engines[None] = kept
            engine.dispose()


OLD_EVENT = text(
    "INSERT INTO audit_event (id, at, actor_id, action, thing, thing_id, detail) "
    "VALUES (:id, '2026-03-01 10:00:00.123456', 5, 'entry.revised', 'entry', 9, :detail)"
)


def before_chain(folder: str) -> str:
    """The step before the one that chains the audit rows."""
    [step] = Path(folder).glob("versions/*_chain_audit_events.py")
    return re.search(r"down_revision = '(\d+)'", step.read_text())[1]


def test_r23_every_step_keeps_the_rows_and_can_be_cut_off(migrated_app: Flask, spare_engine):
    """A database with data goes up step by step; a step that is broken off leaves the old one, whole."""
    folder = Path(migrated_app.config["MIGRATIONS_FOLDER"])
    first, *steps = sorted(path.name[:4] for path in (folder / "versions").glob("0*.py"))
    upgrade(directory=str(folder), revision=first)
    with spare_engine.begin() as connection:
        for statement in SOME_ROWS:
            connection.execute(text(statement))
    former, tables = first, _tables_of(spare_engine)
    for step in steps:
        _break_off(spare_engine, str(folder))
        assert (_version_of(spare_engine), _tables_of(spare_engine)) == (former, tables)
        upgrade(directory=str(folder), revision=step)
        former, tables = step, _tables_of(spare_engine)
        assert _version_of(spare_engine) == step
        with spare_engine.connect() as connection:
            assert connection.execute(text("SELECT email FROM user_account")).all() == [("a@example.org",)]
            assert connection.execute(text("SELECT action, id FROM audit_event")).all() == [("user.created", 1)]


SOME_ROWS = (
    "INSERT INTO organisation (id, name, label, kind, version, created_at) "
    "VALUES (1, 'Essen', 'Stadt Essen', 'city', 1, '2026-03-01 10:00:00.000000')",
    "INSERT INTO user_account (id, email, name, organisation_id, role, is_example, version, created_at) "
    "VALUES (1, 'a@example.org', 'A', 1, 'admin', false, 1, '2026-03-01 10:00:00.000000')",
    "INSERT INTO audit_event (id, at, actor_id, action, thing, thing_id) "
    "VALUES (1, '2026-03-01 10:00:00.000000', NULL, 'user.created', 'user', 1)",
)


def _break_off(engine, folder: str) -> None:
    """The process dies in the middle of going up: the last statement of the run never comes."""
    from sqlalchemy import event

    def fail(_connection, _cursor, statement, *_rest):
        if statement.startswith("UPDATE alembic_version"):
            raise KeyboardInterrupt

    event.listen(engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(KeyboardInterrupt):
            upgrade(directory=folder)
    finally:
        event.remove(engine, "before_cursor_execute", fail)


def _version_of(engine) -> str:
    with engine.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()


def _tables_of(engine) -> dict[str, list[str]]:
    """Columns by table."""
    found = inspect(engine)
    return {name: [column["name"] for column in found.get_columns(name)] for name in found.get_table_names()}
