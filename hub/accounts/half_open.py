"""Sign-ins between the first proof and the second: short-lived rows, bound to one browser by a cookie of their own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, current_app
from sqlalchemy import delete, select, update

from hub.accounts.factor_models import HalfOpenSignIn
from hub.core import clock
from hub.core.actor import Proof
from hub.core.db import db
from hub.core.tokens import hash_token, new_token
from hub.core.unit_of_work import unit_of_work

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sign-in that waits for its second step, and where it goes on then."""

    id: int
    user_id: int
    proof: Proof
    is_kept: bool
    target: str
    parked: dict[str, Any] | None


def cookie_name() -> str:
    """As the name of the session's cookie."""
    return "__Host-second" if current_app.config["SECURE"] else "hub_second"


def start(user_id: int, keep: bool, proof: Proof) -> str:
    """Note the first proof and return the reference that the browser keeps."""
    reference = new_token()
    row = HalfOpenSignIn(reference_hash=hash_token(reference), user_id=user_id, is_kept=keep, proof=proof)
    with unit_of_work() as session:
        session.execute(delete(HalfOpenSignIn).where(HalfOpenSignIn.created_at < clock.now() - LIFETIME))
        session.add(row)
    return reference


def go_on_with(reference: str, target: str, parked: dict[str, Any] | None) -> None:
    """Where the person goes on after the second step, and the form that waits there."""
    rows = update(HalfOpenSignIn).where(HalfOpenSignIn.reference_hash == hash_token(reference))
    with unit_of_work() as session:
        session.execute(rows.values(target=target, parked=parked))


def find(reference: str | None) -> Waiting | None:
    """The sign-in that this browser has begun, unless its time is over."""
    if not reference or len(reference) > 100:
        return None
    is_open = HalfOpenSignIn.created_at >= clock.now() - LIFETIME
    row = db.session.scalar(
        select(HalfOpenSignIn).where(HalfOpenSignIn.reference_hash == hash_token(reference), is_open)
    )
    return Waiting(row.id, row.user_id, Proof(row.proof), row.is_kept, row.target, row.parked) if row else None


def finish(row_id: int) -> bool:
    """Use the row up; of two second steps at once one gets True."""
    with unit_of_work() as session:
        ended = session.execute(
            delete(HalfOpenSignIn)
            .where(HalfOpenSignIn.id == row_id)
            .returning(HalfOpenSignIn.id)
            .execution_options(synchronize_session=False)
        )
        return ended.one_or_none() is not None


def end_all(user_id: int) -> None:
    """What was begun with an old password or factor ends with it."""
    with unit_of_work() as session:
        session.execute(delete(HalfOpenSignIn).where(HalfOpenSignIn.user_id == user_id))


def remember_in(response: Response, reference: str) -> Response:
    """Give the browser the reference; an empty one takes it away."""
    response.set_cookie(
        cookie_name(),
        reference,
        max_age=int(LIFETIME.total_seconds()) if reference else 0,
        path="/",
        secure=bool(current_app.config["SECURE"]),
        httponly=True,
        samesite="Strict",
    )
    return response
