"""Providers, identities linked to accounts, sign-ins under way, people who wait for a yes."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.accounts.models import Organisation, User
from hub.core.clock import now
from hub.core.db import db

NEWCOMERS = {
    "create": _l("Konto sofort anlegen"),
    "ask": _l("Erst die Koordination oder die Geschäftsstelle fragen"),
}


class IdentityProvider(db.Model):
    """A provider of an organisation. ``told`` is what its metadata said, ``keys`` are its public keys."""

    __tablename__ = "identity_provider"
    __table_args__ = (
        CheckConstraint("newcomers IN ('create', 'ask')", name="newcomers"),
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name_length"),
        UniqueConstraint("issuer", "client_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    issuer: Mapped[str] = mapped_column(String(300))
    client_id: Mapped[str] = mapped_column(String(200))
    sealed_secret: Mapped[str | None] = mapped_column(Text)
    is_on: Mapped[bool] = mapped_column(default=False)
    newcomers: Mapped[str] = mapped_column(String(8), default="ask")
    trusts_email: Mapped[bool] = mapped_column(default=False)
    checks_factor: Mapped[bool] = mapped_column(default=False)
    factor_acr: Mapped[str] = mapped_column(String(200), default="")
    told: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    keys: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    checked_at: Mapped[datetime | None]
    keys_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")


class LinkedIdentity(db.Model):
    """This subject of this provider is this account. The address is only shown, never compared."""

    __tablename__ = "linked_identity"
    __table_args__ = (
        UniqueConstraint("provider_id", "subject"),
        UniqueConstraint("provider_id", "user_id"),
        CheckConstraint("length(subject) BETWEEN 1 AND 255", name="subject_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("identity_provider.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(255))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254), default="")
    sid: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise_on_sql")
    provider: Mapped[IdentityProvider] = relationship(lazy="raise_on_sql")


class SignOnAttempt(db.Model):
    """A way to a provider and back, once: bound to one browser, one provider and ten minutes.

    With ``session_id`` a signed-in person links an identity (``purpose`` link) or proves to be there (confirm).
    """

    __tablename__ = "sign_on_attempt"
    __table_args__ = (CheckConstraint("purpose IN ('enter', 'link', 'confirm')", name="purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    provider_id: Mapped[int] = mapped_column(ForeignKey("identity_provider.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(8), default="enter")
    session_id: Mapped[int | None] = mapped_column(ForeignKey("login_session.id", ondelete="CASCADE"), index=True)
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(64))
    target: Mapped[str] = mapped_column(Text, default="")
    parked: Mapped[str | None] = mapped_column(Text)
    network: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


class WaitingPerson(db.Model):
    """Somebody whom a provider has vouched for and who has no account yet; an organisation's people decide."""

    __tablename__ = "waiting_person"
    __table_args__ = (UniqueConstraint("provider_id", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("identity_provider.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(String(254))
    is_email_verified: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    declined_at: Mapped[datetime | None]

    provider: Mapped[IdentityProvider] = relationship(lazy="raise_on_sql")


class SignOnSession(db.Model):
    """Which session came from which provider, so that signing out there can end it here."""

    __tablename__ = "sign_on_session"
    __table_args__ = (Index("ix_sign_on_session_provider_id_subject", "provider_id", "subject"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("login_session.id", ondelete="CASCADE"), primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("identity_provider.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(255))
    sid: Mapped[str] = mapped_column(String(255), default="")
