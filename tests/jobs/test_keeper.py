"""The worker beside the real server: started with it, replaced when it dies, ended with it."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from tests.support.server import HubServer

KEEP = """
import os, signal, sys, time
sys.path.insert(0, sys.argv[1])
from hub.jobs import keeper

def work():
    with open(sys.argv[2], "a") as file:
        file.write(f"{os.getpid()}\\n")
    if sys.argv[3:] == ["fail"]:
        sys.exit(3)
    if sys.argv[3:] == ["finish"]:
        open(sys.argv[2] + ".rest", "w").close()
        return
    time.sleep(60)

class Watch:
    def is_due(self):
        return not os.path.exists(sys.argv[2] + ".rest")

    def rest(self):
        pass

    def leave(self):
        with open(sys.argv[2] + ".left", "w"):
            pass

number = keeper.start(work, Watch(), [])
print(number, flush=True)
sys.stdin.readline()
keeper.stop(number, 5)
print("stopped", flush=True)
"""
ROOT = Path(__file__).resolve().parents[2]


def wait_for(holds: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def is_gone(number: int) -> bool:
    try:
        return psutil.Process(number).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


class Keeping:
    """A process that keeps a worker; the worker notes its number in a file."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.file = folder / "workers"
        command = [sys.executable, "-c", KEEP, str(ROOT), str(self.file), *more]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.keeper = int(self.process.stdout.readline())

    def workers(self) -> list[int]:
        return [int(line) for line in self.file.read_text().split()] if self.file.exists() else []

    def close(self) -> None:
        for number in (self.process.pid, self.keeper, *self.workers()):
            if not is_gone(number):
                os.kill(number, signal.SIGKILL)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        self.process.wait()


@pytest.fixture
def keeping(tmp_path):
    """``keeping()`` starts a process that keeps a worker."""
    started: list[Keeping] = []

    def start(*more: str) -> Keeping:
        started.append(Keeping(tmp_path, *more))
        return started[-1]

    yield start
    for one in started:
        one.close()


def test_dead_worker_is_replaced(keeping):
    kept = keeping()
    wait_for(kept.workers)
    os.kill(kept.workers()[0], signal.SIGKILL)
    wait_for(lambda: len(kept.workers()) == 2)


def test_worker_that_dies_at_once_is_not_started_in_a_frenzy(keeping):
    kept = keeping("fail")
    wait_for(kept.workers)
    time.sleep(3)
    assert len(kept.workers()) <= 3


def test_worker_that_found_nothing_more_to_do_is_not_replaced(keeping, tmp_path):
    kept = keeping("finish")
    wait_for(kept.workers)
    time.sleep(1)
    assert len(kept.workers()) == 1
    (tmp_path / "workers.rest").unlink()
    wait_for(lambda: len(kept.workers()) == 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_keeper_takes_its_worker_along(keeping, number):
    kept = keeping()
    wait_for(kept.workers)
    os.kill(kept.keeper, number)
    wait_for(lambda: is_gone(kept.keeper) and is_gone(kept.workers()[0]))
    assert Path(f"{kept.file}.left").exists()


def test_nothing_is_left_when_the_server_is_killed(keeping):
    kept = keeping()
    wait_for(kept.workers)
    kept.process.kill()
    wait_for(lambda: is_gone(kept.keeper) and is_gone(kept.workers()[0]))


def test_stopping_waits_for_the_end(keeping):
    kept = keeping()
    wait_for(kept.workers)
    assert kept.process.stdin is not None and kept.process.stdout is not None
    kept.process.stdin.write("\n")
    kept.process.stdin.flush()
    assert kept.process.stdout.readline() == "stopped\n"
    assert is_gone(kept.keeper)
    assert is_gone(kept.workers()[0])


@pytest.mark.slow
def test_server_brings_a_worker_when_something_is_due_and_takes_it_along(tmp_path):
    server = HubServer(tmp_path, examples=False)
    server.prepare()
    server.start()
    try:
        assert server.process is not None
        master = psutil.Process(server.process.pid)
        wait_for(lambda: ask(server, "SELECT count(*) FROM job_worker") == 1)
        assert not any(child.children() for child in master.children())
        total = sum(process.memory_full_info().pss for process in (master, *master.children(recursive=True)))
        assert total < 200 * 2**20
        ask(server, "UPDATE job SET due_at = '2020-01-01 00:00:00.000000' WHERE kind = 'plan_duties'")
        wait_for(lambda: any(child.children() for child in master.children()))
        wait_for(lambda: ask(server, "SELECT count(*) FROM job WHERE kind = 'sweep_uploads'") == 1)
        ask(server, "UPDATE job SET due_at = '2020-01-01 00:00:00.000000' WHERE kind = 'sweep_uploads'")
        below = {process.pid for process in master.children(recursive=True)}
        (keeper,) = [process for process in master.children() if process.children()]
        (worker,) = keeper.children()
        wait_for(lambda: ask(server, "SELECT finished_at IS NOT NULL FROM job WHERE kind = 'sweep_uploads'"))
        assert not any(line.laddr.port == server.port for line in worker.net_connections())
    finally:
        server.stop()
    assert all(is_gone(number) for number in below)
    assert ask(server, "SELECT count(*) FROM job_worker") == 0


def ask(server: HubServer, statement: str) -> object:
    """The first value a statement gives on the server's own database."""
    file = Path(server.environment["HUB_INSTANCE"]) / "hub.sqlite3"
    with closing(sqlite3.connect(file, timeout=10)) as connection, connection:
        row = connection.execute(statement).fetchone()
    return row[0] if row else None


@pytest.mark.slow
def test_server_without_a_worker_beside_it(tmp_path):
    server = HubServer(tmp_path, {"HUB_WORKER": "0"}, examples=False)
    server.prepare()
    server.start()
    try:
        assert server.process is not None
        time.sleep(1)
        assert not any(child.children() for child in psutil.Process(server.process.pid).children())
        assert server.flask("jobs", "work", "--once").strip() in ("0 Aufgaben erledigt.", "1 Aufgabe erledigt.")
    finally:
        server.stop()
