"""Runs the migrations, the same steps on SQLite and PostgreSQL, each run in one writing transaction."""

from typing import Any, Literal

from alembic import context
from flask import current_app

from hub.core.db import WRITE, UtcDateTime, db


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our own column type as the plain one it is in the database, so that migrations do not import the hub."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    """Migrate the database of the current application."""
    engine = db.engine
    with engine.connect().execution_options(**{WRITE: True}) as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transactional_ddl=True,
            render_item=render_item,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
