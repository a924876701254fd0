"""The database handle and how connections are opened.

SQLite's own transaction handling in the driver is switched off; the begin event opens every transaction itself:
``BEGIN IMMEDIATE`` for writing units of work, plain ``BEGIN`` for reads. Without this, concurrent saves fail with
"database is locked" although a busy timeout is set.
"""

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ColumnElement, DateTime, Engine, MetaData, case, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from hub.core import digest

WRITE = "hub_write"
BUSY_SECONDS = 5


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time, always aware and in UTC; SQLite forgets the zone, this puts it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a point in time needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables; constraint names are fixed so that migrations can name them."""

    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map={datetime: UtcDateTime()})


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False}, disable_autonaming=True)


def only_asked(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition as a question to each row that is found by something else: no index is tried for it.

    SQLite keeps no statistics here. It takes one state for rarer than twenty numbers, and would go through all that is
    published to find them.
    """
    return case((condition, 1), else_=0) == 1


def insert_into(session: Session, model: type[Any]) -> Any:
    """The INSERT of this database that knows ON CONFLICT; the other database's code stays out of memory."""
    return import_module(f"sqlalchemy.dialects.{session.get_bind().dialect.name}").insert(model)


def init_db(app: Flask) -> None:
    """Bind the handle to the application and arm the SQLite engine."""
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            arm_sqlite(db.engine)


def arm_sqlite(engine: Engine) -> None:
    """Durable, foreign keys on, several processes may write: WAL, synchronous=FULL, own BEGIN."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.create_function(digest.NAME, 1, digest.sha256_hex, deterministic=True)
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "cache_size=-256",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get(WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
