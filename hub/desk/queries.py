"""What waits at the desk: how much by source, and the rows of the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, has_request_context
from sqlalchemy import Select, literal, select

from hub.accounts.models import User
from hub.core.actor import OFFICE_ROLES, Actor, require
from hub.core.db import db
from hub.core.findings import Finding, Source
from hub.desk import policy, sources
from hub.desk.models import DeskAssignment

MOST_ROWS, MOST_LOOKED_AT = 50, 500
MOST_SOURCES = 7  # on one page: each is asked by itself, and no page needs more than twelve statements
MINE, NOBODYS = "me", "none"
_COUNTS = "desk_counts"


@dataclass(frozen=True, slots=True)
class Queue:
    """The findings of one source, as far as the page shows them; ``count`` is all that wait."""

    source: Source
    count: int
    findings: Sequence[Finding]


def count_by_source(actor: Actor) -> dict[str, int]:
    """How much waits in each source, put to the database in one question; the menu reads the answer, too."""
    require(policy.may_work(actor))
    every = sources.every()
    if not every:
        return {}
    numbers = db.session.execute(select(*(source.count(actor).scalar_subquery() for source in every))).one()
    counts = {source.name: number for source, number in zip(every, numbers, strict=True)}
    if has_request_context():
        setattr(g, _COUNTS, counts)
    return counts


def waiting_count(actor: Actor) -> Select[Any]:
    """The question for all that waits for a decision, for the menu."""
    require(policy.may_work(actor))
    questions = [source.count(actor).scalar_subquery() for source in _pressing()]
    return select(sum(questions[1:], start=questions[0]) if questions else literal(0))


def known_waiting_count() -> int | None:
    """The same as a number when the page has read it already."""
    if not has_request_context() or _COUNTS not in g:
        return None
    counts = g.get(_COUNTS)
    return sum(counts[source.name] for source in _pressing())


def _pressing() -> list[Source]:
    return [source for source in sources.every() if source.name not in sources.BACKLOG]


@dataclass(frozen=True, slots=True)
class Office:
    """Who works at the desk, and whose which finding is."""

    names: dict[int, str]
    assigned: dict[tuple[str, int], int]

    def name_for(self, finding: Finding) -> str:
        """Who looks after this finding; empty when nobody does."""
        return self.names.get(self.assigned.get((finding.source, finding.thing_id), 0), "")


def find_office(actor: Actor) -> Office:
    """The people of the office with what is assigned to them, in one statement."""
    require(policy.may_work(actor))
    rows = db.session.execute(
        select(User.id, User.name, DeskAssignment.source, DeskAssignment.thing_id)
        .outerjoin(DeskAssignment, DeskAssignment.assignee_id == User.id)
        .where(User.role.in_(OFFICE_ROLES), User.blocked_at.is_(None))
        .order_by(User.name, User.id)
    ).all()
    assigned = {(source, thing_id): number for number, _name, source, thing_id in rows if source is not None}
    return Office({row[0]: row[1] for row in rows}, assigned)


def find_queues(actor: Actor, counts: dict[str, int], only: str = "", most: int = MOST_ROWS) -> list[Queue]:
    """The first rows of the queue, source by source until the page is full; ``only`` one source when it is named."""
    queues: list[Queue] = []
    left, asked = most, 0
    for source in [sources.get(only)] if only else sources.every():
        is_asked = left > 0 and asked < MOST_SOURCES and counts[source.name] > 0
        findings = source.find(actor, left) if is_asked else ()
        left, asked = left - len(findings), asked + is_asked
        queues.append(Queue(source, counts[source.name], findings))
    return queues


def narrow(actor: Actor, queues: Sequence[Queue], office: Office, whose: str, most: int = MOST_ROWS) -> list[Queue]:
    """Only what is assigned to the actor (``MINE``) or to nobody (``NOBODYS``), a page at most."""
    narrowed, left = [], most
    for queue in queues:
        wanted = actor.id if whose == MINE else None
        rows = [f for f in queue.findings if office.assigned.get((f.source, f.thing_id)) == wanted]
        narrowed.append(Queue(queue.source, len(rows), rows[:left]))
        left -= len(rows[:left])
    return narrowed
