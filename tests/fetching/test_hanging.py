"""R18 with a real worker: pages that hang hold up nobody, and reading pages does not make the worker grow."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from hub import create_app, preparing
from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.fetching import queries, service
from hub.fetching.models import FetchedPage, PageState
from hub.jobs.models import JobWorker
from tests.conftest import SETTINGS
from tests.fetching.conftest import Outside
from tests.fetching.pages import EXAMPLES

SCRIPT = Path(__file__).parent / "work.py"


@pytest.fixture
def worker(outside: Outside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[psutil.Process]:
    """A running worker on a database of its own; the test shares it."""
    monkeypatch.setenv("HUB_INSTANCE", str(tmp_path))
    app: Flask = create_app(SETTINGS)
    preparing.arm_migrations(app)
    with app.app_context():
        upgrade(directory=str(app.config["MIGRATIONS_FOLDER"]))
        process = subprocess.Popen([sys.executable, str(SCRIPT), str(outside.port)])
        deadline = time.monotonic() + 30
        while not db.session.scalar(select(func.count()).select_from(JobWorker)):
            assert time.monotonic() < deadline
            db.session.rollback()
            time.sleep(0.05)
        yield psutil.Process(process.pid)
        process.kill()
        process.wait()
        db.session.remove()
        db.engine.dispose()


def seconds_for(url: str) -> float:
    began = time.monotonic()
    service.request_page(SYSTEM, url)
    page = queries.wait_for_page(url)
    assert page is not None and page.state == PageState.READ, page and page.reason
    return time.monotonic() - began


@pytest.mark.alone
def test_r18_ten_hanging_pages_do_not_delay_a_normal_one(worker, outside):
    content = EXAMPLES[0].content
    seconds_for(outside.page("/first", content))  # the first page pays for loading the libraries
    usual = sorted(seconds_for(outside.page(f"/usual/{number}", content)) for number in range(9))
    for number in range(10):
        outside.pages[f"/hang/{number}"] = lambda connection, path: outside.wait(20)
        service.request_page(SYSTEM, f"{outside.url}/hang/{number}")
    while sum(path.startswith("/hang/") for path in outside.asked) < 10:
        time.sleep(0.05)
    beside = sorted(seconds_for(outside.page(f"/beside/{number}", content)) for number in range(9))
    waiting = select(func.count()).select_from(FetchedPage).where(FetchedPage.state == PageState.WAITING)
    assert db.session.scalar(waiting) == 10
    assert beside[4] < 2 * usual[4] + 0.1


def test_worker_does_not_grow_with_the_pages_it_reads(worker, outside):
    content = next(example.content for example in EXAMPLES if example.name == "news site with JSON-LD")
    for number in range(10):
        seconds_for(outside.page(f"/warm/{number}", content))
    before = worker.memory_info().rss
    for number in range(60):
        service.request_page(SYSTEM, outside.page(f"/more/{number}", content))
    assert seconds_for(outside.page("/last", content)) < 20
    long = next(example.content for example in EXAMPLES if example.name == "ten megabytes")
    for number in range(3):
        seconds_for(outside.page(f"/long/{number}", long))
    assert worker.memory_info().rss - before < 25_000_000
