"""What every way into the hub ends in: a session, a second step, or a refusal."""

from dataclasses import dataclass
from enum import Enum, auto

from hub.accounts import half_open, sessions
from hub.accounts.models import User
from hub.accounts.service import factors
from hub.audit.service import record
from hub.core.actor import Actor, Proof
from hub.core.db import db
from hub.core.permissions import Role
from hub.core.unit_of_work import unit_of_work


class Refusal(Enum):
    """Why nobody was signed in. Unknown address, wrong password and locked account are one answer."""

    WRONG = auto()
    TOO_OFTEN = auto()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session of a person."""

    user_id: int
    reference: str
    is_kept: bool = False
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The first proof was right; the second step is still to come (``hub.accounts.half_open``)."""

    user_id: int
    reference: str


def find_actor(user_id: int) -> Actor | None:
    """Who a worker acts for; None for somebody who is gone or blocked."""
    user = db.session.get(User, user_id)
    return None if user is None or user.blocked_at is not None else as_actor(user)


def enter(user: User, keep: bool, proof: Proof) -> SignedIn | HalfWay:
    """Let a person in who has shown one proof: those with a second factor have one more step to go."""
    if factors.has_any(user.id):
        return HalfWay(user.id, half_open.start(user.id, keep, proof))
    return open_session(user, keep, proof)


def open_session(user: User, keep: bool, *proofs: Proof) -> SignedIn:
    """Open a session for a person who has shown all that is needed; the office is never kept signed in."""
    keep = keep and user.role in (Role.MEMBER, Role.COORDINATOR)
    with unit_of_work():
        reference = sessions.start(user.id, keep, *proofs)
        record(as_actor(user), "session.started", user.id, way=" ".join(proofs))
    return SignedIn(user.id, reference, keep, proofs)


def as_actor(user: User) -> Actor:
    """The account as somebody who acts, without session and proofs."""
    return Actor(id=user.id, name=user.name, role=Role(user.role), organisation_id=user.organisation_id)
