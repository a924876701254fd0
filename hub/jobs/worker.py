"""A worker process: looks for due jobs five times a second and does them in threads, each lane in its own.

APScheduler is the clock and keeps the threads; what is due stands in our rows. A thread that hangs holds up nobody but
its own place in its lane.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from hub.jobs import queue, registry
from hub.jobs.queue import Taken
from hub.jobs.registry import WIDTHS, GiveUp, Lane
from hub.jobs.service import this_machine

log = logging.getLogger("hub.jobs")
LOOK_SECONDS, BEAT_SECONDS, IDLE_SECONDS = 0.2, 10.0, 10.0
PATIENCE_SECONDS, TROUBLE_SECONDS = 12.0, 10.0
ENDING = (signal.SIGTERM, signal.SIGINT)


class Worker:
    """One process that does jobs; it ends when it is told to, with its jobs done or laid down."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._name = f"{this_machine()}:{os.getpid()}"
        self._parent = os.getppid()
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._held: dict[Lane, dict[int, Taken]] = {lane: {} for lane in Lane}
        self._busy_at = time.monotonic()

    def run(self) -> None:
        """Work until SIGTERM or SIGINT, or until the process that started this one is gone."""
        self._listen_for_the_end()
        with self._app.app_context():
            queue.plan_duties()
        self._work(self._ending.wait)

    def run_until_idle(self) -> None:
        """Work until nothing has been due for a while. Work makes a process large for good; the next one is small."""
        self._listen_for_the_end()
        self._work(self._wait_until_idle)

    def _listen_for_the_end(self) -> None:
        for number in ENDING:
            signal.signal(number, lambda *_: self._ending.set())

    def _work(self, wait: Callable[[], object]) -> None:
        """Do jobs while ``wait`` waits."""
        with self._app.app_context():
            queue.keep(self._name, [])
        scheduler = self._make_scheduler()
        scheduler.start()
        wait()
        self._ending.set()
        scheduler.remove_all_jobs()
        self._lay_down()

    def _wait_until_idle(self) -> None:
        self._busy_at = time.monotonic()
        while not self._ending.wait(1.0):
            if self._all_held():
                self._busy_at = time.monotonic()
            if time.monotonic() - self._busy_at > IDLE_SECONDS:
                return

    def _make_scheduler(self) -> Any:
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        executors = {lane.value: ThreadPoolExecutor(width) for lane, width in WIDTHS.items()}
        executors["default"] = ThreadPoolExecutor(1)
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        scheduler = BackgroundScheduler(executors=executors, job_defaults=defaults, timezone="UTC")
        scheduler.add_job(self._look, "interval", seconds=LOOK_SECONDS, args=[scheduler])
        scheduler.add_job(self._beat, "interval", seconds=BEAT_SECONDS)
        return scheduler

    def _look(self, scheduler: Any) -> None:
        """Take what is due and fits, and hand it to the threads; wait a while when the database does not answer."""
        if self._ending.is_set():
            return
        try:
            self._take_due(scheduler)
        except SQLAlchemyError as error:
            self._rest(error)

    def _rest(self, error: SQLAlchemyError) -> None:
        log.warning("the database does not answer (%s); looking again in %s s", type(error).__name__, TROUBLE_SECONDS)
        self._ending.wait(TROUBLE_SECONDS)

    def _take_due(self, scheduler: Any) -> None:
        with self._app.app_context():
            for lane in queue.find_due():
                free = WIDTHS[lane] - len(self._held[lane])
                for taken in queue.take(lane, free) if free > 0 else ():
                    with self._lock:
                        self._held[lane][taken.id] = taken
                    self._busy_at = time.monotonic()
                    scheduler.add_job(self._do, args=[lane, taken], executor=lane.value)

    def _do(self, lane: Lane, taken: Taken) -> None:
        try:
            with self._app.app_context():
                do(taken)
        except Exception:
            log.exception("job %s could not be laid down; its lease runs out", taken.id)
        finally:
            with self._lock:
                del self._held[lane][taken.id]

    def _beat(self) -> None:
        if os.getppid() != self._parent:
            self._ending.set()
        with self._app.app_context():
            queue.keep(self._name, self._all_held())

    def _all_held(self) -> list[Taken]:
        with self._lock:
            return [taken for held in self._held.values() for taken in held.values()]

    def _lay_down(self) -> None:
        """Let running jobs end for a while; give back what is still running."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._all_held() and time.monotonic() < deadline:
            time.sleep(0.05)
        with self._app.app_context():
            queue.release(self._all_held())
            queue.leave(self._name)


def do(taken: Taken) -> None:
    """Do one job and note how it went."""
    kind = registry.find_kind(taken.kind)
    if kind is None:
        raise LookupError(taken.kind)
    try:
        kind.handler(taken.payload)
    except GiveUp as reason:
        queue.fail(taken, str(reason), final=True)
    except Exception as error:
        log.warning("job %s (%s) failed: %s", taken.id, taken.kind, type(error).__name__, exc_info=True)
        queue.fail(taken, f"Unerwarteter Fehler ({type(error).__name__}): {error}")
    else:
        queue.finish(taken)


def do_all_due() -> int:
    """Do in this thread whatever is due, until nothing is; returns how many jobs that were."""
    count = 0
    while taken := [one for lane in queue.find_due() for one in queue.take(lane, 10)]:
        for one in taken:
            do(one)
        count += len(taken)
    return count
