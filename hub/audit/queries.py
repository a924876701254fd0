"""Reading the audit table: the office's administration only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, false, select

from hub.audit import policy
from hub.audit.models import AuditEvent
from hub.core.actor import Actor, require
from hub.core.clock import LOCAL_ZONE
from hub.core.db import db

PER_PAGE = 50
MOST_EXPORTED = 50_000
_AT_A_TIME = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events a list shows. ``actor_ids`` is None for anybody; days are those of the network's place."""

    actor_ids: frozenset[int] | None = None
    action: str = ""
    thing: str = ""
    thing_id: int | None = None
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of events, newest first; ``next_before`` opens the page after it, ``newer_after`` the one before."""

    events: Sequence[AuditEvent]
    next_before: int | None
    is_newest: bool


def find_events(actor: Actor, wanted: Wanted, before: int | None) -> Found:
    """A page by key: it costs the same at any depth."""
    require(policy.may_read(actor))
    rows = select(AuditEvent).where(*_matches(wanted)).order_by(AuditEvent.id.desc()).limit(PER_PAGE + 1)
    if before is not None:
        rows = rows.where(AuditEvent.id < before)
    found = db.session.scalars(rows).all()
    events = found[:PER_PAGE]
    return Found(events, events[-1].id if len(found) > PER_PAGE else None, before is None)


def each_event(actor: Actor, wanted: Wanted) -> Iterator[AuditEvent]:
    """The events for an export, newest first, at most ``MOST_EXPORTED``."""
    require(policy.may_read(actor))
    before: int | None = None
    for _part in range(MOST_EXPORTED // _AT_A_TIME):
        rows = select(AuditEvent).where(*_matches(wanted)).order_by(AuditEvent.id.desc()).limit(_AT_A_TIME)
        found = db.session.scalars(rows.where(AuditEvent.id < before) if before else rows).all()
        yield from found
        if len(found) < _AT_A_TIME:
            return
        before = found[-1].id


def _matches(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.actor_ids is not None:
        conditions.append(AuditEvent.actor_id.in_(wanted.actor_ids) if wanted.actor_ids else false())
    equal: tuple[tuple[Any, Any], ...] = (
        (AuditEvent.action, wanted.action),
        (AuditEvent.thing, wanted.thing),
        (AuditEvent.thing_id, wanted.thing_id),
    )
    conditions += [column == value for column, value in equal if value]
    if wanted.first_on:
        conditions.append(AuditEvent.at >= _midnight(wanted.first_on))
    if wanted.last_on and wanted.last_on < date.max:
        conditions.append(AuditEvent.at < _midnight(wanted.last_on + timedelta(days=1)))
    return conditions


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, LOCAL_ZONE)
