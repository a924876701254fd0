"""Writing the change log: a session listener notes every searchable change in its own transaction."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.db import db
from hub.indexing.models import ChangeCounter, LoggedChange

Things = Iterable[tuple[str, int]]
LOGGED = "hub_change_logged"
_watched: dict[type, Callable[[Any], Things]] = {}


def watch(model: type, things_of: Callable[[Any], Things]) -> None:
    """Note changes of this model; ``things_of(row)`` names (kind, number) of what a reader of the log looks up."""
    _watched[model] = things_of


def current_number() -> int:
    """The number of the newest change this transaction can see."""
    return db.session.scalar(select(ChangeCounter.value)) or 0


def find_changes(after: int, limit: int) -> list[LoggedChange]:
    """Changes after a number, oldest first."""
    rows = select(LoggedChange).where(LoggedChange.number > after).order_by(LoggedChange.number).limit(limit)
    return list(db.session.scalars(rows))


def arm_changelog() -> None:
    """Attach the listener to the sessions of the hub, once."""
    if not event.contains(Session, "after_flush", _note_changes):
        event.listen(Session, "after_flush", _note_changes)


def _note_changes(session: Session, _flush: Any) -> None:
    things: dict[tuple[str, int], None] = {}
    for row in [*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))]:
        things_of = _watched.get(type(row))
        if things_of is not None:
            things.update(dict.fromkeys(things_of(row)))
    if things:
        append(session, list(things))


def append(session: Session, things: list[tuple[str, int]]) -> None:
    """Add changes to the log of the open transaction, for writes that do not pass through loaded rows."""
    last = session.execute(
        update(ChangeCounter)
        .where(ChangeCounter.id == 1)
        .values(value=ChangeCounter.value + len(things))
        .returning(ChangeCounter.value)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    now = clock.now()
    numbers = range(last - len(things) + 1, last + 1)
    rows = [
        {"number": number, "kind": kind, "thing_id": thing_id, "at": now}
        for number, (kind, thing_id) in zip(numbers, things, strict=True)
    ]
    session.execute(insert(LoggedChange), rows)
    session.info[LOGGED] = session.info.get(LOGGED, 0) + len(things)
