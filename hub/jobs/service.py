"""Asking for jobs: inside the unit of work of the change, so that a job is due exactly when the change is real."""

import logging
import socket
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, select
from sqlalchemy.exc import SQLAlchemyError

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db, insert_into
from hub.core.errors import Conflict, Missing
from hub.core.permissions import Permission
from hub.core.unit_of_work import unit_of_work
from hub.jobs.models import IS_OPEN, Job, JobWorker, State

log = logging.getLogger("hub.jobs")
ALIVE = timedelta(seconds=30)


def enqueue(kind: str, key: str = "", payload: dict[str, Any] | None = None, due_at: datetime | None = None) -> int:
    """Ask for a job in the open unit of work (or one of its own); returns its number.

    While a job of this kind and key is open, asking again renews its payload, brings its time forward, and lets it
    run once more if it is being done at this moment.
    """
    now = clock.now()
    values = {
        "kind": kind,
        "key": key,
        "payload": payload or {},
        "state": State.OPEN.value,
        "due_at": due_at or now,
        "tries": 0,
        "asked": 1,
        "last_error": "",
        "created_at": now,
    }
    with unit_of_work() as session:
        session.execute(delete(Job).where(Job.kind == kind, Job.key == key, Job.state == State.FAILED))
        insert = insert_into(session, Job).values(**values)
        new = insert.excluded
        asked_again = insert.on_conflict_do_update(
            index_elements=["kind", "key"],
            index_where=IS_OPEN,
            set_={
                "payload": new.payload,
                "asked": Job.asked + 1,
                "due_at": case((Job.due_at < new.due_at, Job.due_at), else_=new.due_at),
            },
        )
        return int(session.execute(asked_again.returning(Job.id)).scalar_one())


def enqueue_here(kind: str) -> bool:
    """Ask for a job about files of this machine; False when no worker of this machine can be trusted to get it."""
    try:
        names = list(db.session.scalars(select(JobWorker.name).where(JobWorker.seen_at > clock.now() - ALIVE)))
        if not names or any(not name.startswith(f"{this_machine()}:") for name in names):
            return False
        enqueue(kind)
    except (SQLAlchemyError, Conflict) as error:
        log.warning("%s could not be asked for: %s", kind, type(error).__name__)
        return False
    return True


def this_machine() -> str:
    """How workers of this machine begin their names."""
    return socket.gethostname()[:80]


def retry_job(actor: Actor, job_id: int) -> None:
    """Let a job that was given up start afresh."""
    require(actor.may(Permission.JOB_INSPECT))
    with unit_of_work() as session:
        job = session.scalar(select(Job).where(Job.id == job_id, Job.state == State.FAILED).with_for_update())
        if job is None:
            raise Missing
        session.delete(job)
        session.flush()
        enqueue(job.kind, job.key, job.payload)
        record(actor, "job.retried", job_id, kind=job.kind)
