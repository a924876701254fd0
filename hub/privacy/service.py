"""Erasing a person, and forgetting what nobody needs any more."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hub.accounts import queries as accounts
from hub.accounts.models import LoginSession, OneTimeToken, User
from hub.accounts.service.people import keep_one_admin
from hub.accounts.sessions import KEPT
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Refused
from hub.core.permissions import Role
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Entry, Practice
from hub.entries.service import binning
from hub.entries.service.files import sweep_held_files
from hub.fetching.models import FetchedPage
from hub.privacy import policy
from hub.privacy.inventory import HOLDINGS, Fate

FORMER = "Ehemaliges Mitglied"
LINKS_KEPT_FOR = timedelta(days=30)
REQUESTERS_KEPT_FOR = timedelta(days=30)
_BY_HAND = (User, Practice, Entry)


def erase_person(actor: Actor, user: User, confirmation: str) -> None:
    """Forget who somebody was; what they contributed stays as that of a former member. There is no way back.

    ``confirmation`` is the address of the account, typed. Raises Refused when it is another one, or when nobody would
    be left who administers the hub.
    """
    require(policy.may_erase(actor, user.id))
    if accounts.normal_email(confirmation) != user.email:
        raise Refused(_("Das ist nicht die Adresse dieses Kontos."))
    with unit_of_work() as session:
        admins = accounts.lock_active_admins()
        session.refresh(user, with_for_update=True)
        keep_one_admin(user, admins)
        address = user.email
        binning.purge_drafts(actor, user.id)
        for holding in HOLDINGS:
            mine = holding.of(user.id, address)
            if holding.fate == Fate.DELETED and holding.model not in _BY_HAND:
                session.execute(delete(holding.model).where(mine))
            elif holding.fate == Fate.EMPTIED and holding.model not in _BY_HAND:
                session.execute(update(holding.model).where(mine).values(dict.fromkeys(holding.persons)))
        _take_out_of_practices(session, address, user.name)
        _forget(user)
        record(actor, "user.erased", user.id)
    sweep_held_files()


def sweep(_payload: dict[str, Any]) -> None:
    """The nightly duty: sessions and links that are over, and who had a page read."""
    now = clock.now()
    with unit_of_work() as session:
        session.execute(delete(LoginSession).where(LoginSession.created_at < now - KEPT))
        session.execute(delete(OneTimeToken).where(OneTimeToken.expires_at < now - LINKS_KEPT_FOR))
        asked = update(FetchedPage).where(FetchedPage.requested_at < now - REQUESTERS_KEPT_FOR)
        session.execute(asked.where(FetchedPage.requested_by_id.is_not(None)).values(requested_by_id=None))


def _take_out_of_practices(session: Session, address: str, name: str) -> None:
    for practice in session.scalars(select(Practice).where(Practice.contact_email == address)):
        practice.contact_email = ""
        if name.casefold() in practice.contact.casefold():
            practice.contact = FORMER


def _forget(user: User) -> None:
    user.name, user.email = FORMER, f"ehemalig-{user.id}@invalid"
    user.password_hash = user.last_seen_at = user.read_until = None
    user.invited_at = user.staying_at = user.left_at = None
    user.terms_version = 0
    user.role, user.language, user.is_example = Role.MEMBER, "de", False
    user.wants_letters = user.wants_questions = user.wants_keys = False
    user.blocked_at = user.erased_at = clock.now()
    user.version += 1
