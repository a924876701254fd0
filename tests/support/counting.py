"""Counts what reaches the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """``with counted_statements() as sent: …``: the reading and writing statements sent inside."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(COUNTED):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
