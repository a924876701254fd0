"""R1: the server is killed while people save; what was acknowledged is there, and the search equals the tables."""

import http.client
import itertools
import random
import sqlite3
import threading
import time
import urllib.error
from pathlib import Path

import pytest

from tests.support.http import Wire
from tests.support.server import HubServer

KILLS = 20
SEED = 20261122
PASSWORD = "ein wirklich langer Satz 42"


@pytest.mark.slow
def test_r01_killed_server_loses_no_acknowledged_entry(tmp_path):
    server = HubServer(tmp_path, examples=False)
    server.prepare()
    server.flask(
        "users", "create", "--email", "redaktion@example.org", "--name", "Redaktion", "--organisation", "Essen",
        "--role", "editor", "--password-stdin", text=PASSWORD,
    )  # fmt: skip
    chance = random.Random(SEED)
    acknowledged: dict[str, int] = {}
    server.start()
    try:
        person = Wire(server.url)
        person.sign_in("redaktion@example.org", PASSWORD)
        for kill in range(KILLS):
            killer = threading.Timer(chance.uniform(0, 0.5), server.kill)
            process = server.process
            add_until_it_dies(person, kill, acknowledged, killer)
            killer.join()
            assert process is not None
            process.wait()
            server.start()
        assert len(acknowledged) >= KILLS, "the run proved nothing"
        assert server.flask("search", "check")
        assert_all_are_found(person, acknowledged)
    finally:
        server.kill()
    assert_tables_hold(Path(server.environment["HUB_INSTANCE"]) / "hub.sqlite3", acknowledged)


def add_until_it_dies(person: Wire, kill: int, acknowledged: dict[str, int], killer: threading.Timer) -> None:
    """Add entries one after the other and note each acknowledged one; the killer starts counting at the first."""
    for number in itertools.count():
        word = f"Kennwort{kill}x{number}"
        fields = {"title": word, "text": "Ein Text.", "kind": "methode", "collections": "bahnhofsviertel"}
        try:
            status, address, _text = person.post("/entries/new", fields)
        except (urllib.error.URLError, http.client.HTTPException, OSError):
            return
        assert status == 200 and "/entries/" in address, (status, address)
        acknowledged[word] = int(address.rsplit("/", 1)[1].split("?")[0])
        if number == 0:
            killer.start()


def assert_all_are_found(person: Wire, acknowledged: dict[str, int]) -> None:
    deadline = time.monotonic() + 10
    for word, number in acknowledged.items():
        while f'href="/entries/{number}"' not in person.get(f"/search?q={word}")[2]:
            assert time.monotonic() < deadline, f"{word} is not found"
            time.sleep(0.2)


def assert_tables_hold(database: Path, acknowledged: dict[str, int]) -> None:
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        held = {row[0] for row in connection.execute("SELECT id FROM entry WHERE status = 'published'")}
    assert set(acknowledged.values()) <= held
