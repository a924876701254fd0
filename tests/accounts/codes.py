"""Second factors for tests: an app that shows the right codes, without waiting for the next half minute."""

import pyotp
from sqlalchemy import select

from hub.accounts.factor_models import TimeCode
from hub.accounts.service import recovery_codes, time_codes
from hub.core import clock, sealing
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work


def give_app(user):
    """An app that is set up; returns its seed."""
    seed = pyotp.random_base32()
    sealed = sealing.seal(seed, f"time code of person {user.id}")
    with unit_of_work() as session:
        session.add(TimeCode(user_id=user.id, sealed_seed=sealed, confirmed_at=clock.now()))
    return seed


def give_codes(user):
    """Ten recovery codes."""
    return recovery_codes.renew(user.id)


def code_of(seed, steps=0):
    """What the app shows now, or some half minutes later."""
    return pyotp.TOTP(seed).generate_otp(int(clock.now().timestamp()) // time_codes.STEP_SECONDS + steps)


def row_of(user):
    db.session.expire_all()
    return db.session.scalar(select(TimeCode).where(TimeCode.user_id == user.id))
