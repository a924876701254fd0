"""Taking jobs up and laying them down. Each step is one unit of work; a lease tells other workers to keep off.

A worker that dies leaves its leases to run out; whoever looks next takes the job up again. ``Taken.tries`` is the mark
of the holder: somebody whose lease was taken over can no longer finish the job.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.db import db
from hub.core.text import clean_line
from hub.core.unit_of_work import unit_of_work
from hub.jobs import registry
from hub.jobs.models import Job, JobWorker, State
from hub.jobs.registry import Kind, Lane
from hub.jobs.service import enqueue

LEASE = timedelta(seconds=45)
PLAN, PLAN_AFTER = "plan_duties", timedelta(seconds=5)
ERROR_LENGTH = 500
KEPT_DONE, KEPT_FAILED, KEPT_WORKERS = timedelta(days=2), timedelta(days=90), timedelta(days=1)
LOST = _l("Der Vorgang wurde mehrmals begonnen und nie beendet.")


@dataclass(frozen=True, slots=True)
class Taken:
    """A job as its holder knows it."""

    id: int
    kind: str
    payload: dict[str, Any]
    tries: int
    asked: int


def find_due() -> set[Lane]:
    """The lanes in which a job waits to be taken up; one look at an index, for asking often."""
    names = list(db.session.scalars(select(Job.kind).where(_free(clock.now())).distinct()))
    db.session.rollback()
    return {kind.lane for name in names if (kind := registry.find_kind(name))}


def take(lane: Lane, limit: int) -> list[Taken]:
    """Take up to ``limit`` due jobs of a lane, those due longest first; no other worker gets the same ones."""
    now = clock.now()
    names = registry.names_in(lane)
    due = select(Job).where(_free(now), Job.kind.in_(names)).order_by(Job.due_at, Job.id).limit(limit)
    with unit_of_work() as session:
        jobs = list(session.scalars(due.with_for_update(skip_locked=True).execution_options(populate_existing=True)))
        return [_lease(job, now) for job in jobs if not _was_lost_too_often(job, now)]


def finish(taken: Taken) -> bool:
    """The job is done; False when it has gone to another holder. A duty waits for its next time."""
    now = clock.now()
    with unit_of_work() as session:
        job = _held(session, taken)
        if job is None:
            return False
        job.lease_until, job.tries, job.last_error, job.finished_at = None, 0, "", now
        cron = _cron_of(job)
        if cron:
            job.due_at = next_time(cron, now)
        elif job.asked == taken.asked:
            job.state = State.DONE
    return True


def fail(taken: Taken, error: str, final: bool = False) -> bool:
    """The job did not succeed: it rests and is tried again, or is given up; False when another holds it by now."""
    with unit_of_work() as session:
        job = _held(session, taken)
        if job is None:
            return False
        _set_back(job, error, clock.now(), final)
    return True


def release(taken: Iterable[Taken]) -> None:
    """Lay down jobs unfinished because the worker ends; they are due at once, and this try does not count."""
    with unit_of_work() as session:
        for one in taken:
            job = _held(session, one)
            if job is not None:
                job.lease_until, job.tries = None, job.tries - 1


def keep(worker: str, taken: Iterable[Taken]) -> None:
    """Show that the worker lives and go on holding its jobs."""
    now = clock.now()
    with unit_of_work() as session:
        shown = session.get(JobWorker, worker)
        if shown is None:
            session.add(JobWorker(name=worker, started_at=now, seen_at=now))
        else:
            shown.seen_at = now
        for one in taken:
            mine = (Job.id == one.id) & (Job.tries == one.tries) & (Job.state == State.OPEN)
            session.execute(update(Job).where(mine).values(lease_until=now + LEASE))


def leave(worker: str) -> None:
    """The worker ends."""
    with unit_of_work() as session:
        session.execute(delete(JobWorker).where(JobWorker.name == worker))


def ask_for_plan() -> None:
    """Let a worker plan the duties soon, not now: reading plans of the calendar takes memory and time at a start."""
    enqueue(PLAN, due_at=clock.now() + PLAN_AFTER)


def plan_duties(_payload: dict[str, Any] | None = None) -> None:
    """Give each recurring duty its row, and its next time when the plan in the code has changed."""
    now = clock.now()
    with unit_of_work() as session:
        for kind in registry.duties():
            due_at = next_time(str(kind.cron), now)
            enqueue(kind.name, due_at=due_at)
            session.execute(
                update(Job)
                .where(Job.kind == kind.name, Job.state == State.OPEN, Job.tries == 0, Job.due_at > now)
                .values(due_at=due_at)
            )


def sweep(_payload: dict[str, Any]) -> None:
    """Forget jobs done long ago, and workers that were not seen for a day."""
    now = clock.now()
    with unit_of_work() as session:
        done = and_(Job.state == State.DONE, Job.finished_at < now - KEPT_DONE)
        failed = and_(Job.state == State.FAILED, Job.finished_at < now - KEPT_FAILED)
        session.execute(delete(Job).where(or_(done, failed)))
        session.execute(delete(JobWorker).where(JobWorker.seen_at < now - KEPT_WORKERS))


def next_time(cron: str, after: datetime) -> datetime:
    """The next moment of a plan, in local time across summer and winter."""
    from apscheduler.triggers.cron import CronTrigger  # only workers need it

    trigger = CronTrigger.from_crontab(cron, timezone=clock.LOCAL_ZONE)
    moment = trigger.get_next_fire_time(None, after + timedelta(seconds=1))
    if moment is None:
        raise ValueError(f"the plan {cron!r} has no next time")
    return moment


def _free(now: datetime) -> Any:
    unheld = or_(Job.lease_until.is_(None), Job.lease_until < now)
    return and_(Job.state == State.OPEN.value, Job.due_at <= now, unheld)


def _lease(job: Job, now: datetime) -> Taken:
    job.lease_until, job.tries = now + LEASE, job.tries + 1
    return Taken(job.id, job.kind, job.payload, job.tries, job.asked)


def _was_lost_too_often(job: Job, now: datetime) -> bool:
    """A job that takes its worker down each time must not do so for ever."""
    if job.tries < _most_tries(job):
        return False
    _set_back(job, str(LOST), now, final=True)
    return True


def _held(session: Session, taken: Taken) -> Job | None:
    mine = select(Job).where(Job.id == taken.id, Job.tries == taken.tries, Job.state == State.OPEN)
    held = session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    return held if held is not None and held.lease_until is not None else None


def _set_back(job: Job, error: str, now: datetime, final: bool) -> None:
    job.lease_until, job.last_error = None, clean_line(error)[:ERROR_LENGTH]
    if not final and job.tries < _most_tries(job):
        job.due_at = now + registry.wait_after(job.tries)
        return
    cron = _cron_of(job)
    if cron:
        job.due_at, job.tries = next_time(cron, now), 0
    else:
        job.state, job.finished_at = State.FAILED, now


def _most_tries(job: Job) -> int:
    kind = registry.find_kind(job.kind)
    return kind.most_tries if kind else registry.MOST_TRIES


def _cron_of(job: Job) -> str | None:
    kind: Kind | None = registry.find_kind(job.kind)
    return kind.cron if kind else None
