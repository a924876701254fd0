"""Time codes of an app (TOTP, RFC 6238): setting up, checking, each code once."""

import hmac
import logging
from datetime import datetime

from sqlalchemy import delete, select, update

from hub.accounts.factor_models import TimeCode
from hub.core import clock, sealing
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work

log = logging.getLogger("hub.accounts")
STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1


def begin(actor: Actor) -> None:
    """Make a seed that counts as soon as a code of it has been shown; one begun before is forgotten."""
    import pyotp

    with unit_of_work() as session:
        session.execute(delete(TimeCode).where(TimeCode.user_id == actor.id, TimeCode.confirmed_at.is_(None)))
        session.add(TimeCode(user_id=actor.id, sealed_seed=sealing.seal(pyotp.random_base32(), _place(actor.id))))


def find_begun_seed(actor: Actor) -> str | None:
    """The seed that waits for its first code."""
    row = db.session.scalar(select(TimeCode).where(TimeCode.user_id == actor.id, TimeCode.confirmed_at.is_(None)))
    return _open(row.sealed_seed, actor.id) if row else None


def confirm_begun(actor: Actor, code: str) -> bool:
    """Whether the code belongs to the begun seed; if so it replaces an earlier one. Call inside a unit of work."""
    if not _use_step(actor.id, code, is_begun=True):
        return False
    session = db.session
    session.execute(delete(TimeCode).where(TimeCode.user_id == actor.id, TimeCode.confirmed_at.is_not(None)))
    session.execute(update(TimeCode).where(TimeCode.user_id == actor.id).values(confirmed_at=clock.now()))
    return True


def use(user_id: int, code: str) -> bool:
    """Whether the code is right and neither it nor a later one was used before; using it counts at once."""
    with unit_of_work():
        return _use_step(user_id, code, is_begun=False)


def find_since(user_id: int) -> datetime | None:
    """Since when the person has time codes; None without."""
    return db.session.scalar(
        select(TimeCode.confirmed_at).where(TimeCode.user_id == user_id, TimeCode.confirmed_at.is_not(None))
    )


def remove(user_id: int) -> None:
    """Forget the seed, and one that was begun."""
    with unit_of_work() as session:
        session.execute(delete(TimeCode).where(TimeCode.user_id == user_id))


def address_of(seed: str, email: str, title: str) -> str:
    """What the app reads: the otpauth address with the name of hub and account."""
    import pyotp

    return pyotp.TOTP(seed, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(name=email, issuer_name=title)


def _use_step(user_id: int | None, code: str, is_begun: bool) -> bool:
    """Compare with the code of this half minute and of one step before and after (slow typing, clocks that differ).

    The step is written and compared in one update, so of two requests with the same code one wins (the library
    itself would take a code twice).
    """
    confirmed = TimeCode.confirmed_at.is_(None) if is_begun else TimeCode.confirmed_at.is_not(None)
    row = db.session.execute(
        select(TimeCode.id, TimeCode.sealed_seed).where(TimeCode.user_id == user_id, confirmed)
    ).one_or_none()
    seed = _open(row.sealed_seed, user_id) if row else None
    step = _step_of(seed, code) if seed else None
    if row is None or seed is None or step is None:
        return False
    sealed = row.sealed_seed
    if not sealing.is_under_newest_key(sealed):
        sealed = sealing.seal(seed, _place(user_id))
    used = db.session.execute(
        update(TimeCode)
        .where(TimeCode.id == row.id, TimeCode.last_step < step)
        .values(last_step=step, sealed_seed=sealed)
        .returning(TimeCode.id)
        .execution_options(synchronize_session=False)
    )
    return used.one_or_none() is not None


def _open(sealed: str, user_id: int | None) -> str | None:
    """The seed; None when its key is gone, then recovery codes and the administration help."""
    try:
        return sealing.unseal(sealed, _place(user_id))
    except sealing.Unreadable:
        log.error("the seed of person %s cannot be opened", user_id)
        return None


def _step_of(seed: str, code: str) -> int | None:
    import pyotp

    now = int(clock.now().timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(seed, digits=DIGITS, interval=STEP_SECONDS)
    fits = [step for step in range(now - DRIFT, now + DRIFT + 1) if _is_same(totp.generate_otp(step), code)]
    return fits[0] if fits else None


def _is_same(right: str, given: str) -> bool:
    return hmac.compare_digest(right.encode("ascii"), given.encode("utf-8", "surrogatepass"))


def _place(user_id: int | None) -> str:
    return f"time code of person {user_id}"
