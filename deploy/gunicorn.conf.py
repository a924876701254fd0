"""The production server: `gunicorn --config deploy/gunicorn.conf.py`, started by `make run` and by the tests alike."""

import ctypes
import gc
import importlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gunicorn.http import message

ROOT = Path(__file__).resolve().parent.parent
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # of glibc's malloc.h
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
worker_class = "gthread"
threads = 4
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
        for option, value in ((M_MMAP_THRESHOLD, 64 * 1024), (M_TRIM_THRESHOLD, 128 * 1024), (M_ARENA_MAX, 1)):
            mallopt(option, value)


save_memory()


def when_ready(server: Any) -> None:
    """Say where the hub is; what is loaded by now is never freed, so workers can share its memory."""
    warm_up = getattr(importlib.import_module("hub"), "warm_up", None)
    if warm_up is not None:
        warm_up()
    gc.collect()
    gc.freeze()
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
