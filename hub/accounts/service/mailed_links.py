"""Links that people ask for by themselves: to sign in once, or to a new password.

For whom there is an account only the job finds out; the page answers the same, and as fast, whatever the address.
"""

from datetime import timedelta
from typing import Any

from hub.accounts import limits, notices, queries
from hub.accounts.limits import Limit
from hub.accounts.models import User
from hub.accounts.service.signing_in import LIFETIMES, make_link
from hub.core import clock
from hub.core.actor import SYSTEM, Actor
from hub.core.errors import Missing
from hub.core.tokens import new_token
from hub.core.unit_of_work import unit_of_work
from hub.jobs.service import enqueue
from hub.mailing import service as mailing

KIND = "answer_wish"
TELLS = {"sign_in": notices.tell_sign_in_link, "reset": notices.tell_reset_link}
PER_DAY = {"sign_in": 20, "reset": 5}
PER_ADDRESS, OVERALL = 30, 300


def ask_for_link(email: str, purpose: str, address: str) -> bool:
    """Note that somebody at this network address wants a link; False when too many were asked for.

    Raises Missing where no letter leaves.
    """
    if not mailing.is_configured() or purpose not in TELLS:
        raise Missing
    with unit_of_work():
        most = Limit("wish", limits.network_of(address), PER_ADDRESS), Limit("wish", "", OVERALL)
        if limits.take(*most) is None:
            return False
        enqueue(KIND, new_token(), {"email": queries.normal_email(email), "purpose": purpose})
    return True


def send_link(actor: Actor, user: User, purpose: str) -> None:
    """Send a person a link that somebody who looks after the account asked for; nobody else sees it."""
    if not mailing.is_configured():
        raise Missing
    with unit_of_work():
        token = make_link(actor, user, purpose)
        notices.tell_sent_link(user, purpose, token, clock.now() + LIFETIMES[purpose])


def answer_wish(payload: dict[str, Any]) -> None:
    """Send the link, where there is an open account that did not get enough of them today."""
    purpose = payload["purpose"]
    with unit_of_work():
        user = queries.find_user_by_email(payload["email"])
        if user is None or user.blocked_at is not None:
            return
        if limits.take(Limit(purpose, str(user.id), PER_DAY[purpose], timedelta(days=1))) is None:
            return
        token = make_link(SYSTEM, user, purpose)
        TELLS[purpose](user, token, clock.now() + LIFETIMES[purpose])
