"""What the office sees of links, and what readers are told about the one of an entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db, only_asked
from hub.core.errors import Missing
from hub.core.findings import Deed
from hub.core.paging import PER_PAGE, Page
from hub.entries.beside import LinkNote
from hub.entries.models import Entry, Status
from hub.linkcare import checker, policy, proposing
from hub.linkcare.models import Link, LinkRound, LinkTry, State
from hub.linkcare.outcomes import BROKEN, Outcome
from hub.linkcare.store import get_round, is_used

# The duty comes every ten minutes and takes eight at most.
STOPPED_AFTER = timedelta(hours=2)
OPEN, CONFIRMED, DISMISSED, ALL = "open", "confirmed", "dismissed", "all"
_CARRIES = and_(Entry.address == Link.address, only_asked(Entry.status == Status.PUBLISHED))
LISTS = (OPEN, CONFIRMED, DISMISSED, ALL, *(outcome.value for outcome in Outcome))


@dataclass(frozen=True, slots=True)
class Carrier:
    """A published entry with this link."""

    id: int
    title: str
    language: str


@dataclass(frozen=True, slots=True)
class Line:
    """A link with its verdict and all that a decision needs; ``twin`` is the address of an entry of the same title."""

    id: int
    version: int
    url: str
    outcome: str
    state: str
    since: datetime | None
    tried_at: datetime | None
    next_at: datetime
    fine_at: datetime | None
    target: str
    archive: str
    twin: str
    carriers: tuple[Carrier, ...]

    @property
    def deeds(self) -> tuple[Deed, ...]:
        """What can be done, the proposal first; nothing once it is decided, but a confirmed one can still be mended."""
        if self.state not in (State.OPEN, State.CONFIRMED):
            return ()
        deeds = proposing.deeds_for(self.outcome, bool(self.twin))
        return tuple(deed for deed in deeds if deed.key != proposing.CONFIRM or self.state == State.OPEN)

    @property
    def title(self) -> str:
        """The title of the first entry, else the address."""
        return self.carriers[0].title if self.carriers else self.url


@dataclass(frozen=True, slots=True)
class Standing:
    """How the checker itself stands. ``stopped_since``: it should run and does not; ``paused_since``: no network."""

    is_on: bool
    ran_at: datetime | None
    stopped_since: datetime | None
    paused_since: datetime | None
    link_count: int
    untried_count: int
    due_count: int


def get_standing(actor: Actor) -> Standing:
    """When the checker last ran, and whether it still does."""
    require(policy.may_tend(actor))
    row, now = get_round(), clock.now()
    counts = select(
        func.count(), func.count().filter(Link.tried_at.is_(None)), func.count().filter(Link.next_at <= now),
        func.min(Link.created_at),
    ).where(is_used())  # fmt: skip
    links, untried, due, first_at = db.session.execute(counts).one()
    return Standing(
        is_on=checker.is_on(),
        ran_at=row.ended_at if row else None,
        stopped_since=_stopped_since(row, first_at, now),
        paused_since=row.paused_at if row and row.paused_until and row.paused_until > now else None,
        link_count=links,
        untried_count=untried,
        due_count=due,
    )


def stopped_since() -> datetime | None:
    """Since when the checker has not run although it should; None while all is well."""
    if not checker.is_on():
        return None
    first_at = select(func.min(Link.created_at)).scalar_subquery()
    statement = select(first_at, LinkRound).select_from(select(1).subquery()).outerjoin(LinkRound, LinkRound.id == 1)
    found = db.session.execute(statement.execution_options(populate_existing=True)).one()
    return _stopped_since(found[1], found[0], clock.now())


def _stopped_since(row: LinkRound | None, first_at: datetime | None, now: datetime) -> datetime | None:
    """Links must be there, and a round must have begun within the last hours; one that waits for the network counts."""
    if not checker.is_on() or first_at is None:
        return None
    moments = [row.began_at, row.paused_until] if row else []
    last = max((moment for moment in moments if moment), default=first_at)
    return last if now - last > STOPPED_AFTER else None


def count_by_list(actor: Actor) -> dict[str, int]:
    """How many links each list of the page holds."""
    require(policy.may_tend(actor))
    rows = db.session.execute(
        select(Link.outcome, Link.state, func.count()).where(is_used()).group_by(Link.outcome, Link.state)
    ).all()
    counts = dict.fromkeys(LISTS, 0)
    for outcome, state, count in rows:
        counts[outcome] += count
        counts[ALL] += count
        if state in (OPEN, CONFIRMED, DISMISSED):
            counts[state] += count
    return counts


def find_links(actor: Actor, which: str, number: int) -> tuple[list[Line], Page]:
    """One page of a list: findings that hold longest first, of the others those tried last."""
    require(policy.may_tend(actor))
    condition = and_(in_list(which), is_used())
    page = Page(number, PER_PAGE, db.session.scalar(select(func.count()).select_from(Link).where(condition)) or 0)
    order = (Link.since, Link.id) if which in (OPEN, CONFIRMED, DISMISSED) else (Link.tried_at.desc(), Link.id)
    return lines_of(select(Link).where(condition).order_by(*order).limit(PER_PAGE).offset(page.offset)), page


def in_list(which: str) -> ColumnElement[bool]:
    """A condition on ``link``: it stands in this list, if an entry carries it."""
    if which == ALL:
        return Link.id > 0
    return Link.state == which if which in (OPEN, CONFIRMED, DISMISSED) else Link.outcome == which


def count_open(actor: Actor) -> Select[Any]:
    """The question for how many findings wait."""
    require(policy.may_tend(actor))
    return select(func.count()).select_from(Link).where(Link.state == State.OPEN, is_used())


def find_open(actor: Actor, limit: int) -> list[tuple[Line, int]]:
    """Findings that wait, each with its first entry and the number of all: what is broken first, then moves and
    changes; those that hold longest first. In one statement."""
    require(policy.may_tend(actor))
    is_mild = Link.outcome.not_in([outcome.value for outcome in BROKEN])
    twins = _twins_of(select(Entry.title).join(Link, _CARRIES).where(Link.state == State.OPEN)).subquery()
    rows = db.session.execute(
        select(Link, func.min(Entry.id), func.min(Entry.title), func.count(Entry.id), func.min(twins.c.url))
        .join(Entry, _CARRIES)
        .outerjoin(twins, twins.c.title == Entry.title)
        .where(Link.state == State.OPEN)
        .group_by(Link.id)
        .order_by(is_mild, Link.since, Link.id)
        .limit(limit)
    )
    return [(_line(link, [Carrier(number, title, "")], twin or ""), count) for link, number, title, count, twin in rows]


def _twins_of(titles: Any) -> Any:
    """By title: the link, in order, of a published entry that has one of these."""
    return (
        select(Entry.title, func.min(Entry.url).label("url"))
        .join(Link, _CARRIES)
        .where(Entry.title.in_(titles), Link.outcome == Outcome.FINE)
        .group_by(Entry.title)
    )


def get_line(actor: Actor, link_id: int) -> tuple[Line, list[LinkTry]]:
    """A link with its tries, the newest first; raises Missing."""
    require(policy.may_tend(actor))
    found = lines_of(select(Link).where(Link.id == link_id))
    if not found:
        raise Missing
    tries = select(LinkTry).where(LinkTry.link_id == link_id).order_by(LinkTry.id.desc())
    return found[0], list(db.session.scalars(tries))


def lines_of(statement: Select[Any]) -> list[Line]:
    """Links as lines, in two statements more."""
    links = list(db.session.scalars(statement.execution_options(populate_existing=True)))
    carriers = _carriers([link.address for link in links])
    dead = {link.address for link in links if link.outcome in BROKEN}
    titles = {carrier.title for address in dead for carrier in carriers.get(address, ())}
    twins = {row.title: row.url for row in db.session.execute(_twins_of(titles))} if titles else {}
    return [_line(link, carriers.get(link.address, []), _twin(carriers.get(link.address, []), twins)) for link in links]


def _twin(carriers: Sequence[Carrier], twins: dict[str, str]) -> str:
    return next((twins[carrier.title] for carrier in carriers if carrier.title in twins), "")


def _line(link: Link, carriers: list[Carrier], twin: str) -> Line:
    return Line(
        id=link.id,
        version=link.version,
        url=link.url,
        outcome=link.outcome,
        state=link.state,
        since=link.since,
        tried_at=link.tried_at,
        next_at=link.next_at,
        fine_at=link.fine_at,
        target=link.target,
        archive=proposing.archive_address(link.url, link.fine_at or link.created_at),
        twin=twin,
        carriers=tuple(carriers),
    )


def _carriers(addresses: Sequence[str]) -> dict[str, list[Carrier]]:
    found: dict[str, list[Carrier]] = {}
    rows = db.session.execute(
        select(Entry.address, Entry.id, Entry.title, Entry.language)
        .where(Entry.address.in_(addresses), only_asked(Entry.status == Status.PUBLISHED))
        .order_by(Entry.id)
    )
    for row in rows:
        found.setdefault(row.address, []).append(Carrier(row.id, row.title, row.language))
    return found


def note_about(entry: Entry) -> LinkNote | None:
    """What readers are told: only of a verdict, so after several tries over days, and not when the office says no."""
    if not entry.address:
        return None
    row = db.session.execute(
        select(Link.url, Link.outcome, Link.fine_at, Link.created_at).where(
            Link.address == entry.address,
            Link.outcome.in_([outcome.value for outcome in BROKEN]),
            Link.state.in_([State.OPEN, State.CONFIRMED]),
        )
    ).one_or_none()
    if row is None:
        return None
    copy = proposing.archive_address(row.url, row.fine_at or row.created_at)
    return LinkNote(row.outcome in (Outcome.GONE, Outcome.SOFT_GONE), copy, row.fine_at)
