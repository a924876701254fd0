"""Worker processes on a database of their own: one job one worker, killed, ended, held up, woken."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from hub import create_app, preparing
from hub.core import clock
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.indexing import service as indexing
from hub.jobs import service
from hub.jobs.models import Job, JobWorker, State
from hub.jobs.watching import Watch
from tests.conftest import SETTINGS

SCRIPT = Path(__file__).parent / "work.py"
Start = Callable[..., subprocess.Popen[bytes]]


BOTH = pytest.mark.parametrize("hub", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)


@pytest.fixture
def hub(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A hub with a database of its own that worker processes share."""
    url = f"sqlite:///{tmp_path / 'hub.sqlite3'}"
    if getattr(request, "param", "sqlite") == "postgres":
        url = request.getfixturevalue("postgres_server").new_database()
    monkeypatch.setenv("HUB_INSTANCE", str(tmp_path))
    monkeypatch.setenv("HUB_DATABASE_URL", url)
    app = create_app(SETTINGS)
    preparing.arm_migrations(app)
    with app.app_context():
        upgrade(directory=str(app.config["MIGRATIONS_FOLDER"]))
        indexing.rebuild()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def start(hub: Flask) -> Iterator[Start]:
    """``start(lease=30)`` starts a worker and waits until it has shown itself."""
    started: list[subprocess.Popen[bytes]] = []

    def worker(lease: float = 30) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, str(SCRIPT), str(lease)])
        started.append(process)
        wait_for(lambda: count(JobWorker.name.like(f"%:{process.pid}"), JobWorker) == 1)
        return process

    yield worker
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def count(where: object, table: type = Job) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table).where(where)) or 0  # type: ignore[arg-type]


def wait_for(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)


def lines(file: Path) -> list[list[str]]:
    return [line.split() for line in file.read_text().splitlines()] if file.exists() else []


@BOTH
def test_three_workers_do_every_job_once(hub, start, tmp_path):
    file = tmp_path / "done"
    with unit_of_work():
        for number in range(60):
            service.enqueue("note", str(number), {"file": str(file), "number": number})
    for _ in range(3):
        start()
    wait_for(lambda: count(Job.state == State.OPEN) == 0, seconds=60)
    assert sorted(int(line[0]) for line in lines(file)) == list(range(60))


@BOTH
def test_r11_job_of_a_killed_worker_is_taken_over_after_its_lease(hub, start, tmp_path):
    file = tmp_path / "done"
    workers = {process.pid: process for process in (start(lease=2), start(lease=2))}
    service.enqueue("slow", "a", {"file": str(file), "seconds": 2})
    wait_for(lambda: len(lines(file)) == 1)
    workers[int(lines(file)[0][2])].send_signal(signal.SIGKILL)
    killed = time.time()
    wait_for(lambda: count(Job.state == State.DONE) == 1)
    assert [line[0] for line in lines(file)] == ["begun", "begun", "ended"]
    assert float(lines(file)[1][1]) - killed < 6


def test_living_worker_is_not_robbed_of_a_long_job(hub, start, tmp_path):
    file = tmp_path / "done"
    start(lease=3)
    service.enqueue("slow", "a", {"file": str(file), "seconds": 5})
    wait_for(lambda: len(lines(file)) == 1)
    start(lease=3)
    wait_for(lambda: count(Job.state == State.DONE) == 1)
    assert [line[0] for line in lines(file)] == ["begun", "ended"]


def test_r28_worker_ends_after_its_running_job(hub, start, tmp_path):
    file = tmp_path / "done"
    worker = start()
    service.enqueue("slow", "a", {"file": str(file), "seconds": 1})
    wait_for(lambda: len(lines(file)) == 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert [line[0] for line in lines(file)] == ["begun", "ended"]
    assert count(Job.state == State.DONE) == 1
    assert count(JobWorker.name.is_not(None), JobWorker) == 0


def test_worker_lays_a_job_down_that_does_not_end(hub, start):
    worker = start()
    service.enqueue("hang", "a", {"seconds": 60})
    wait_for(lambda: count(Job.lease_until.is_not(None)) == 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert count((Job.state == State.OPEN) & Job.lease_until.is_(None) & (Job.tries == 0)) == 1


@BOTH
@pytest.mark.alone
def test_job_begins_within_a_third_of_a_second_also_beside_ten_that_hang(hub, start, tmp_path):
    file = tmp_path / "done"
    start()
    with unit_of_work():
        for number in range(10):
            service.enqueue("hang", str(number), {"seconds": 60})
    wait_for(lambda: count(Job.lease_until.is_not(None)) == 10)
    waits = []
    for number in range(10):
        service.enqueue("note", str(number), {"file": str(file), "number": number})
        committed = time.time()
        wait_for(lambda wanted=number + 1: len(lines(file)) == wanted)
        waits.append(float(lines(file)[-1][1]) - committed)
        time.sleep(0.07)
    assert sorted(waits)[len(waits) // 2] < 0.3
    assert max(waits) < 1


def test_idle_worker_costs_little(hub, start):
    worker = psutil.Process(start().pid)
    time.sleep(1)
    before = worker.cpu_times()
    time.sleep(4)
    after = worker.cpu_times()
    assert (after.user + after.system - before.user - before.system) / 4 < 0.05


def test_worker_ends_when_the_process_that_started_it_is_gone(hub, tmp_path):
    starter = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys, time; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); time.sleep(60)",
            sys.executable,
            str(SCRIPT),
            "30",
        ],
        stdout=subprocess.PIPE,
    )
    assert starter.stdout is not None
    number = int(starter.stdout.readline())
    wait_for(lambda: count(JobWorker.name.like(f"%:{number}"), JobWorker) == 1)
    starter.kill()
    starter.wait()
    starter.stdout.close()
    wait_for(lambda: not psutil.pid_exists(number) or psutil.Process(number).status() == psutil.STATUS_ZOMBIE)


@BOTH
def test_watch_sees_what_is_due_and_nothing_else(hub):
    watch = Watch(db.engine, ["sleep", "note"])
    try:
        assert not watch.is_due()
        with unit_of_work() as session:
            service.enqueue("sleep", "later", due_at=clock.now() + timedelta(hours=1))
            service.enqueue("unknown to this code", "")
            number = service.enqueue("sleep", "held")
            session.get(Job, number).lease_until = clock.now() + timedelta(seconds=60)
        assert not watch.is_due()
        with unit_of_work() as session:
            session.get(Job, number).lease_until = clock.now() - timedelta(seconds=1)
        assert watch.is_due()
    finally:
        watch.rest()


@BOTH
def test_watch_shows_that_it_lives_and_leaves(hub):
    watch = Watch(db.engine, ["sleep"])
    watch.is_due()
    db.session.rollback()
    (shown,) = db.session.scalars(select(JobWorker))
    assert shown.name == f"{service.this_machine()}:{os.getpid()}"
    assert abs(shown.seen_at - clock.now()) < timedelta(seconds=5)
    watch.leave()
    watch.rest()
    assert count(JobWorker.name == shown.name, JobWorker) == 0


def test_watch_bears_a_database_that_does_not_answer(hub, monkeypatch):
    watch = Watch(db.engine, ["sleep"])
    moment = [1000.0]
    monkeypatch.setattr("hub.jobs.watching.time.monotonic", lambda: moment[0])
    monkeypatch.setattr(watch, "_due", "SELECT 1 FROM there_is_no_such_table")
    assert not watch.is_due()
    monkeypatch.undo()
    monkeypatch.setattr("hub.jobs.watching.time.monotonic", lambda: moment[0])
    with unit_of_work():
        service.enqueue("sleep", "")
    assert not watch.is_due()
    moment[0] += 11
    assert watch.is_due()
    watch.rest()
