"""A new mail address for the own account: asked for by the person, confirmed from the new mailbox, told to both."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from hub.accounts import limits, notices, queries, sessions
from hub.accounts.limits import Limit
from hub.accounts.models import OneTimeToken, User
from hub.accounts.service.opening import as_actor
from hub.accounts.service.signing_in import LIFETIMES, end_open_links, redeem
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.errors import Conflict, Missing, Refused
from hub.core.tokens import hash_token, new_token
from hub.core.unit_of_work import unit_of_work
from hub.mailing import service as mailing

PURPOSE, PER_DAY = "email", 5


def ask_for_email(actor: Actor, email: str) -> None:
    """Send a link to the new address and word to the present one; raises Refused in words.

    Whether another account has the address the person is not told; its owner gets no letter.
    """
    if not mailing.is_configured():
        raise Missing
    email = queries.normal_email(email)
    with unit_of_work():
        user = queries.get_own_user(actor)
        if email == user.email:
            raise Refused(_("Das ist Ihre jetzige Adresse."))
        if limits.take(Limit(PURPOSE, str(user.id), PER_DAY, timedelta(days=1))) is None:
            raise Refused(_("Sie haben heute schon fünfmal eine Adresse eingetragen. Bitte warten Sie bis morgen."))
        end_open_links(user.id, PURPOSE)
        notices.tell_address_asked(user, email)
        record(actor, "user.email_asked", user.id)
        if queries.find_user_by_email(email) is None:
            until = clock.now() + LIFETIMES[PURPOSE]
            notices.tell_new_address(user, email, _make_token(user, email), until)


def find_email_link(token: str) -> tuple[User, str] | None:
    """Whose address an open link confirms, and which; None when it leads nowhere (any more)."""
    found = queries.find_link(token)
    if found is None or not found.is_open or found.purpose != PURPOSE:
        return None
    return found.user, _address_of(token)


def confirm_email(token: str, session_id: int | None) -> User:
    """Use the link: the account has the new address, other sessions and all open links end, both addresses are told.

    ``session_id`` is the session of the browser that confirms; it stays when it is the person's own. Raises Missing
    when the link was used or has ended, Refused when the address has been taken meanwhile.
    """
    email = _address_of(token)
    try:
        with unit_of_work():
            user = redeem(token, PURPOSE)
            old, user.email = user.email, email
            user.version += 1
            db.session.flush()
            end_open_links(user.id)
            sessions.end_all(user.id, except_id=session_id)
            notices.tell_address_changed(user, old)
            record(as_actor(user), "user.email_changed", user.id)
    except Conflict as error:
        raise Refused(_("Zu dieser Adresse gibt es inzwischen ein anderes Konto.")) from error
    return user


def _make_token(user: User, email: str) -> str:
    token = new_token()
    ends = clock.now() + LIFETIMES[PURPOSE]
    row = OneTimeToken(user_id=user.id, purpose=PURPOSE, token_hash=hash_token(token), email=email, expires_at=ends)
    db.session.add(row)
    return token


def _address_of(token: str) -> str:
    email = db.session.scalar(select(OneTimeToken.email).where(OneTimeToken.token_hash == hash_token(token)))
    if email is None:
        raise Missing
    return email
