"""Looking for due jobs with nothing but the database's driver.

The process that looks five times a second for ever should be small. SQLAlchemy would make a good tenth of the server's
memory its own (pages shared with the server since the fork, touched by counting references); the driver makes little.
"""

import logging
import os
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine

from hub.core import clock
from hub.jobs.service import this_machine

log = logging.getLogger("hub.jobs")
BEAT_SECONDS, TROUBLE_SECONDS = 10.0, 10.0
FREE = "state = 'open' AND due_at <= {0} AND (lease_until IS NULL OR lease_until < {0})"
ALIVE = (
    "INSERT INTO job_worker (name, started_at, seen_at) VALUES ({0}, {0}, {0}) "
    "ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at"
)


class Watch:
    """Says whether a job of these kinds is due, and shows every few seconds that somebody is looking.

    Made before the fork, used after it: the connection is opened at the first look.
    """

    def __init__(self, engine: Engine, kinds: Sequence[str]) -> None:
        dialect = engine.dialect
        self._is_sqlite = dialect.name == "sqlite"
        mark = "?" if self._is_sqlite else "%s"
        self._driver: Any = dialect.import_dbapi()
        self._where, self._options = dialect.create_connect_args(engine.url)
        self._kinds = list(kinds)
        places = ", ".join([mark] * len(self._kinds))
        self._due = f"SELECT 1 FROM job WHERE {FREE.format(mark)} AND kind IN ({places}) LIMIT 1"  # noqa: S608
        self._alive = ALIVE.format(mark)
        self._gone = f"DELETE FROM job_worker WHERE name = {mark}"  # noqa: S608
        self._connection: Any = None
        self._shown_at = self._trouble_at = -TROUBLE_SECONDS

    def is_due(self) -> bool:
        """Whether somebody should start to work; False while the database does not answer."""
        if time.monotonic() - self._trouble_at < TROUBLE_SECONDS:
            return False
        try:
            now = self._now()
            if time.monotonic() - self._shown_at >= BEAT_SECONDS:
                self._ask(self._alive, self._name(), now, now)
                self._shown_at = time.monotonic()
            return bool(self._ask(self._due, now, now, *self._kinds))
        except self._driver.Error as error:
            log.warning("the database does not answer (%s); looking again in %s s", error, TROUBLE_SECONDS)
            self._trouble_at = time.monotonic()
            self._connection = None
            return False

    def rest(self) -> None:
        """Hold nothing open for a while: connections must not pass through a fork."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def leave(self) -> None:
        """Nobody is looking any more."""
        try:
            self._ask(self._gone, self._name())
        except self._driver.Error as error:
            log.warning("the sign of life stays behind: %s", error)

    def _ask(self, statement: str, *values: str) -> list[Any]:
        if self._connection is None:
            self._connection = self._connect()
        cursor = self._connection.cursor()
        try:
            cursor.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else []
        finally:
            cursor.close()

    def _connect(self) -> Any:
        connection = self._driver.connect(*self._where, **self._options)
        if self._is_sqlite:
            connection.isolation_level = None
        else:
            connection.autocommit = True
        return connection

    def _name(self) -> str:
        return f"{this_machine()}:{os.getpid()}"

    def _now(self) -> str:
        """As the database compares it: SQLite holds UTC as text without its zone."""
        return clock.now().strftime("%Y-%m-%d %H:%M:%S.%f") + ("" if self._is_sqlite else "+00:00")
