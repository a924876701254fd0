"""Failed sign-ins are counted in the database, so that all workers share the count and a restart keeps it.

An attempt takes its place before the password is hashed and gives it back when it succeeds: parallel guessing
reaches exactly the limit, and a whole city hall behind one address is not slowed down by its successes.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub.accounts.models import LoginFailure
from hub.core import clock
from hub.core.tokens import hash_token
from hub.core.unit_of_work import unit_of_work
from hub.web.logs import security_event

WINDOW = timedelta(minutes=5)
ADVISORY_LOCK = 5_410_001
PER_ACCOUNT, PER_ADDRESS, OVERALL = 10, 100, 1000


@dataclass(frozen=True, slots=True)
class Attempt:
    """Places taken by one attempt to sign in."""

    row_ids: tuple[int, ...]


def take_place(email: str, address: str, browser: str | None) -> Attempt | None:
    """Count one attempt against account, address and the whole hub; None when a limit is reached.

    A browser that has signed in to this account before (``browser``) has a count of its own: failures elsewhere
    do not lock its owner out.
    """
    scopes = [
        ("account", hash_token(email + (f"|{browser}" if browser else "")), PER_ACCOUNT),
        ("address", network_of(address), PER_ADDRESS),
        ("overall", "", OVERALL),
    ]
    since = clock.now() - WINDOW
    with unit_of_work() as session:
        _one_at_a_time(session)
        session.execute(delete(LoginFailure).where(LoginFailure.at < since))
        for scope, key, limit in scopes:
            count = select(func.count()).where(LoginFailure.scope == scope, LoginFailure.key == key)
            if (session.scalar(count) or 0) >= limit:
                security_event("limit.reached", scope=scope)
                return None
        rows = [LoginFailure(scope=scope, key=key) for scope, key, _limit in scopes]
        session.add_all(rows)
        session.flush()
        return Attempt(tuple(row.id for row in rows))


def give_back(attempt: Attempt) -> None:
    """The attempt succeeded; it does not count."""
    with unit_of_work() as session:
        session.execute(delete(LoginFailure).where(LoginFailure.id.in_(attempt.row_ids)))


def _one_at_a_time(session: Session) -> None:
    """Counting and adding must not interleave; SQLite writes one at a time by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))


def network_of(address: str) -> str:
    """The unit that is counted: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
    return str(parsed)
