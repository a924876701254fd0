"""Second factors: time codes, recovery codes, passkeys; and sign-ins that still wait for one."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db


class TimeCode(db.Model):
    """The seed that a person's app shares with the hub, sealed; it counts once a code of it has been shown.

    ``last_step`` is the newest half minute whose code was used: no code of it or before it is taken again.
    """

    __tablename__ = "time_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    sealed_seed: Mapped[str] = mapped_column(Text)
    last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(db.Model):
    """A printed code for the day the phone is gone; works once, only its hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime | None]


class Passkey(db.Model):
    """A key pair in a person's device; we keep the public half. ``handle`` names the person to their devices."""

    __tablename__ = "passkey"
    __table_args__ = (CheckConstraint("length(name) BETWEEN 1 AND 80", name="name_length"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(Text)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    handle: Mapped[str] = mapped_column(String(100))
    transports: Mapped[list[str]] = mapped_column(JSON, default=list)
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime | None]


class PasskeyChallenge(db.Model):
    """What a passkey has to sign: for one browser, for one purpose, for a few minutes, once."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (UniqueConstraint("bound_to", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bound_to: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(10))
    challenge: Mapped[str] = mapped_column(String(100))
    handle: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


class HalfOpenSignIn(db.Model):
    """A person has shown the first proof and not yet the second; no session before both."""

    __tablename__ = "half_open_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    proof: Mapped[str] = mapped_column(String(20))
    is_kept: Mapped[bool] = mapped_column(default=False)
    target: Mapped[str] = mapped_column(Text, default="")
    parked: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=now)
