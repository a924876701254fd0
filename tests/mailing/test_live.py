"""R17 against the real server: no page waits for the mail server, and a killed worker sends nothing twice."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

import pytest

from tests.support.http import Wire
from tests.support.mail import PostOffice
from tests.support.server import ROOT, HubServer

PASSWORD = "ein wirklich langer Satz 42"
CREATE = ("users", "create", "--name", "Rita", "--organisation", "Essen", "--role", "editor", "--password-stdin")
STATES = "SELECT state, reason, text IS NULL FROM letter"


@pytest.fixture
def hub(tmp_path, post_office: PostOffice) -> Iterator[HubServer]:
    """A hub that sends to this mail server, with one editor; not started."""
    settings = {"HUB_MAIL_URL": post_office.url, "HUB_MAIL_FROM": "hub@example.org", "HUB_WORKER": "0"}
    server = HubServer(tmp_path, settings, examples=False)
    server.prepare()
    server.flask(*CREATE, "--email", "redaktion@example.org", text=PASSWORD)
    yield server
    server.kill()


def ask(hub: HubServer, statement: str) -> list[tuple]:
    connection = sqlite3.connect(f"{hub.environment['HUB_INSTANCE']}/hub.sqlite3", isolation_level=None)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def let_claims_lapse(hub: HubServer) -> None:
    """As if ten minutes had passed since the worker died."""
    ask(hub, "UPDATE letter SET claimed_until = datetime(claimed_until, '-10 minutes')")
    ask(hub, "UPDATE job SET lease_until = datetime(lease_until, '-10 minutes')")


def start_worker(hub: HubServer) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work", "--once"]
    return subprocess.Popen(command, cwd=ROOT, env=hub.environment, start_new_session=True)


def wait_for(happened, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_r17_worker_killed_while_the_server_thinks_sends_nothing_twice(hub: HubServer, post_office: PostOffice):
    hub.start()
    editor = Wire(hub.url)
    editor.sign_in("redaktion@example.org", PASSWORD)
    editor.post("/letters/probe", {}, page="/letters")
    hub.stop()
    post_office.fail(sleep={"DATA": 1})
    worker = start_worker(hub)
    wait_for(lambda: ask(hub, STATES) == [("handed", "", 0)])
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    post_office.fail()
    let_claims_lapse(hub)
    for _ in range(2):
        assert start_worker(hub).wait(60) == 0
    assert ask(hub, STATES) == [("failed", "unclear", 0)]
    assert len(post_office.wait_for(1, 2)) <= 1


@pytest.mark.alone
def test_r17_no_page_waits_for_the_mail_server(hub: HubServer, post_office: PostOffice):
    hub.environment["HUB_WORKER"] = "1"
    hub.start()
    editor = Wire(hub.url)
    editor.sign_in("redaktion@example.org", PASSWORD)

    def seconds_to_post() -> float:
        begun = time.monotonic()
        assert editor.post("/letters/probe", {}, page="/letters")[0] == 200
        return time.monotonic() - begun

    seconds_to_post()
    healthy = median(seconds_to_post() for _ in range(5))
    assert len(post_office.wait_for(6)) == 6
    post_office.fail(sleep={"MAIL": 30})
    slow = median(seconds_to_post() for _ in range(5))
    post_office.close()
    down = median(seconds_to_post() for _ in range(5))
    hub.stop()
    assert max(slow, down) < healthy + 0.2
