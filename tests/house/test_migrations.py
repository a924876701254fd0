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
    assert compare_metadata(context, db.metadata) == []


def test_counter_row_is_there_and_alone(app: Flask):
    assert db.session.execute(text("SELECT id FROM change_counter")).all() == [(1,)]


@pytest.mark.parametrize("rounds", [2])
def test_r23_migrations_go_back_and_forth(migrated_app: Flask, tmp_path, rounds):
    engine = create_engine(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    arm_sqlite(engine)
    with migrated_app.app_context():
        engines = db._app_engines[migrated_app]
        kept = engines[None]
        engines[None] = engine
        try:
            folder = str(migrated_app.config["MIGRATIONS_FOLDER"])
            for _ in range(rounds):
                upgrade(directory=folder)
                assert "entry" in inspect(engine).get_table_names()
                downgrade(directory=folder, revision="base")
                assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
        finally:
            engines[None] = kept
            engine.dispose()


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
