"""Invitations: one person or many at once, again, taken back; accepting them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from hub.accounts import joining_notices, passwords, policy, queries, sessions
from hub.accounts.joining_models import InvitationSent
from hub.accounts.models import OneTimeToken, User
from hub.accounts.service import opening, people, signing_in, terms
from hub.accounts.service.opening import HalfWay, SignedIn
from hub.accounts.service.people import Person
from hub.accounts.service.signing_in import make_link
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, Proof, require
from hub.core.db import db
from hub.core.errors import Missing, Refused
from hub.core.text import clean_line
from hub.core.unit_of_work import unit_of_work

MOST_A_DAY = 50
A_DAY = timedelta(days=1)
PURPOSE = "invitation"
KEPT_AFTER_END = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Invited:
    """A person and the token of the link; the token is known here only and goes by mail or onto the page, once."""

    user: User
    token: str


def invite(actor: Actor, persons: Sequence[Person]) -> list[Invited]:
    """Make accounts and their links, all or none; letters go out when mail is set up.

    Raises Refused when an address has an account already or the day's number is reached.
    """
    with unit_of_work():
        _take_places(actor, len(persons))
        return [_bring_in(actor, person) for person in persons]


def invite_again(actor: Actor, user: User) -> Invited:
    """A new link for somebody who has not accepted yet or has left; the earlier one ends."""
    with unit_of_work() as session:
        _take_places(actor, 1)
        session.refresh(user, with_for_update=True)
        require(policy.may_tend(actor, user))
        if user.access not in ("invited", "left"):
            raise Refused(_("%(name)s hat schon einen Zugang.", name=user.name))
        user.blocked_at = user.left_at = None
        return _send(actor, user)


def withdraw_invitation(actor: Actor, user: User) -> None:
    """Take an invitation back: the account goes with it, since nobody has ever used it."""
    with unit_of_work() as session:
        session.refresh(user, with_for_update=True)
        require(policy.may_tend(actor, user))
        if not is_only_invited(user):
            raise Refused(_("%(name)s war schon hier. Sie können das Konto sperren oder schließen.", name=user.name))
        record(actor, "user.invitation_withdrawn", user.id)
        session.delete(user)


def is_only_invited(user: User) -> bool:
    """Whether the account is nothing but an invitation."""
    return user.access == "invited" and user.invited_at is not None and user.password_hash is None


def is_over(user: User) -> bool:
    """Whether the time of the invitation has run out."""
    return user.invited_at is not None and user.invited_at + signing_in.LIFETIMES[PURPOSE] <= clock.now()


def accept_invitation(token: str, name: str, password: str, version: int) -> SignedIn | HalfWay | None:
    """Begin: keep name and password, note that the terms were agreed to, sign in.

    None when newer terms have come than were shown. Raises Refused for a weak password, Missing when the link is
    used, over or unknown.
    """
    link = queries.find_link(token)
    if link is None:
        raise Missing
    people.refuse_weak(password, link.user.email, name)
    db.session.rollback()  # no connection is held while waiting for the hash
    hashed = passwords.hash_password(password)
    with unit_of_work():
        if version != terms.current_version():
            return None
        user = signing_in.redeem(token, PURPOSE)
        user.name, user.password_hash = clean_line(name), hashed
        terms.accept(user, version)
        actor = opening.as_actor(user)
        record(actor, "user.invitation_accepted", user.id, terms=version)
        record(actor, "user.password_set", user.id)
        sessions.end_all(user.id)
    return opening.enter(user, False, Proof.LINK)


def places_left(actor: Actor) -> int:
    """How many more people the actor may invite today."""
    if actor.id is None:
        return MOST_A_DAY
    sent = select(func.count()).where(
        InvitationSent.inviter_id == actor.id, InvitationSent.sent_at > clock.now() - A_DAY
    )
    return max(0, MOST_A_DAY - (db.session.scalar(sent) or 0))


def sweep_invitations(_payload: dict[str, Any]) -> None:
    """Forget people who have not accepted within a month after their link ended, and the counts of past days."""
    now = clock.now()
    over = now - signing_in.LIFETIMES[PURPOSE] - KEPT_AFTER_END
    with unit_of_work() as session:
        session.execute(delete(InvitationSent).where(InvitationSent.sent_at < now - A_DAY * 2))
        never_came = (
            User.invited_at < over,
            User.last_seen_at.is_(None),
            User.password_hash.is_(None),
            User.blocked_at.is_(None),
        )
        for user in session.scalars(select(User).where(*never_came)):
            session.delete(user)


def _bring_in(actor: Actor, person: Person) -> Invited:
    user = people.create_user(actor, person)
    user.terms_version = 0
    return _send(actor, user)


def _send(actor: Actor, user: User) -> Invited:
    user.invited_at = clock.now()
    token = make_link(actor, user, PURPOSE)
    if actor.id is not None:
        db.session.add(InvitationSent(inviter_id=actor.id))
    record(actor, "user.invited", user.id)
    joining_notices.tell_invited(user, actor, token)
    return Invited(user, token)


def _take_places(actor: Actor, number: int) -> None:
    """Of two lists at the same moment the second waits for the first to be counted."""
    db.session.execute(select(User.id).where(User.id == actor.id).with_for_update())
    left = places_left(actor)
    if number > left:
        raise Refused(
            _(
                "Am Tag sind %(most)s Einladungen möglich, heute noch %(left)s. Ihre Liste hat %(number)s.",
                most=MOST_A_DAY,
                left=left,
                number=number,
            )
        )


def end_links(user_id: int) -> None:
    """No link of this person opens anything any more; belongs into an open unit of work."""
    links = update(OneTimeToken).where(OneTimeToken.user_id == user_id, OneTimeToken.used_at.is_(None))
    db.session.execute(links.values(used_at=clock.now()))
