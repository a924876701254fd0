"""The only place where anything is committed.

A service function opens one unit of work. Inside, rows are read under the write lock (on SQLite), so what is decided
is decided on the newest state. After the commit the registered steps run (the index catches up, mail leaves).
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
_after_commit: list[Callable[[], Any]] = []


def after_commit(step: Callable[[], Any]) -> None:
    """Register a step that runs after every commit; ``hub.wiring`` is the only caller."""
    if step not in _after_commit:
        _after_commit.append(step)


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
    session.info[_OPEN] = True
    try:
        session.connection(execution_options={WRITE: True})
        yield session
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
    for step in _after_commit:
        step()
