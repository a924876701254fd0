"""Starts a worker beside the server whenever something is due, and again when it dies: a small process forked from the
server's master, so that memory is shared.

The master reaps all its children itself and tells nobody which one ended; so a process of its own waits for the worker.
"""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterable
from socket import socket

from hub.jobs.watching import Watch

log = logging.getLogger("hub.jobs")
SIGNALS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
OTHERS = (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH, signal.SIGTTIN, signal.SIGTTOU)
LOOK_SECONDS, SHORTEST_LIFE, LONGEST_PAUSE = 0.2, 5.0, 30.0


def start(work: Callable[[], None], watch: Watch, listening: Iterable[socket]) -> int:
    """Fork the keeper; ``work`` runs in its child whenever something is due. Returns the keeper's process number."""
    parent = os.getpid()
    number = os.fork()
    if number:
        return number
    try:
        for one in listening:
            one.close()
        for name in OTHERS:
            signal.signal(name, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        _keep(work, watch, parent)
        watch.leave()
    finally:
        os._exit(0)


def stop(number: int, patience: float = 15.0) -> None:
    """End keeper and worker; what does not end in time is killed."""
    deadline = time.monotonic() + patience
    try:
        os.kill(number, signal.SIGTERM)
        while os.waitpid(number, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(number, signal.SIGKILL)
                os.waitpid(number, 0)
                return
            time.sleep(0.05)
    except (ProcessLookupError, ChildProcessError):
        return


def _keep(work: Callable[[], None], watch: Watch, parent: int) -> None:
    pause = 0.0
    while _wait_until_due(watch, parent):
        watch.rest()
        worker, began = _fork(work), time.monotonic()
        status = _wait(worker, parent)
        if status is None:
            return
        if status == 0:  # nothing was left to do
            continue
        pause = 0.0 if time.monotonic() - began > SHORTEST_LIFE else min(LONGEST_PAUSE, pause * 2 + 1)
        log.error("the worker for jobs failed (%s); the next one starts in %s s", status, pause)
        if pause and signal.sigtimedwait(SIGNALS[1:], pause) is not None:
            return


def _wait_until_due(watch: Watch, parent: int) -> bool:
    """True as soon as there is something to do, False when the keeper is to end."""
    while not watch.is_due():
        got = signal.sigtimedwait(SIGNALS, LOOK_SECONDS)
        if os.getppid() != parent or (got is not None and got.si_signo != signal.SIGCHLD):
            return False
    return True


def _wait(worker: int, parent: int) -> int | None:
    """How the worker ended by itself (0: as it should); None when keeper and worker are to end, and the worker has."""
    while True:
        got = signal.sigtimedwait(SIGNALS, 1.0)
        number, status = os.waitpid(worker, os.WNOHANG)
        told = got is not None and got.si_signo != signal.SIGCHLD
        if number:
            return None if told else status
        if told or os.getppid() != parent:
            os.kill(worker, signal.SIGTERM)
            os.waitpid(worker, 0)
            return None


def _fork(work: Callable[[], None]) -> int:
    number = os.fork()
    if number:
        return number
    status = 1
    try:
        for name in (*SIGNALS, *OTHERS):
            signal.signal(name, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        work()
        status = 0
    except Exception:
        log.exception("the worker for jobs failed")
    finally:
        # Threads that still hang must not keep the process.
        os._exit(status)
