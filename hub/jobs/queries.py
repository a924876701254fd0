"""What the office sees of the jobs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select

from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.permissions import Permission
from hub.jobs import registry
from hub.jobs.models import Job, JobWorker, State

ALIVE = timedelta(seconds=30)
MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One job as a line of the page; ``is_duty`` when it recurs."""

    id: int
    label: Any
    key: str
    tries: int
    error: str
    due_at: datetime
    finished_at: datetime | None
    is_running: bool
    is_duty: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of the workers and their jobs."""

    is_alive: bool
    seen_at: datetime | None
    waiting_count: int
    failed_count: int
    running: list[Line]
    resting: list[Line]
    failed: list[Line]
    duties: list[Line]


def get_overview(actor: Actor) -> Overview:
    """Workers alive, what waits, runs, rests after a failure or was given up, and the recurring duties."""
    require(actor.may(Permission.JOB_INSPECT))
    now = clock.now()
    names = [kind.name for kind in registry.duties()]
    seen_at = db.session.scalar(select(func.max(JobWorker.seen_at)))
    is_open, is_failed = Job.state == State.OPEN, Job.state == State.FAILED
    rests = (Job.due_at > now) & (Job.tries > 0) & Job.lease_until.is_(None) & Job.kind.not_in(names)
    waits = or_(Job.lease_until.is_(None), Job.lease_until < now) & (Job.due_at <= now)
    return Overview(
        is_alive=seen_at is not None and now - seen_at < ALIVE,
        seen_at=seen_at,
        waiting_count=_count(is_open & waits),
        failed_count=_count(is_failed),
        running=_lines(is_open & (Job.lease_until >= now), Job.id),
        resting=_lines(is_open & rests, Job.due_at),
        failed=_lines(is_failed, Job.finished_at.desc()),
        duties=_lines(is_open & Job.kind.in_(names), Job.due_at),
    )


def failed_count(_actor: Actor) -> Select[int]:
    """Jobs that were given up, as a question for the menu."""
    return _counted(Job.state == State.FAILED)


def _count(which: Any) -> int:
    return db.session.scalar(_counted(which)) or 0


def _counted(which: Any) -> Select[int]:
    return select(func.count()).select_from(Job).where(which)


def _lines(which: Any, order: Any) -> list[Line]:
    now = clock.now()
    jobs = db.session.scalars(select(Job).where(which).order_by(order).limit(MOST_ROWS))
    return [_line(job, registry.find_kind(job.kind), now) for job in jobs]


def _line(job: Job, kind: registry.Kind | None, now: datetime) -> Line:
    return Line(
        id=job.id,
        label=kind.label if kind else job.kind,
        key=job.key,
        tries=job.tries,
        error=_(job.last_error) if job.last_error else "",
        due_at=job.due_at,
        finished_at=job.finished_at,
        is_running=job.lease_until is not None and job.lease_until >= now,
        is_duty=bool(kind and kind.cron),
    )
