"""Who is meant by a mail address, and since when a person has an own one."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from hub.accounts.models import User
from hub.audit.models import AuditEvent
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.permissions import Role
from hub.entries.models import MailToken

TAKEN = "entry.mailed"


def find_sender(email: str) -> Actor | None:
    """The person with this address, unless the account is blocked."""
    return _find(User.email == email) if email else None


def find_owner(token_hash: str) -> Actor | None:
    """The person to whom the secret part of an own address belongs, unless the account is blocked."""
    return _find(User.id == select(MailToken.user_id).where(MailToken.token_hash == token_hash).scalar_subquery())


def find_address_date(actor: Actor) -> datetime | None:
    """When the own address was made; None when there is none."""
    return db.session.scalar(select(MailToken.created_at).where(MailToken.user_id == actor.id))


def count_taken_today(actor: Actor) -> int:
    """How many mails became drafts of this person within a day."""
    since = clock.now() - timedelta(days=1)
    mine = (AuditEvent.actor_id == actor.id) & (AuditEvent.action == TAKEN) & (AuditEvent.at > since)
    return db.session.scalar(select(func.count()).select_from(AuditEvent).where(mine)) or 0


def _find(condition: ColumnElement[bool]) -> Actor | None:
    user = db.session.scalar(
        select(User).where(condition, User.blocked_at.is_(None)).options(joinedload(User.organisation))
    )
    if user is None:
        return None
    return Actor(
        id=user.id,
        name=user.name,
        role=Role(user.role),
        email=user.email,
        organisation_id=user.organisation_id,
        organisation_name=user.organisation.label,
    )
