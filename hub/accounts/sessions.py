"""Signed-in browsers as rows: made, looked up at each request, rotated, ended.

The cookie holds a random reference, the table its SHA-256. Ending a row acts at the next request in every worker.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, current_app, g
from sqlalchemy import delete, select, update

from hub.accounts.models import LoginSession, Organisation, User
from hub.core import clock
from hub.core.actor import OFFICE_ROLES, Actor
from hub.core.db import db
from hub.core.permissions import Role
from hub.core.tokens import hash_token, new_token
from hub.core.unit_of_work import unit_of_work

IDLE = timedelta(minutes=60)
IDLE_OFFICE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
KEPT = timedelta(days=30)
ROTATE_AFTER = timedelta(days=1)
ROTATION_GRACE = timedelta(minutes=1)
SEEN_EVERY = timedelta(minutes=1)
NEW_VISIT_AFTER = timedelta(minutes=30)


def cookie_name() -> str:
    """``__Host-`` binds the cookie to this host over TLS; on loopback without TLS a plain name."""
    return "__Host-session" if current_app.config["SECURE"] else "hub_session"


def load_actor(request: Request) -> Actor | None:
    """The signed-in person of this request, or None. Registered with Flask-Login."""
    reference = request.cookies.get(cookie_name())
    if not reference or len(reference) > 100:
        return None
    found = _find(hash_token(reference))
    if found is None:
        _end_all_if_reused(hash_token(reference))
        return None
    if _has_ended(found):
        return None
    g.session_reference = reference
    _note_use(found)
    return _actor_of(found)


def start(user_id: int, keep: bool) -> str:
    """Open a session and return its reference; the caller puts it into the answer with ``remember_in_answer``."""
    reference = new_token()
    with unit_of_work() as session:
        session.execute(delete(LoginSession).where(LoginSession.created_at < clock.now() - KEPT))
        session.add(LoginSession(reference_hash=hash_token(reference), user_id=user_id, is_kept=keep))
    return reference


def end(session_id: int) -> None:
    """End one session."""
    with unit_of_work() as session:
        session.execute(delete(LoginSession).where(LoginSession.id == session_id))


def end_all(user_id: int, except_id: int | None = None) -> None:
    """End the sessions of a person, for instance after a new password; the current one may stay."""
    rows = delete(LoginSession).where(LoginSession.user_id == user_id)
    if except_id is not None:
        rows = rows.where(LoginSession.id != except_id)
    with unit_of_work() as session:
        session.execute(rows)


def remember_in_answer(reference: str, keep: bool) -> None:
    """Set the cookie on the answer to this request; a person who stays signed in gets a cookie that stays."""
    g.new_session_cookie = (reference, int(KEPT.total_seconds()) if keep else None)


def forget_in_answer() -> None:
    """Remove the cookie with the answer to this request."""
    g.new_session_cookie = ("", 0)


def park(session_id: int, where: str, data: dict[str, list[str]]) -> None:
    """Keep a form that could not be taken, so that the page can show it again filled."""
    with unit_of_work() as session:
        session.execute(
            update(LoginSession).where(LoginSession.id == session_id).values(parked={"where": where, "data": data})
        )


def take_parked(session_id: int, where: str) -> dict[str, list[str]] | None:
    """The parked form of this page, once."""
    parked = db.session.scalar(select(LoginSession.parked).where(LoginSession.id == session_id))
    if not parked or parked.get("where") != where:
        return None
    with unit_of_work() as session:
        session.execute(update(LoginSession).where(LoginSession.id == session_id).values(parked=None))
    data: dict[str, list[str]] = parked["data"]
    return data


def init_sessions(app: Flask) -> None:
    """Put a new or ended session cookie into answers."""

    @app.after_request
    def _write_cookie(response: Response) -> Response:
        cookie = g.pop("new_session_cookie", None)
        if cookie:
            value, max_age = cookie
            response.set_cookie(
                cookie_name(),
                value,
                max_age=max_age,
                path="/",
                secure=bool(app.config["SECURE"]),
                httponly=True,
                samesite="Lax",
            )
        return response


_COLUMNS = (
    LoginSession.id.label("session_id"),
    LoginSession.created_at,
    LoginSession.used_at,
    LoginSession.rotated_at,
    LoginSession.is_kept,
    User.id.label("user_id"),
    User.name,
    User.email,
    User.role,
    User.blocked_at,
    User.last_seen_at,
    User.read_until,
    User.organisation_id,
    Organisation.label.label("organisation_label"),
)
_LOOKUP = (
    select(*_COLUMNS)
    .join(User, User.id == LoginSession.user_id)
    .join(Organisation, Organisation.id == User.organisation_id)
)


def _find(reference_hash: str) -> Any:
    return db.session.execute(_LOOKUP.where(LoginSession.reference_hash == reference_hash)).one_or_none()


def _actor_of(row: Any) -> Actor:
    return Actor(
        id=row.user_id,
        name=row.name,
        role=Role(row.role),
        email=row.email,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation_label,
        session_id=row.session_id,
        previous_visit_at=row.read_until,
        signed_in_at=row.created_at,
    )


def _has_ended(row: Any) -> bool:
    now = clock.now()
    if row.blocked_at is not None:
        return True
    if row.is_kept:
        return now - row.used_at > KEPT or now - row.created_at > KEPT
    idle = IDLE_OFFICE if row.role in OFFICE_ROLES else IDLE
    return now - row.used_at > idle or now - row.created_at > ABSOLUTE


def _note_use(row: Any) -> None:
    """Write the time of use at most once a minute; rotate a kept session once a day."""
    now = clock.now()
    if row.is_kept and now - row.rotated_at > ROTATE_AFTER:
        _rotate(row.session_id, now)
    elif now - row.used_at < SEEN_EVERY and row.last_seen_at is not None:
        return
    seen: dict[str, datetime] = {"last_seen_at": now}
    if row.last_seen_at is not None and now - row.last_seen_at > NEW_VISIT_AFTER:
        seen["read_until"] = row.last_seen_at
    with unit_of_work() as session:
        session.execute(update(LoginSession).where(LoginSession.id == row.session_id).values(used_at=now))
        session.execute(update(User).where(User.id == row.user_id).values(**seen))


def _rotate(session_id: int, now: datetime) -> None:
    reference = new_token()
    with unit_of_work() as session:
        session.execute(
            update(LoginSession)
            .where(LoginSession.id == session_id)
            .values(previous_hash=LoginSession.reference_hash, reference_hash=hash_token(reference), rotated_at=now)
        )
    g.session_reference = reference
    remember_in_answer(reference, keep=True)


def _end_all_if_reused(reference_hash: str) -> None:
    """An old reference that comes back was copied: all sessions of the person end."""
    row = db.session.execute(
        select(LoginSession.user_id, LoginSession.rotated_at).where(LoginSession.previous_hash == reference_hash)
    ).one_or_none()
    if row is not None and clock.now() - row.rotated_at > ROTATION_GRACE:
        end_all(row.user_id)
