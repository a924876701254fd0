"""Ways into the hub: password, one-time link."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select, update

from hub.accounts import limits, notices, passwords, policy, queries, sessions
from hub.accounts.models import OneTimeToken, User
from hub.accounts.service import people
from hub.accounts.service.opening import HalfWay, Refusal, SignedIn, as_actor, enter
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import SYSTEM, Actor, Proof, require
from hub.core.db import db
from hub.core.errors import Busy, Missing
from hub.core.permissions import Role
from hub.core.tokens import hash_token, new_token
from hub.core.unit_of_work import unit_of_work

LIFETIMES = {
    "sign_in": timedelta(minutes=20),
    "invitation": timedelta(days=7),
    "first_admin": timedelta(hours=24),
    "example": timedelta(hours=24),
    "reset": timedelta(minutes=30),
    "email": timedelta(hours=24),
}
SIGN_IN_PURPOSES = ("sign_in", "example")
PASSWORD_PURPOSES = ("invitation", "first_admin", "reset")
LINK_PURPOSES = (*SIGN_IN_PURPOSES, *PASSWORD_PURPOSES)


def sign_in(email: str, password: str, address: str, browser: str | None, keep: bool) -> SignedIn | HalfWay | Refusal:
    """Check address and password; every path costs one bcrypt call except when a limit is reached."""
    email = queries.normal_email(email)
    attempt = limits.take_place(email, address, browser)
    if attempt is None:
        return Refusal.TOO_OFTEN
    user = queries.find_user_by_email(email)
    stored = user.password_hash if user and user.blocked_at is None else None
    if not _is_right(password, stored, attempt) or user is None:
        _record_failure(user)
        return Refusal.WRONG
    limits.give_back(attempt)
    if stored is not None and passwords.is_outdated(stored):
        _renew_hash(user.id, stored, password)
    return enter(user, keep, Proof.PASSWORD)


def _renew_hash(user_id: int, stored: str, password: str) -> None:
    """The password is at hand only now: keep it as hashes are made today. When many wait, the next time will do."""
    db.session.rollback()
    try:
        hashed = passwords.hash_password(password)
    except Busy:
        return
    with unit_of_work() as session:
        same = (User.id == user_id) & (User.password_hash == stored)
        session.execute(update(User).where(same).values(password_hash=hashed))


def _is_right(password: str, stored: str | None, attempt: limits.Attempt) -> bool:
    """Ask for the hash with no connection held; an attempt that was not even looked at does not count."""
    db.session.rollback()
    try:
        return passwords.is_password(password, stored)
    except Busy:
        limits.give_back(attempt)
        raise


def use_link(token: str) -> SignedIn | HalfWay:
    """Sign in by a one-time link; raises Missing when it was used, has expired or never existed."""
    user = redeem(token, *SIGN_IN_PURPOSES)
    return enter(user, False, Proof.LINK)


def set_first_password(token: str, password: str) -> SignedIn | HalfWay:
    """Use an invitation or the first administrator's link: keep the password, end all sessions, sign in.

    Raises Refused when the password is weak, Missing as ``use_link`` does.
    """
    link = queries.find_link(token)
    if link is None:
        raise Missing
    people.refuse_weak(password, link.user.email, link.user.name)
    db.session.rollback()  # no connection is held while waiting for the hash
    hashed = passwords.hash_password(password)
    with unit_of_work():
        user = redeem(token, *PASSWORD_PURPOSES)
        had_password, user.password_hash = user.password_hash is not None, hashed
        record(as_actor(user), "user.password_set", user.id)
        sessions.end_all(user.id)
        end_open_links(user.id)
        if had_password:
            notices.tell_password_changed(user)
    return enter(user, False, Proof.LINK)


def redeem(token: str, *purposes: str) -> User:
    """Use a link up: of several parallel tries exactly one succeeds."""
    now = clock.now()
    with unit_of_work() as session:
        row = session.execute(
            update(OneTimeToken)
            .where(
                OneTimeToken.token_hash == hash_token(token),
                OneTimeToken.purpose.in_(purposes),
                OneTimeToken.used_at.is_(None),
                OneTimeToken.expires_at > now,
            )
            .values(used_at=now)
            .returning(OneTimeToken.user_id)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        user = session.get(User, row.user_id) if row else None
        if user is None or user.blocked_at is not None:
            raise Missing
    return user


def make_link(actor: Actor, user: User, purpose: str) -> str:
    """A fresh link for the account, returned once; earlier open links of the same purpose end."""
    require(policy.may_tend(actor, user))
    token = new_token()
    now = clock.now()
    with unit_of_work() as session:
        session.execute(
            update(OneTimeToken)
            .where(OneTimeToken.user_id == user.id, OneTimeToken.purpose == purpose, OneTimeToken.used_at.is_(None))
            .values(used_at=now)
        )
        session.add(
            OneTimeToken(
                user_id=user.id, purpose=purpose, token_hash=hash_token(token), expires_at=now + LIFETIMES[purpose]
            )
        )
        record(actor, "user.link_made", user.id, purpose=purpose)
    return token


def end_open_links(user_id: int, purpose: str | None = None) -> None:
    """Open links of an account lead nowhere any more; they may lie in a mailbox that no longer counts."""
    rows = update(OneTimeToken).where(OneTimeToken.user_id == user_id, OneTimeToken.used_at.is_(None))
    if purpose is not None:
        rows = rows.where(OneTimeToken.purpose == purpose)
    with unit_of_work() as session:
        session.execute(rows.values(used_at=clock.now()))


def sign_out(actor: Actor) -> None:
    """End the present session."""
    if actor.session_id is None:
        return
    with unit_of_work():
        sessions.end(actor.session_id)
        record(actor, "session.ended", actor.id)


def find_unused_first_links(make: Callable[[User], str]) -> list[tuple[User, str]]:
    """Links that the start prints: the first administrator until the password is set, example accounts until used."""
    users = db.session.scalars(
        select(User).where(User.blocked_at.is_(None), User.last_seen_at.is_(None), User.password_hash.is_(None))
    ).all()
    wanted = [user for user in users if user.is_example or user.role == Role.ADMIN]
    return [(user, make(user)) for user in wanted]


def _record_failure(user: User | None) -> None:
    with unit_of_work():
        record(SYSTEM, "session.refused", user.id if user else None)
