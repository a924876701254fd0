"""What the tests of the search share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from hub.core.db import db


class Counter:
    """How many statements were sent; savepoints are the tests' own."""

    count = 0

    def note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.count += "SAVEPOINT" not in statement


@pytest.fixture
def count_queries(app):
    """``with count_queries() as counted: …`` counts the statements in between."""

    @contextmanager
    def counting() -> Iterator[Counter]:
        counter = Counter()
        event.listen(db.engine, "before_cursor_execute", counter.note)
        try:
            yield counter
        finally:
            event.remove(db.engine, "before_cursor_execute", counter.note)

    return counting
