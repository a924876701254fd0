"""A worker process for tests: python work.py LEASE_SECONDS; jobs write to the file that their payload names.

Kinds: ``note`` writes its number; ``slow`` writes "begun", sleeps, writes "ended"; ``hang`` sleeps in the network lane.
"""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from hub import create_app
from hub.jobs import queue, registry, worker
from hub.jobs.registry import Lane


def write(payload: dict[str, Any], text: str) -> None:
    descriptor = os.open(payload["file"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, f"{text} {time.time():.3f} {os.getpid()}\n".encode())
    os.close(descriptor)


def note(payload: dict[str, Any]) -> None:
    write(payload, str(payload["number"]))


def slow(payload: dict[str, Any]) -> None:
    write(payload, "begun")
    time.sleep(payload["seconds"])
    write(payload, "ended")


def main() -> None:
    app = create_app()
    registry._kinds.clear()
    registry.handle("note", "note", note, Lane.NETWORK)
    registry.handle("slow", "slow", slow, Lane.QUICK)
    registry.handle("hang", "hang", lambda payload: time.sleep(payload["seconds"]), Lane.NETWORK)
    queue.LEASE = timedelta(seconds=float(sys.argv[1]))
    worker.BEAT_SECONDS = 0.5
    worker.PATIENCE_SECONDS = 3.0
    worker.Worker(app).run()
    os._exit(0)


main()
