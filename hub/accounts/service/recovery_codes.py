"""Recovery codes: ten at a time, shown once, kept as keyed hashes, each works once."""

import hashlib
import hmac
import secrets

from flask import current_app
from sqlalchemy import delete, func, select, update

from hub.accounts.factor_models import RecoveryCode
from hub.core import clock
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work

COUNT = 10
GROUPS, GROUP_LENGTH = 6, 4
# 32 letters and digits that nobody mixes up, so 24 of them are 120 bits: enough for one keyed hash.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def renew(user_id: int) -> list[str]:
    """Ten new codes, returned this once; the earlier ones end."""
    codes = [_new_code() for _ in range(COUNT)]
    with unit_of_work() as session:
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        session.add_all(RecoveryCode(user_id=user_id, code_hash=_hash(user_id, code)) for code in codes)
    return codes


def use(user_id: int, code: str) -> bool:
    """Use a code up: of several parallel tries exactly one succeeds."""
    with unit_of_work() as session:
        used = session.execute(
            update(RecoveryCode)
            .where(
                RecoveryCode.user_id == user_id,
                RecoveryCode.code_hash == _hash(user_id, code),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=clock.now())
            .returning(RecoveryCode.id)
            .execution_options(synchronize_session=False)
        )
        return used.one_or_none() is not None


def count_left(user_id: int) -> int:
    """How many codes still work."""
    rows = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(rows) or 0


def are_open(user_id: int, codes: list[str]) -> bool:
    """Whether all of these are codes of this person that still work."""
    wanted = {_hash(user_id, code) for code in codes}
    rows = select(func.count()).where(
        RecoveryCode.user_id == user_id, RecoveryCode.code_hash.in_(wanted), RecoveryCode.used_at.is_(None)
    )
    return bool(wanted) and db.session.scalar(rows) == len(wanted)


def remove(user_id: int) -> None:
    """Forget all codes."""
    with unit_of_work() as session:
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _new_code() -> str:
    letters = "".join(secrets.choice(LETTERS) for _ in range(GROUPS * GROUP_LENGTH))
    return "-".join(letters[i : i + GROUP_LENGTH] for i in range(0, len(letters), GROUP_LENGTH))


def _hash(user_id: int, code: str) -> str:
    """Without the key file a copy of the table cannot be tried against; blanks, dashes and case do not matter."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    text = f"recovery code {user_id} {plain}"
    key = current_app.config["PASSWORD_PEPPER"].encode("ascii")
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
