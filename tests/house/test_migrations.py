"""The steps under hub/migrations give exactly the tables of the models, forwards and back, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect, text

from hub.core.db import arm_sqlite, db


def test_migrations_give_the_tables_of_the_models(app: Flask):
    context = MigrationContext.configure(db.session.connection(), opts={"compare_type": True})
    assert compare_metadata(context, db.metadata) == []


def test_counter_row_is_there_and_alone(app: Flask):
    assert db.session.execute(text("SELECT id FROM change_counter")).all() == [(1,)]


@pytest.mark.parametrize("rounds", [2])
def test_migrations_go_back_and_forth(migrated_app: Flask, tmp_path, rounds):
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
