"""The only place where anything is committed.

A service function opens one unit of work. Inside, rows are read under the write lock (on SQLite), so what is decided
is decided on the newest state. Before the commit registered steps add what belongs to it (revisions); after it others
run (the index catches up, mail leaves).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from hub.core.db import WRITE, db
from hub.core.errors import Conflict

_OPEN = "hub_unit_open"
_NOTES = "hub_unit_notes"
_before_commit: list[Callable[[Session], Any]] = []
_after_commit: list[Callable[[], Any]] = []


def before_commit(step: Callable[[Session], Any]) -> None:
    """Register a step that runs at the end of every unit, inside it; ``hub.wiring`` is the only caller."""
    if step not in _before_commit:
        _before_commit.append(step)


def after_commit(step: Callable[[], Any]) -> None:
    """Register a step that runs after every commit; ``hub.wiring`` is the only caller."""
    if step not in _after_commit:
        _after_commit.append(step)


def notes_of(session: Session) -> dict[str, Any] | None:
    """A place where listeners keep what they saw until the end of the open unit; None outside of units."""
    return session.info.get(_NOTES)


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Open a writing unit, commit at its end or roll everything back; a unit inside a unit joins it.

    Raises Conflict when another person changed a row in between or a uniqueness rule of the database refused it.
    """
    session = db.session()
    if session.info.get(_OPEN):
        yield session
        return
    session.rollback()
    session.info[_OPEN], session.info[_NOTES] = True, {}
    try:
        session.connection(execution_options={WRITE: True})
        yield session
        for prepare in _before_commit:
            prepare(session)
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Conflict from error
    except IntegrityError as error:
        session.rollback()
        raise Conflict from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_OPEN, None)
        session.info.pop(_NOTES, None)
    for step in _after_commit:
        step()
