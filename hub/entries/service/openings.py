"""Counting how often entries are opened: a number per entry and month, never who.

Each process counts in memory and writes every half minute after an answer has left, so the page of an entry never waits
for it. What a process has counted since is lost when it is killed; these are counts, not records.
"""

import logging
import threading
import time
from collections import Counter
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import insert_into
from hub.core.errors import Conflict
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy
from hub.entries.models import Entry, EntryOpening

log = logging.getLogger("hub.entries")
KEPT_FOR = timedelta(days=1096)
EVERY_SECONDS = 30.0


class _Tally:
    """What this process has counted and not written yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts: Counter[tuple[int, date]] = Counter()
        self.written_at = time.monotonic()


_tally = _Tally()


def count_opening(actor: Actor, entry: Entry) -> bool:
    """Note that somebody reads a published entry; True when it is time to write down what was noted.

    Neither the contributor nor the office counts: they look after the entry.
    """
    if not entry.is_published or actor.is_office or policy.is_own(actor, entry):
        return False
    with _tally.lock:
        _tally.counts[(entry.id, clock.today().replace(day=1))] += 1
        return time.monotonic() - _tally.written_at >= EVERY_SECONDS


def write_openings() -> None:
    """Add what this process has counted to the table; what cannot be written now is tried again later."""
    with _tally.lock:
        counts, _tally.counts, _tally.written_at = _tally.counts, Counter(), time.monotonic()
    if not counts:
        return
    try:
        _add(counts)
    except (SQLAlchemyError, Conflict) as reason:
        log.warning("openings were not written: %s", type(reason).__name__)
        with _tally.lock:
            _tally.counts.update(counts)


def sweep(_payload: dict[str, Any]) -> None:
    """The nightly duty: counts of long ago."""
    with unit_of_work() as session:
        session.execute(delete(EntryOpening).where(EntryOpening.month < clock.today() - KEPT_FOR))


def _add(counts: Counter[tuple[int, date]]) -> None:
    with unit_of_work() as session:
        there = set(session.scalars(select(Entry.id).where(Entry.id.in_({number for number, _month in counts}))))
        rows = [
            {"entry_id": number, "month": month, "count": count}
            for (number, month), count in sorted(counts.items())
            if number in there
        ]
        if rows:
            insert = insert_into(session, EntryOpening)
            more = {"count": EntryOpening.count + insert.excluded.count}
            session.execute(insert.on_conflict_do_update(index_elements=["entry_id", "month"], set_=more), rows)
