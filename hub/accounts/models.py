"""Organisations, accounts, sessions, one-time links and failed sign-ins."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.core.clock import now
from hub.core.db import db
from hub.core.permissions import Role

ROLE_LABELS = {
    Role.MEMBER: _l("Mitglied"),
    Role.COORDINATOR: _l("Koordination"),
    Role.EDITOR: _l("Redaktion"),
    Role.ADMIN: _l("Verwaltung"),
}
ORGANISATION_KINDS = {"city": _l("Stadt"), "body": _l("Organisation"), "office": _l("Geschäftsstelle")}


class Organisation(db.Model):
    """A member city or body, or the office itself; it owns what its people contribute."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("kind IN ('city', 'body', 'office')", name="kind"),
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    label: Mapped[str] = mapped_column(String(140))
    kind: Mapped[str] = mapped_column(String(10), default="city")
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)

    __mapper_args__ = {"version_id_col": version}


class User(db.Model):
    """A person's account. Without a password hash it can only be entered by a one-time link.

    Once erased (``hub.privacy``) it is a number under which contributions of a former member stay together.
    ``invited_at`` is the last invitation, ``staying_at`` when a coordination said that the person still belongs to
    it, ``left_at`` when the account was closed, ``terms_version`` the newest terms of use that the person agreed to.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'coordinator', 'editor', 'admin')", name="role"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_length"),
        CheckConstraint("language IN ('de', 'en')", name="language"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    role: Mapped[str] = mapped_column(String(12), default=Role.MEMBER)
    language: Mapped[str] = mapped_column(String(2), default="de", server_default="de")
    wants_letters: Mapped[bool] = mapped_column(default=True, server_default=true())
    wants_keys: Mapped[bool] = mapped_column(default=True, server_default=true())
    wants_questions: Mapped[bool] = mapped_column(default=False, server_default=false())
    password_hash: Mapped[str | None] = mapped_column(String(120))
    blocked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    read_until: Mapped[datetime | None]
    invited_at: Mapped[datetime | None]
    staying_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    # 1 is the first version: whoever the operator brings in by command has agreed to it with the operator.
    terms_version: Mapped[int] = mapped_column(default=1, server_default="1")
    is_example: Mapped[bool] = mapped_column(default=False)
    erased_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")

    @property
    def access(self) -> str:
        """Whether the person can come in: has left, blocked, invited (has never been here) or active."""
        if self.blocked_at is not None:
            return "blocked" if self.left_at is None else "left"
        return "invited" if self.last_seen_at is None else "active"


class LoginSession(db.Model):
    """One signed-in browser; only hashes of its reference are kept.

    ``proofs`` are the ways in which the person has shown who they are, the last time at ``proven_at``.
    """

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference_hash: Mapped[str] = mapped_column(String(64), unique=True)
    previous_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime] = mapped_column(default=now)
    rotated_at: Mapped[datetime] = mapped_column(default=now)
    is_kept: Mapped[bool] = mapped_column(default=False)
    proven_at: Mapped[datetime] = mapped_column(default=now)
    proofs: Mapped[str] = mapped_column(String(80), default="")
    agent: Mapped[str | None] = mapped_column(String(300))
    parked: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class OneTimeToken(db.Model):
    """A printed or mailed link: bound to a purpose, used once, only its hash kept.

    ``email`` is the address that a link of the purpose ``email`` confirms.
    """

    __tablename__ = "one_time_token"
    __table_args__ = (
        CheckConstraint(
            "purpose IN ('sign_in', 'invitation', 'first_admin', 'example', 'reset', 'email')", name="purpose"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginFailure(db.Model):
    """A failed (or just running) attempt to sign in; counted over a few minutes, then swept."""

    __tablename__ = "login_failure"
    __table_args__ = (Index("ix_login_failure_scope_key_at", "scope", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now)
