"""The production server: `gunicorn --config deploy/gunicorn.conf.py`, started by `make run` and by the tests alike."""

import ctypes
import gc
import importlib
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gunicorn.http import message
from gunicorn.workers.gthread import ThreadWorker

ROOT = Path(__file__).resolve().parent.parent
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # of glibc's malloc.h
M_MMAP_BYTES = 64 * 1024
PAUSE_EACH, MOST_COUNTED = 0.0005, 12  # seconds before a connection is taken, for each that is held
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def bind_address() -> str:
    """Only this machine is served; strangers come through a reverse proxy that speaks TLS."""
    host = urlsplit(os.environ.get("HUB_BASE_URL", "")).hostname or ""
    host = host if host in LOOPBACK else "127.0.0.1"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


# A search for ten thousand characters is answered with a page; gunicorn's own ceiling of 8190 would cut it off.
message.MAX_REQUEST_LINE = 65_536

port = os.environ.get("PORT") or "8000"
wsgi_app = "wsgi:app"
chdir = str(ROOT)
bind = bind_address()
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)


class EvenWorker(ThreadWorker):
    """Leaves a new connection to a worker that holds fewer: it waits the longer, the more it holds itself.

    All workers wake up for a connection, and one that is taken stays with its worker. Without this ten people often
    sat in one worker while the other had nothing to do; they got half as many pages then.
    """

    def accept(self, listener: Any) -> None:
        time.sleep(min(self.nr_conns, MOST_COUNTED) * PAUSE_EACH)
        super().accept(listener)


worker_class = EvenWorker
# Six work at once (hub/core/turns.py): more made searches of ten people take twice as long. The others are there for
# the twenty who may wait for a password hash (hub/accounts/passwords.py).
threads = 26
preload_app = True
timeout = 60
graceful_timeout = 15
keepalive = 15
limit_request_line = message.MAX_REQUEST_LINE
loglevel = "warning"
control_socket_disable = True
# Workers prove by a file that they live; on a slow disk that write could stall them.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108


def save_memory() -> None:
    """Let the C library give the memory of large pages back at once; by itself every thread keeps its largest."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in ((M_MMAP_THRESHOLD, M_MMAP_BYTES), (M_TRIM_THRESHOLD, 128 * 1024), (M_ARENA_MAX, 1)):
            mallopt(option, value)


save_memory()
gc.set_threshold(700, 10, 1_000)  # until all is loaded (when_ready): what is old by then is no rubbish


class MallocFigures(ctypes.Structure):
    """``struct mallinfo2`` of glibc's malloc.h, in bytes."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
    ]


def fill_gaps() -> int:
    """Take what is free between the blocks of the heap, for good; returns how many blocks that were.

    A worker's first small blocks would land in these gaps, spread over thousands of pages that it shares with the
    others, and each page would be copied for a few bytes. Filled, they lie side by side on pages of its own: about
    15 MB less for two workers, for 1 MB of gaps. Does nothing where the C library is not glibc 2.33 or newer.
    """
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallinfo2"):
        return 0
    libc.mallinfo2.restype, libc.sbrk.restype, libc.malloc.restype = MallocFigures, ctypes.c_void_p, ctypes.c_void_p
    libc.malloc.argtypes, libc.free.argtypes = [ctypes.c_size_t], [ctypes.c_void_p]
    end = libc.sbrk(0) - libc.mallinfo2().keepcost
    filled = 0
    for size in (*range(M_MMAP_BYTES - 4096, 1024, -2048), *range(1024, 8, -16)):
        while (block := libc.malloc(size)) and block < end:
            filled += 1
        libc.free(block)
    return filled


def when_ready(server: Any) -> None:
    """Say where the hub is; what is loaded by now is never freed, so workers can share its memory."""
    warm_up = getattr(importlib.import_module("hub"), "warm_up", None)
    if warm_up is not None:
        warm_up()
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 10)
    fill_gaps()
    address = os.environ.get("HUB_BASE_URL") or f"http://{bind}"
    keep_working(server)
    print(f"Der Wissensspeicher läuft: {address}  (beenden mit Strg+C)", flush=True)


def keep_working(server: Any) -> None:
    """Start the worker for jobs beside the server, unless it runs elsewhere or the application has none."""
    hub = importlib.import_module("hub")
    if hasattr(hub, "work") and os.environ.get("HUB_WORKER", "1") != "0":
        from hub.jobs import keeper

        server.keeper = keeper.start(hub.work, hub.watch(), [one.sock for one in server.LISTENERS])


def on_exit(server: Any) -> None:
    """The worker ends with the server."""
    if hasattr(server, "keeper"):
        from hub.jobs import keeper

        keeper.stop(server.keeper)


def post_fork(server: Any, worker: Any) -> None:
    """Let the application drop what must not be shared between processes (database connections, open readers)."""
    after_fork = getattr(importlib.import_module("hub"), "after_fork", None)
    if after_fork is not None:
        after_fork(worker)


def worker_exit(server: Any, worker: Any) -> None:
    """Let the application write down what the worker has only counted in memory."""
    before_exit = getattr(importlib.import_module("hub"), "before_exit", None)
    if before_exit is not None:
        before_exit(worker)
