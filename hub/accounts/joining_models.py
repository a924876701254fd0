"""Tables about coming and staying: terms of use, invitations sent, mail domains, requests for access."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db


class TermsVersion(db.Model):
    """Terms of use as they were published; ``asks_all``: whoever has agreed to an earlier version is asked again."""

    __tablename__ = "terms_version"
    __table_args__ = (CheckConstraint("version > 0", name="version"),)

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body_de: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    asks_all: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime] = mapped_column(default=now)


class TermsAcceptance(db.Model):
    """A person agreed to one version, then."""

    __tablename__ = "terms_acceptance"
    __table_args__ = (UniqueConstraint("user_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    version: Mapped[int]
    accepted_at: Mapped[datetime] = mapped_column(default=now)


class InvitationSent(db.Model):
    """An invitation was made, for counting how many a person makes a day; outlives an invitation taken back."""

    __tablename__ = "invitation_sent"
    __table_args__ = (Index("ix_invitation_sent_inviter_id_sent_at", "inviter_id", "sent_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inviter_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    sent_at: Mapped[datetime] = mapped_column(default=now)


class MailDomain(db.Model):
    """What stands behind the @ in the addresses of an organisation's people; who has such an address may ask."""

    __tablename__ = "mail_domain"
    __table_args__ = (CheckConstraint("domain = lower(domain)", name="lower"),)

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)


class AccessRequest(db.Model):
    """Somebody asks for an account. Without ``confirmed_at`` the address has not been proven yet.

    Gone when it is decided: an approved one has become an account, of a declined one the audit table knows.
    """

    __tablename__ = "access_request"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_length"),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(2), default="de")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    terms_version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]
