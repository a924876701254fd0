"""Signed-in browsers as rows: made, looked up at each request, rotated, ended.

The cookie holds a random reference, the table its SHA-256. Ending a row acts at the next request in every worker.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, current_app, g
from sqlalchemy import Executable, bindparam, delete, null, select, update
from sqlalchemy.orm import Session

from hub.accounts import half_open, notices, policy
from hub.accounts.models import LoginSession, Organisation, User
from hub.accounts.service import terms
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import OFFICE_ROLES, SYSTEM, Actor, Proof
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
LONGEST_AGENT = 300
MOST_SESSIONS = 10
STRONG_PROOFS = frozenset({Proof.TIME_CODE, Proof.RECOVERY_CODE, Proof.PASSKEY, Proof.PROVIDER_FACTOR})


def cookie_name() -> str:
    """``__Host-`` binds the cookie to this host over TLS; on loopback without TLS a plain name."""
    return "__Host-session" if current_app.config["SECURE"] else "hub_session"


def load_actor(request: Request) -> Actor | None:
    """The signed-in person of this request, or None. Registered with Flask-Login."""
    reference = request.cookies.get(cookie_name())
    if not reference or len(reference) > 100:
        return None
    hashed = hash_token(reference)
    found = _find(_BY_REFERENCE, hashed) or _find_just_rotated(hashed)
    if found is None or _has_ended(found):
        return None
    g.session_mark = f"{found.session_id}|{found.created_at.isoformat()}"
    g.has_parked = found.has_parked
    _note_use(found, hashed, request.user_agent.string[:LONGEST_AGENT])
    return _actor_of(found)


def start(user_id: int, keep: bool, *proofs: Proof) -> str:
    """Open a session and return its reference; the caller puts it into the answer with ``remember_in_answer``."""
    reference = new_token()
    row = LoginSession(reference_hash=hash_token(reference), user_id=user_id, is_kept=keep, proofs=_as_words(proofs))
    with unit_of_work() as session:
        session.execute(delete(LoginSession).where(LoginSession.created_at < clock.now() - KEPT))
        session.execute(delete(LoginSession).where(LoginSession.id.in_(_surplus(session, user_id))))
        session.add(row)
    return reference


def needs_factor(role: Role) -> bool:
    """Whether people of this role must have a second factor here."""
    config = current_app.config
    return policy.must_have_factor(role, config["SECOND_FACTOR"], config["IS_LOOPBACK"])


def _surplus(session: Session, user_id: int) -> list[int]:
    """The sessions longest unused of a person who would have more than ``MOST_SESSIONS`` with one more."""
    latest_first = LoginSession.used_at.desc(), LoginSession.id.desc()
    mine = select(LoginSession.id).where(LoginSession.user_id == user_id).order_by(*latest_first)
    return list(session.scalars(mine))[MOST_SESSIONS - 1 :]


def prove(actor: Actor, proof: Proof) -> None:
    """The person has shown again who they are: note it, and give the session a new reference with this answer.

    The old reference ends at once, so whoever has copied it gains nothing by the new proof.
    """
    reference = new_token()
    values = {
        "reference_hash": hash_token(reference),
        "previous_hash": None,
        "rotated_at": clock.now(),
        "proven_at": clock.now(),
        "proofs": _as_words({*actor.proofs, proof}),
    }
    with unit_of_work() as session:
        is_kept = session.scalar(
            update(LoginSession)
            .where(LoginSession.id == actor.session_id)
            .values(**values)
            .returning(LoginSession.is_kept)
        )
    if is_kept is not None:
        remember_in_answer(reference, keep=is_kept)


def end(session_id: int) -> None:
    """End one session."""
    with unit_of_work() as session:
        session.execute(delete(LoginSession).where(LoginSession.id == session_id))


def end_of(actor: Actor, session_id: int) -> bool:
    """End one other session of this person; False when it is none of theirs, or the present one."""
    with unit_of_work() as session:
        ended = session.execute(
            delete(LoginSession)
            .where(LoginSession.id == session_id, LoginSession.user_id == actor.id, LoginSession.id != actor.session_id)
            .returning(LoginSession.id)
            .execution_options(synchronize_session=False)
        )
        return ended.one_or_none() is not None


def find_own(actor: Actor) -> list[Any]:
    """The open sessions of this person, this one first, then by last use."""
    rows = db.session.execute(_LOOKUP.add_columns(LoginSession.id).where(LoginSession.user_id == actor.id))
    open_rows = [row for row in rows if not _has_ended(row)]
    return sorted(open_rows, key=lambda row: (row.id != actor.session_id, -row.used_at.timestamp()))


def end_all(user_id: int, except_id: int | None = None) -> None:
    """End the sessions of a person, for instance after a new password, and sign-ins half done; the current one may
    stay."""
    rows = delete(LoginSession).where(LoginSession.user_id == user_id)
    if except_id is not None:
        rows = rows.where(LoginSession.id != except_id)
    with unit_of_work() as session:
        session.execute(rows)
        half_open.end_all(user_id)


def remember_in_answer(reference: str, keep: bool) -> None:
    """Set the cookie on the answer to this request; a person who stays signed in gets a cookie that stays."""
    g.new_session_cookie = (reference, int(KEPT.total_seconds()) if keep else None)


def forget_in_answer() -> None:
    """Remove the cookie with the answer to this request."""
    g.new_session_cookie = ("", 0)


def find_id(reference: str) -> int | None:
    """The number of the session that a reference opens."""
    return db.session.scalar(select(LoginSession.id).where(LoginSession.reference_hash == hash_token(reference)))


def park(session_id: int, form: dict[str, Any]) -> None:
    """Keep a form that could not be taken (``form["path"]`` is its page), so that it can be shown again filled."""
    with unit_of_work() as session:
        session.execute(update(LoginSession).where(LoginSession.id == session_id).values(parked=form))


def find_parked(session_id: int) -> dict[str, Any] | None:
    """The parked form of this session."""
    return db.session.scalar(select(LoginSession.parked).where(LoginSession.id == session_id))


def take_parked(session_id: int, path: str | None = None) -> dict[str, Any] | None:
    """The parked form, once; with ``path`` only when it belongs to this page."""
    form = find_parked(session_id)
    if not form or (path is not None and form["path"] != path):
        return None
    with unit_of_work() as session:
        session.execute(update(LoginSession).where(LoginSession.id == session_id).values(parked=null()))
    return form


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
    LoginSession.proven_at,
    LoginSession.proofs,
    LoginSession.agent,
    LoginSession.parked.is_not(null()).label("has_parked"),
    User.id.label("user_id"),
    User.name,
    User.email,
    User.role,
    User.blocked_at,
    User.last_seen_at,
    User.read_until,
    User.wants_keys,
    User.organisation_id,
    (User.terms_version < terms.demanded_version()).label("owes_terms"),
    Organisation.label.label("organisation_label"),
)
_LOOKUP = (
    select(*_COLUMNS)
    .join(User, User.id == LoginSession.user_id)
    .join(Organisation, Organisation.id == User.organisation_id)
)


_BY_REFERENCE = _LOOKUP.where(LoginSession.reference_hash == bindparam("hash"))
_BY_PREVIOUS = _LOOKUP.where(LoginSession.previous_hash == bindparam("hash"))


def _find(lookup: Executable, reference_hash: str) -> Any:
    return db.session.execute(lookup, {"hash": reference_hash}).one_or_none()


def _find_just_rotated(reference_hash: str) -> Any:
    """Requests that left before the new reference arrived still count; an older reference was copied: all end."""
    found = _find(_BY_PREVIOUS, reference_hash)
    if found is not None and clock.now() - found.rotated_at > ROTATION_GRACE:
        _end_copied(found.user_id)
        return None
    return found


def _end_copied(user_id: int) -> None:
    """An old reference shows that it was copied: everything ends, the person is told."""
    with unit_of_work() as session:
        end_all(user_id)
        record(SYSTEM, "session.copied", user_id)
        user = session.get(User, user_id)
        if user is not None:
            notices.tell_session_copied(user)


def _actor_of(row: Any) -> Actor:
    role, proofs = Role(row.role), frozenset(map(Proof, row.proofs.split()))
    return Actor(
        id=row.user_id,
        name=row.name,
        role=role,
        email=row.email,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation_label,
        session_id=row.session_id,
        previous_visit_at=row.read_until,
        signed_in_at=row.created_at,
        proven_at=row.proven_at,
        proofs=proofs,
        must_set_up=needs_factor(role) and not proofs & STRONG_PROOFS,
        owes_terms=row.owes_terms,
        wants_keys=row.wants_keys,
    )


def _has_ended(row: Any) -> bool:
    now = clock.now()
    if row.blocked_at is not None:
        return True
    if row.is_kept:
        return now - row.used_at > KEPT or now - row.created_at > KEPT
    idle = IDLE_OFFICE if row.role in OFFICE_ROLES else IDLE
    return now - row.used_at > idle or now - row.created_at > ABSOLUTE


def _note_use(row: Any, reference_hash: str, agent: str) -> None:
    """Write browser and time of use, at most once a minute; rotate a kept session once a day."""
    now = clock.now()
    if row.is_kept and now - row.rotated_at > ROTATE_AFTER:
        _rotate(row.session_id, reference_hash, now)
    elif now - row.used_at < SEEN_EVERY and row.last_seen_at is not None and row.agent is not None:
        return
    seen: dict[str, datetime] = {"last_seen_at": now}
    if row.last_seen_at is not None and now - row.last_seen_at > NEW_VISIT_AFTER:
        seen["read_until"] = row.last_seen_at
    with unit_of_work() as session:
        session.execute(update(LoginSession).where(LoginSession.id == row.session_id).values(used_at=now, agent=agent))
        session.execute(update(User).where(User.id == row.user_id).values(**seen))


def _rotate(session_id: int, old_hash: str, now: datetime) -> None:
    """Of two requests at the same time one rotates; a second new reference would make the first look copied."""
    reference = new_token()
    with unit_of_work() as session:
        rotated = session.execute(
            update(LoginSession)
            .where(LoginSession.id == session_id, LoginSession.reference_hash == old_hash)
            .values(previous_hash=old_hash, reference_hash=hash_token(reference), rotated_at=now)
            .returning(LoginSession.id)
        ).one_or_none()
    if rotated is not None:
        remember_in_answer(reference, keep=True)


def _as_words(proofs: Iterable[Proof]) -> str:
    return " ".join(sorted(set(proofs)))
