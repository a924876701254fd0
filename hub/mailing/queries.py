"""What the office sees of the outbox: to whom and what about, never the text, which may hold a link for one person."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.permissions import Permission
from hub.mailing.models import Letter, State

MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Outbox:
    """The newest letters by what becomes of them, and how many there are."""

    counts: dict[str, int]
    waiting: Sequence[Letter]
    failed: Sequence[Letter]
    over: Sequence[Letter]
    sent: Sequence[Letter]


def get_outbox(actor: Actor) -> Outbox:
    """Letters that wait, have failed, were given up or sent."""
    require(actor.may(Permission.LETTER_MANAGE))
    counts = {row[0]: row[1] for row in db.session.execute(select(Letter.state, func.count()).group_by(Letter.state))}
    return Outbox(
        counts=counts,
        waiting=_find(State.WAITING, State.HANDED),
        failed=_find(State.FAILED),
        over=_find(State.OVER),
        sent=_find(State.SENT),
    )


def failed_count(_actor: Actor) -> Select[int]:
    """Letters that need somebody, as a question for the menu."""
    return select(func.count()).select_from(Letter).where(Letter.state == State.FAILED)


def _find(*states: State) -> Sequence[Letter]:
    rows = select(Letter).where(Letter.state.in_(states)).order_by(Letter.id.desc()).limit(MOST_ROWS)
    return db.session.scalars(rows).all()
