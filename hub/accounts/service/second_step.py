"""The second step of signing in: the first proof was right, now a code or a passkey of the same person."""

from hub.accounts import half_open, limits
from hub.accounts.half_open import Waiting
from hub.accounts.models import User
from hub.accounts.service import factors, recovery_codes
from hub.accounts.service.opening import Refusal, SignedIn, open_session
from hub.audit.service import record
from hub.core.actor import SYSTEM, Proof
from hub.core.unit_of_work import unit_of_work


def finish_by_code(waiting: Waiting, code: str, browser: str | None) -> SignedIn | Refusal:
    """Check a code of the app or a recovery code; the failed ones are counted."""
    user_id = waiting.user_id
    attempt = limits.take_second_place(user_id, browser)
    if attempt is None:
        return Refusal.TOO_OFTEN
    proof = factors.check_code(user_id, code)
    if proof is None:
        with unit_of_work():
            record(SYSTEM, "session.second_step_refused", user_id)
        return Refusal.WRONG
    limits.give_back(attempt)
    return finish(waiting, proof)


def finish(waiting: Waiting, proof: Proof) -> SignedIn | Refusal:
    """Open the session; the half-open sign-in is used up."""
    with unit_of_work() as session:
        user = session.get(User, waiting.user_id)
        if not half_open.finish(waiting.id) or user is None or user.blocked_at is not None:
            return Refusal.WRONG
        return open_session(user, waiting.is_kept, waiting.proof, proof)


def codes_left(user_id: int) -> int:
    """How many recovery codes still work, to say it after one was used."""
    return recovery_codes.count_left(user_id)
