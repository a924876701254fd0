"""Failed sign-ins are counted in the database, so that all workers share the count and a restart keeps it.

An attempt takes its place before the password is hashed and gives it back when it succeeds: parallel guessing
reaches exactly the limit, and a whole city hall behind one address is not slowed down by its successes.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from hub.accounts.models import LoginFailure
from hub.core import clock
from hub.core.tokens import hash_token
from hub.core.unit_of_work import unit_of_work
from hub.web.logs import security_event

WINDOW = timedelta(minutes=5)
ADVISORY_LOCK = 5_410_001
PER_ACCOUNT, PER_ADDRESS, OVERALL = 10, 100, 1000
SECOND_FACTOR = ((5, WINDOW), (20, timedelta(hours=1)), (50, timedelta(days=1)))


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within a time, for what ``scope`` and ``key`` name."""

    scope: str
    key: str
    most: int
    window: timedelta = WINDOW


@dataclass(frozen=True, slots=True)
class Attempt:
    """Places taken by one attempt to sign in."""

    row_ids: tuple[int, ...]


def take_place(email: str, address: str, browser: str | None) -> Attempt | None:
    """Count one attempt against account, address and the whole hub; None when a limit is reached.

    A browser that has signed in to this account before (``browser``) has a count of its own: failures elsewhere
    do not lock its owner out.
    """
    return take(
        Limit("account", hash_token(email + (f"|{browser}" if browser else "")), PER_ACCOUNT),
        Limit("address", network_of(address), PER_ADDRESS),
        Limit("overall", "", OVERALL),
    )


def take_address(address: str) -> Attempt | None:
    """Count one attempt that names no account, against address and the whole hub."""
    return take(Limit("address", network_of(address), PER_ADDRESS), Limit("overall", "", OVERALL))


def take_second_place(user_id: int, browser: str | None) -> Attempt | None:
    """Count one code of the second step; a known browser has a count of its own here too."""
    key = hash_token(f"{user_id}" + (f"|{browser}" if browser else ""))
    return take(*(Limit("second", key, most, window) for most, window in SECOND_FACTOR))


def take(*limits: Limit) -> Attempt | None:
    """Count one attempt against all of these; None, and nothing counted, when one of them is reached."""
    now = clock.now()
    with unit_of_work() as session:
        _one_at_a_time(session)
        session.execute(delete(LoginFailure).where(_is_over(limits)))
        for limit in limits:
            count = select(func.count()).where(
                LoginFailure.scope == limit.scope, LoginFailure.key == limit.key, LoginFailure.at >= now - limit.window
            )
            if (session.scalar(count) or 0) >= limit.most:
                security_event("limit.reached", scope=limit.scope)
                return None
        rows = [LoginFailure(scope=scope, key=key) for scope, key in dict.fromkeys((x.scope, x.key) for x in limits)]
        session.add_all(rows)
        session.flush()
        return Attempt(tuple(row.id for row in rows))


def give_back(attempt: Attempt) -> None:
    """The attempt succeeded; it does not count."""
    with unit_of_work() as session:
        session.execute(delete(LoginFailure).where(LoginFailure.id.in_(attempt.row_ids)))


def _is_over(limits: tuple[Limit, ...]) -> ColumnElement[bool]:
    """Rows of these scopes that are older than the longest time they are counted over."""
    longest: dict[str, timedelta] = {}
    for limit in limits:
        longest[limit.scope] = max(limit.window, longest.get(limit.scope, limit.window))
    now = clock.now()
    return or_(
        *(and_(LoginFailure.scope == scope, LoginFailure.at < now - window) for scope, window in longest.items())
    )


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
