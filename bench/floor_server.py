"""Settings of the floor's server: those of the hub, for another application."""

import gc
import os
import runpy
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
os.environ["HUB_WORKER"] = "0"  # the floor has nothing to do beside answering
_of_the_hub = runpy.run_path(str(ROOT / "deploy" / "gunicorn.conf.py"))
_names = ("bind", "chdir", "workers", "worker_class", "threads", "preload_app", "timeout", "graceful_timeout")
_more = ("keepalive", "limit_request_line", "loglevel", "control_socket_disable", "worker_tmp_dir")
globals().update({name: _of_the_hub[name] for name in (*_names, *_more)})
wsgi_app = "bench.floor:app"


def when_ready(_server: Any) -> None:
    """Memory is shared between workers as the hub does it."""
    gc.collect()
    gc.freeze()
