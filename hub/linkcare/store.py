"""The rows of the checker: which websites and links are due, who holds which website, what tries gave.

A website is held by a lease, so that two machines never send it requests at the same time; its pause outlives the
lease. Each function is one unit of work.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.address import NoAddress, parse
from hub.core.db import db, only_asked
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Entry, Status
from hub.linkcare.judging import EACH, KEPT_TRIES, Try, Verdict, judge, wait_after
from hub.linkcare.models import Link, LinkHost, LinkRound, LinkTry, State
from hub.linkcare.outcomes import FINDINGS, Outcome
from hub.linkcare.talking import Found, Known

LEASE = timedelta(seconds=60)
RULES_HOLD = timedelta(hours=24)
LINKS_AT_ONCE, NEW_AT_ONCE = 50, 2000
# New links come in turn: as fast as it takes to go through 100,000 of them in thirty days.
APART, SOON = timedelta(seconds=26), timedelta(minutes=5)
LATER = (timedelta(hours=1), timedelta(hours=12))
REPEATED_WITHIN, UNUSED_AFTER = timedelta(days=1), timedelta(days=60)
_chance = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Due:
    """A link to be tried."""

    id: int
    known: Known


@dataclass(frozen=True, slots=True)
class Held:
    """A website whose lease is ours."""

    id: int
    name: str
    free_at: datetime | None
    rules: dict[str, str]
    rules_at: datetime | None
    is_lost: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What a try of a link gave."""

    link_id: int
    at: datetime
    found: Found


def is_used() -> ColumnElement[bool]:
    """A condition on ``link``: a published entry carries it."""
    return select(Entry.id).where(Entry.address == Link.address, only_asked(Entry.status == Status.PUBLISHED)).exists()


def host_of(url: str) -> str:
    """The website of an address: its host without ``www.``, whatever the port."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def follow_entries() -> int:
    """Give each address of published entries its row; forget those that no entry has carried for long."""
    now, made = clock.now(), 0
    is_known = select(Link.id).where(Link.address == Entry.address).exists()
    missing = (
        select(Entry.address, func.min(Entry.url))
        .where(Entry.status == Status.PUBLISHED, Entry.address.is_not(None), Entry.url.is_not(None), ~is_known)
        .group_by(Entry.address)
        .limit(NEW_AT_ONCE)
    )
    while rows := db.session.execute(missing).all():
        with unit_of_work() as session:
            made += _add_links(session, [(str(row[0]), str(row[1])) for row in rows], now, made)
    with unit_of_work() as session:
        last = func.coalesce(Link.tried_at, Link.created_at)
        session.execute(delete(Link).where(last < now - UNUSED_AFTER, Link.next_at < now, ~is_used()))
        session.execute(update(Link).where(Link.next_at <= now, ~is_used()).values(next_at=now + EACH))
    return made


def _add_links(session: Session, rows: Sequence[tuple[str, str]], now: datetime, before: int) -> int:
    hosts = {address: _host(url) for address, url in rows}
    numbers = _host_numbers(session, set(hosts.values()))
    spread = list(range(before, before + len(rows)))
    _chance.shuffle(spread)
    session.add_all(
        Link(
            address=address, url=url, host_id=numbers[hosts[address]], next_at=now + SOON * (place > 0) + APART * place
        )
        for place, (address, url) in zip(spread, rows, strict=True)
    )
    return len(rows)


def _host(url: str) -> str:
    try:
        return host_of(parse(url).geturl())
    except NoAddress:
        return "-"


def _host_numbers(session: Session, names: set[str]) -> dict[str, int]:
    found = {row.name: row.id for row in session.scalars(select(LinkHost).where(LinkHost.name.in_(names)))}
    new = [LinkHost(name=name) for name in sorted(names - found.keys())]
    session.add_all(new)
    session.flush()
    return found | {row.name: row.id for row in new}


def take_hosts(holder: str, limit: int) -> list[Held]:
    """Take websites with due links that nobody holds, those that wait longest first."""
    now = clock.now()
    # One look into an index for each website, however many of its links are due.
    first = select(func.min(Link.next_at)).where(Link.host_id == LinkHost.id).scalar_subquery()
    due = select(LinkHost.id).where(_is_free(now), first <= now).order_by(first).limit(limit)
    with unit_of_work() as session:
        return _take(session, holder, list(session.scalars(due)), now)


def take_host(holder: str, name: str) -> Held | None:
    """Take one website, because a link leads there; None while somebody else holds it or it asked for patience."""
    now = clock.now()
    with unit_of_work() as session:
        number = _host_numbers(session, {name})[name]
        return next(iter(_take(session, holder, [number], now)), None)


def _take(session: Session, holder: str, numbers: list[int], now: datetime) -> list[Held]:
    mine = (LinkHost.id.in_(numbers)) & _is_free(now)
    session.execute(
        update(LinkHost).where(mine).values(holder=holder, lease_until=now + LEASE),
        execution_options={"synchronize_session": False},
    )
    rows = select(LinkHost).where(LinkHost.id.in_(numbers), LinkHost.holder == holder)
    found = session.scalars(rows.execution_options(populate_existing=True))
    return [_held(row, now) for row in sorted(found, key=lambda row: numbers.index(row.id))]


def _is_free(now: datetime) -> ColumnElement[bool]:
    unheld = or_(LinkHost.lease_until.is_(None), LinkHost.lease_until < now)
    return unheld & or_(LinkHost.paused_until.is_(None), LinkHost.paused_until <= now)


def _held(row: LinkHost, now: datetime) -> Held:
    holds = row.robots_at is not None and now - row.robots_at < RULES_HOLD
    return Held(
        row.id,
        row.name,
        row.free_at,
        dict(row.robots or {}) if holds else {},
        row.robots_at if holds else None,
        row.is_lost,
    )


def find_due(host_id: int) -> list[Due]:
    """Links of a website that are due, those that wait longest first."""
    return _due(Link.host_id == host_id, Link.next_at <= clock.now(), is_used())


def find_witnesses(limit: int, host_ids: Iterable[int]) -> list[tuple[str, Due]]:
    """Links that were fine, on other websites than these: do they still answer?"""
    rows = db.session.execute(
        select(LinkHost.name, func.min(Link.id))
        .join(Link, Link.host_id == LinkHost.id)
        .where(Link.outcome == Outcome.FINE, LinkHost.id.not_in(list(host_ids)), ~LinkHost.is_lost, is_used())
        .group_by(LinkHost.name)
        .limit(limit)
    ).all()
    links = {due.id: due for due in _due(Link.id.in_([row[1] for row in rows]))}
    return [(row[0], links[row[1]]) for row in rows if row[1] in links]


def _due(*conditions: ColumnElement[bool]) -> list[Due]:
    columns = (Link.id, Link.url, Link.etag, Link.modified, Link.first_title, Link.first_sketch)
    rows = db.session.execute(select(*columns).where(*conditions).order_by(Link.next_at, Link.id).limit(LINKS_AT_ONCE))
    return [Due(row.id, Known(row.url, row.etag, row.modified, row.first_title, row.first_sketch)) for row in rows]


def renew(holder: str) -> None:
    """Go on holding what is ours."""
    with unit_of_work() as session:
        session.execute(update(LinkHost).where(LinkHost.holder == holder).values(lease_until=clock.now() + LEASE))


def release(holder: str, values: Sequence[dict[str, Any]]) -> None:
    """Lay websites down, with what was learned of them: each dict names ``id`` and columns of ``link_host``."""
    with unit_of_work() as session:
        for one in values:
            mine = (LinkHost.id == one["id"]) & (LinkHost.holder == holder)
            session.execute(update(LinkHost).where(mine).values({**one, "holder": "", "lease_until": None}))


def postpone(link_ids: Iterable[int], until: datetime | None = None) -> None:
    """Try these links later; without a moment within hours, each at its own."""
    now = clock.now()
    with unit_of_work() as session:
        for number in link_ids:
            wait = LATER[0] + (LATER[1] - LATER[0]) * _chance.random()
            moment = until + LATER[0] * _chance.random() if until else now + wait
            session.execute(update(Link).where(Link.id == number).values(next_at=moment))


def keep_results(results: Sequence[Result]) -> None:
    """Write tries down, judge their links anew, and plan the next tries."""
    numbers = [result.link_id for result in results]
    with unit_of_work() as session:
        links = {link.id: link for link in session.scalars(select(Link).where(Link.id.in_(numbers)).with_for_update())}
        rows = [_row(result) for result in results if result.link_id in links]
        session.add_all(rows)
        session.flush()
        histories = _histories(session, numbers)
        for result in results:
            if result.link_id in links:
                _follow(links[result.link_id], result, histories[result.link_id])
        surplus = [row.id for history in histories.values() for row in (*history[:-KEPT_TRIES], *_repeated(history))]
        if surplus:
            session.execute(delete(LinkTry).where(LinkTry.id.in_(surplus)))
        state = _round_row(session)
        state.tried_count += len(rows)


def _row(result: Result) -> LinkTry:
    found = result.found
    return LinkTry(
        link_id=result.link_id,
        at=result.at,
        outcome=found.outcome,
        reason=found.reason,
        status=found.status,
        target=found.target,
    )


def _histories(session: Session, numbers: Sequence[int]) -> dict[int, list[LinkTry]]:
    found: dict[int, list[LinkTry]] = {number: [] for number in numbers}
    for row in session.scalars(select(LinkTry).where(LinkTry.link_id.in_(numbers)).order_by(LinkTry.id)):
        found[row.link_id].append(row)
    return found


def _repeated(history: list[LinkTry]) -> list[LinkTry]:
    """Looking again and again says nothing new: of three tries within a day with the same end the middle one goes."""
    if len(history) < 3 or history[-1].at - history[-3].at > REPEATED_WITHIN:
        return []
    first, middle, last = ((row.outcome, row.target) for row in history[-3:])
    return [history[-2]] if first == middle == last else []


def as_tries(rows: Iterable[LinkTry]) -> list[Try]:
    """Rows in the form that ``judging`` takes."""
    return [Try(row.at, Outcome(row.outcome), row.target, row.reason, row.status) for row in rows]


def _follow(link: Link, result: Result, history: list[LinkTry]) -> None:
    found, tries = result.found, as_tries(history[-KEPT_TRIES:])
    verdict = judge(tries)
    link.tried_at = result.at
    link.next_at = result.at + wait_after(tries, verdict, _chance.random())
    if found.outcome == Outcome.FINE:
        link.fine_at = result.at
        _remember(link, found)
    take_verdict(link, verdict)


def _remember(link: Link, found: Found) -> None:
    """How a page reads that is in order. The first reading stays; what changes bit by bit is still the same page."""
    if found.marks is not None and (found.reading is not None or not link.etag):
        link.etag, link.modified = found.marks
    if found.reading is not None and not link.first_sketch and not link.first_title:
        link.first_title, link.first_sketch = found.reading.title, found.reading.sketch


def take_verdict(link: Link, verdict: Verdict) -> None:
    """A new verdict opens the matter anew; the same one keeps what was decided and since when it holds."""
    if (link.outcome, link.target) == (verdict.outcome, verdict.target):
        return
    link.outcome, link.since, link.target = verdict.outcome, verdict.since, verdict.target
    link.state = State.OPEN if verdict.outcome in FINDINGS else State.NONE
    link.decided_by_id = link.decided_at = None
    link.version += 1


def get_round() -> LinkRound | None:
    """What is known of the checker; None when it has never run."""
    return db.session.get(LinkRound, 1, populate_existing=True)


def note_round(**values: Any) -> None:
    """Write down when the checker began, ended or paused."""
    with unit_of_work() as session:
        row = _round_row(session)
        for name, value in values.items():
            setattr(row, name, value)


def _round_row(session: Session) -> LinkRound:
    row = session.get(LinkRound, 1)
    if row is None:
        row = LinkRound(id=1, tried_count=0)
        session.add(row)
    return row
