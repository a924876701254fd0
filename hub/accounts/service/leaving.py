"""Leaving: access ends at once, what the person looked after goes to a successor; and who says that people stay."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, select

from hub.accounts import policy, queries, sessions
from hub.accounts.models import User
from hub.accounts.service import inviting, people
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import OFFICE_ROLES, Actor, require
from hub.core.db import db
from hub.core.errors import Refused
from hub.core.permissions import Role
from hub.core.unit_of_work import unit_of_work

_hand_over: list[Callable[[User, User], Any]] = []
_give_back: list[Callable[[User], Any]] = []


def on_leaving(hand_over: Callable[[User, User], Any], give_back: Callable[[User], Any]) -> None:
    """Register who moves what a person looked after: ``hand_over(leaver, successor)``, ``give_back(leaver)``."""
    _hand_over[:], _give_back[:] = [hand_over], [give_back]


def close_account(actor: Actor, user: User, successor_id: int | None = None) -> User:
    """The person goes; returns who takes over. Entries stay with the organisation.

    Raises Refused when nobody would administer the hub, or the successor is not one of ``find_successors``.
    """
    with unit_of_work() as session:
        admins = queries.lock_active_admins()
        session.refresh(user, with_for_update=True)
        require(policy.may_close(actor, user))
        if user.left_at is not None:
            raise Refused(_("Dieses Konto ist schon geschlossen."))
        people.keep_one_admin(user, admins)
        successor = _successor(user, successor_id)
        user.left_at = clock.now()
        user.blocked_at = user.blocked_at or user.left_at
        sessions.end_all(user.id)
        inviting.end_links(user.id)
        for hand_over in _hand_over:
            hand_over(user, successor)
        record(actor, "user.left", user.id, successor=successor.id)
    return successor


def reopen_account(actor: Actor, user: User) -> None:
    """It was a mistake, or the person is back: the account opens again with what it had."""
    with unit_of_work() as session:
        session.refresh(user, with_for_update=True)
        require(policy.may_tend(actor, user))
        user.blocked_at = user.left_at = None
        for give_back in _give_back:
            give_back(user)
        record(actor, "user.unblocked", user.id)


def confirm_staying(actor: Actor, user: User) -> None:
    """The person still belongs to the organisation; asked again in a year."""
    with unit_of_work() as session:
        session.refresh(user, with_for_update=True)
        require(policy.may_tend(actor, user))
        user.staying_at = clock.now()
        record(actor, "user.stays", user.id)


def find_successors(user: User) -> list[User]:
    """Who can take over, the likeliest first: coordination and colleagues; without any, the office."""
    near = _active(user).where(User.organisation_id == user.organisation_id)
    is_member = case((User.role == Role.MEMBER, 1), else_=0)
    found = list(db.session.scalars(near.order_by(is_member, User.id).limit(200)))
    if any(one.role != Role.MEMBER for one in found):
        return found
    return [*db.session.scalars(_active(user).where(User.role.in_(OFFICE_ROLES)).order_by(User.id).limit(20)), *found]


def _active(user: User) -> Any:
    return select(User).where(User.id != user.id, User.blocked_at.is_(None), User.erased_at.is_(None))


def _successor(user: User, successor_id: int | None) -> User:
    found = find_successors(user)
    wanted = [one for one in found if successor_id in (None, one.id)]
    if not wanted:
        raise Refused(_("Bitte wählen Sie eine Person, die übernimmt."))
    return wanted[0]
