"""Terms of use: which version is in force, who agreed to it when, publishing a new one."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from hub.accounts.joining_models import TermsAcceptance, TermsVersion
from hub.accounts.models import User
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.permissions import Permission
from hub.core.text import clean_text
from hub.core.unit_of_work import unit_of_work

FIRST_VERSION = 1


def current_version() -> int:
    """The version in force; the text that comes with the hub is the first."""
    return db.session.scalar(select(func.max(TermsVersion.version))) or FIRST_VERSION


def demanded_version() -> ColumnElement[int]:
    """The newest version that everybody has to have agreed to, as part of a query.

    Without a published one that is the first: accounts made by command count as having agreed to it, so nobody whom
    the operator brings in meets a page of terms before the hub (``User.terms_version`` is 1 there, 0 when invited).
    """
    asked = select(func.max(TermsVersion.version)).where(TermsVersion.asks_all)
    return func.coalesce(asked.scalar_subquery(), FIRST_VERSION)


def find_published() -> TermsVersion | None:
    """The newest text that the office has published; None while the one that came with the hub is in force."""
    return db.session.scalar(select(TermsVersion).order_by(TermsVersion.version.desc()).limit(1))


def accept(user: User, version: int, moment: datetime | None = None) -> None:
    """Note in the open unit of work that the person agreed to this version, now or at the given moment."""
    known = select(TermsAcceptance).where(TermsAcceptance.user_id == user.id, TermsAcceptance.version == version)
    if db.session.scalar(known) is None:
        at = moment or clock.now()
        db.session.add(TermsAcceptance(user_id=user.id, version=version, accepted_at=at))
    user.terms_version = max(user.terms_version, version)


def accept_own(actor: Actor, version: int) -> bool:
    """The person agrees to the version that was shown; False when a newer one has come meanwhile."""
    with unit_of_work() as session:
        user = session.get(User, actor.id, with_for_update=True, populate_existing=True)
        if user is None or version != current_version():
            return False
        accept(user, version)
        record(actor, "user.terms_accepted", user.id, version=version)
    return True


def publish(actor: Actor, texts: dict[str, str], first_texts: dict[str, str], asks_all: bool) -> int:
    """Put new terms in force; returns their version. ``first_texts`` are kept as version 1 when none was published.

    ``asks_all``: everybody agrees to them at the next visit, before anything else.
    """
    require(actor.may(Permission.PAGE_EDIT))
    with unit_of_work() as session:
        number = current_version() + 1
        if number == FIRST_VERSION + 1:
            _write(FIRST_VERSION, first_texts, asks_all=False)
        _write(number, texts, asks_all)
        session.flush()
        record(actor, "terms.published", number, asks_all=asks_all)
    return number


def _write(version: int, texts: dict[str, str], asks_all: bool) -> None:
    bodies = {f"body_{language}": clean_text(text) for language, text in texts.items()}
    db.session.add(TermsVersion(version=version, asks_all=asks_all, **bodies))
