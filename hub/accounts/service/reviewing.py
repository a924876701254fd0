"""Once a year a coordination says who of its people still belongs to it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from hub.accounts import joining_notices, policy, queries
from hub.accounts.models import User
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.permissions import Role
from hub.core.unit_of_work import unit_of_work
from hub.mailing import service as mailing

A_YEAR = timedelta(days=365)
MOST_SHOWN = 500


def find_people(actor: Actor) -> Sequence[User]:
    """The accounts of the actor's organisation that the actor looks after, those asked about longest ago first."""
    require(policy.may_tend_accounts(actor))
    own = User.organisation_id == actor.organisation_id
    statement = select(User).where(own, queries.tended_by(actor), *_open()).options(joinedload(User.organisation))
    return db.session.scalars(statement.order_by(_said_at(), User.name, User.id).limit(MOST_SHOWN)).all()


def said_at(user: User) -> datetime:
    """When somebody last said that the person belongs to the organisation."""
    return user.staying_at or user.created_at


def is_due(user: User) -> bool:
    """Whether it is time to ask again."""
    return said_at(user) <= clock.now() - A_YEAR


def due_count(actor: Actor) -> Select[int]:
    """How many the actor is asked about, as a question for the menu."""
    own = User.organisation_id == actor.organisation_id
    return select(func.count()).select_from(User).where(own, queries.tended_by(actor), *_open(), _is_due())


def find_last_confirmations() -> dict[int, datetime]:
    """By organisation: since when it is known of all its people that they belong to it."""
    rows = select(User.organisation_id, func.min(_said_at())).where(*_open()).group_by(User.organisation_id)
    return {row[0]: row[1] for row in db.session.execute(rows)}


def ask_coordinations(_payload: dict[str, Any]) -> None:
    """Write to coordinations that have somebody to confirm; once a month until they have."""
    if not mailing.is_configured():
        return
    with unit_of_work() as session:
        due = dict(
            session.execute(
                select(User.organisation_id, func.count()).where(*_open(), _is_due()).group_by(User.organisation_id)
            ).all()
        )
        wanted = select(User).where(User.role == Role.COORDINATOR, User.organisation_id.in_(due), *_open())
        for user in session.scalars(wanted):
            joining_notices.tell_review(user, due[user.organisation_id])


def _said_at() -> ColumnElement[datetime]:
    return func.coalesce(User.staying_at, User.created_at)


def _is_due() -> ColumnElement[bool]:
    return _said_at() <= clock.now() - A_YEAR


def _open() -> tuple[ColumnElement[bool], ...]:
    """Accounts that can be used, of people outside the office."""
    is_open = User.blocked_at.is_(None) & User.erased_at.is_(None)
    return is_open, User.role.in_((Role.MEMBER, Role.COORDINATOR))
