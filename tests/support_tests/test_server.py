"""The server rig and the production settings of gunicorn, on a hub of a few lines."""

import contextlib
import http.client
import shutil
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.server import ROOT, SETTINGS, HubServer

SMALL_HUB = """
import os
from flask import Flask, request
from flask.cli import AppGroup

def prepare():
    print("Ordner", os.environ["HUB_INSTANCE"], os.environ["HUB_BASE_URL"])
    open(os.path.join(os.environ["HUB_INSTANCE"], "prepared"), "w").close()

def create_app():
    app = Flask("hub")
    commands = AppGroup("hub")
    commands.command("prepare")(prepare)
    app.cli.add_command(commands)
    app.add_url_rule("/healthz", view_func=lambda: "gut", endpoint="health")
    app.add_url_rule("/who", view_func=lambda: str(os.getpid()), endpoint="who")
    app.add_url_rule("/search", view_func=lambda: str(len(request.args["q"])), endpoint="search")
    return app

def after_fork(worker):
    print("gegabelt", worker.pid, flush=True)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[HubServer]:
    application = tmp_path / "application"
    (application / "hub" / "indexing").mkdir(parents=True)
    (application / "hub" / "__init__.py").write_text(SMALL_HUB)
    (application / "hub" / "indexing" / "compounds.py").write_text("def warm_up():\n    pass\n")
    (application / SETTINGS).parent.mkdir()
    shutil.copy(ROOT / SETTINGS, application / SETTINGS)  # it loads the hub of the folder that it lies in
    (application / "wsgi.py").write_text("from hub import create_app\n\napp = create_app()\n")
    server = HubServer(tmp_path, {"HUB_TITLE": "Klein"}, application=application)
    yield server
    server.kill()


def both_workers(server: HubServer) -> list[psutil.Process]:
    """The workers as they reported themselves; the first may answer a moment before the second is born."""
    for _ in range(100):
        born = [line.split()[1] for line in server.log.read_text().splitlines() if line.startswith("gegabelt")]
        if len(born) == 2:
            return [psutil.Process(int(number)) for number in born]
        time.sleep(0.05)
    raise AssertionError(f"{len(born)} workers instead of two")


def test_two_workers_answer_and_each_is_told_of_its_birth(server: HubServer) -> None:
    server.prepare()
    server.start()
    assert server.process is not None
    assert {worker.ppid() for worker in both_workers(server)} == {server.process.pid}
    assert server.url in server.log.read_text()
    assert server.environment["HUB_INSTANCE"] in server.prepared


@pytest.mark.alone
def test_connections_that_stay_are_shared_by_the_workers(server: HubServer) -> None:
    server.start()
    deadline = time.monotonic() + 10
    seen: set[bytes] = set()
    while len(seen) < 2:  # the second worker may still be starting
        assert time.monotonic() < deadline
        with urllib.request.urlopen(f"{server.url}/who", timeout=5) as answer:
            seen.add(answer.read())
    with contextlib.ExitStack() as closing:
        for _ in range(12):
            one = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
            closing.callback(one.close)
            one.request("GET", "/healthz")
            assert one.getresponse().read() == b"gut"
        counts = [
            sum(line.status == psutil.CONN_ESTABLISHED for line in worker.net_connections())
            for worker in both_workers(server)
        ]
    assert sum(counts) == 12 and min(counts) >= 4


def test_a_query_of_ten_thousand_letters_reaches_the_application(server: HubServer) -> None:
    server.start()
    with urllib.request.urlopen(f"{server.url}/search?q={'%C3%A4' * 10_000}", timeout=5) as answer:
        assert answer.read() == b"10000"


def test_a_killed_server_leaves_no_process_and_starts_again(server: HubServer) -> None:
    server.start()
    workers = both_workers(server)
    server.kill()
    gone, alive = psutil.wait_procs(workers, timeout=5)
    assert (len(gone), alive) == (2, [])
    server.start()
    server.stop()
    assert not server.answers()


def test_a_hub_that_cannot_start_is_reported_with_its_words(server: HubServer) -> None:
    (server.application / "wsgi.py").write_text("raise SystemExit('kaputt')\n")
    with pytest.raises(RuntimeError, match="kaputt"):
        server.start()
    with pytest.raises(RuntimeError, match="No such command"):
        (server.application / "wsgi.py").write_text("from hub import create_app\n\napp = create_app()\n")
        server.flask("nonsense")


def test_hubs_that_begin_alike_begin_with_a_copy(server: HubServer, tmp_path: Path) -> None:
    server.prepare()
    folder = Path(server.environment["HUB_INSTANCE"])
    (folder / "later").touch()
    other = HubServer(tmp_path / "other", server.settings, application=server.application)
    (tmp_path / "other").mkdir()
    other.prepare()
    assert other.prepared == server.prepared.replace(server.url, other.url)
    assert sorted(path.name for path in Path(other.environment["HUB_INSTANCE"]).iterdir()) == ["prepared"]
