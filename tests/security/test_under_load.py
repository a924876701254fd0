"""R20, R26, R27, R28 on the running server: it keeps its size, refuses in words, and ends without losing anything."""

import http.client
import signal
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import psutil
import pytest

from tests.support.http import Wire
from tests.support.server import HubServer

pytestmark = pytest.mark.slow
PASSWORD = "ein wirklich langer Satz 42"
PATHS = ("/", "/collections/bahnhofsviertel", "/search?q=Bahnhof", "/entries/1", "/search/suggest?q=Pr", "/nowhere")
MEBI = 1024 * 1024


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub with one member who has a password."""
    server = HubServer(tmp_path_factory.mktemp("load"))
    server.prepare()
    server.flask(
        *("users", "create", "--email", "last@example.org", "--name", "Last", "--organisation", "Essen"),
        *("--role", "member", "--password-stdin"),
        text=PASSWORD,
    )
    server.start()
    yield server
    server.kill()


def member(hub: HubServer) -> Wire:
    person = Wire(hub.url)
    person.sign_in("last@example.org", PASSWORD)
    return person


def processes(hub: HubServer) -> list[psutil.Process]:
    """The server's web workers; the worker for jobs comes and goes."""
    return [one for one in psutil.Process(hub.process.pid).children() if one.num_threads() > 2]


def sizes(hub: HubServer) -> tuple[float, int, int]:
    """Memory of their own in MiB, open descriptors and threads of all workers."""
    workers = processes(hub)
    memory = sum(worker.memory_full_info().uss for worker in workers) / MEBI
    return memory, sum(worker.num_fds() for worker in workers), sum(worker.num_threads() for worker in workers)


def ask(person: Wire, count: int) -> Counter[int]:
    return Counter(person.get(PATHS[number % len(PATHS)])[0] for number in range(count))


@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.long)])
def test_r26_many_requests_leave_the_server_as_it_was(hub, count):
    person = member(hub)
    crowd = [threading.Thread(target=ask, args=(person, count // 4)) for _ in range(4)]  # one alone may meet one worker
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    before = sizes(hub)
    assert set(ask(person, count)) <= {200, 404}
    memory, descriptors, threads = sizes(hub)
    assert memory < before[0] * 1.05 + 4
    assert descriptors <= before[1] + 8
    assert threads <= before[2] + 2


@pytest.mark.parametrize("seconds", [4, pytest.param(60, marks=pytest.mark.long)])
def test_r27_too_many_at_once_are_answered_or_refused_and_then_all_is_well(hub, seconds):
    person = member(hub)
    answers: Counter[int | str] = Counter()
    end = time.monotonic() + seconds

    def press() -> None:
        while time.monotonic() < end:
            answers[status_of(hub, "/login")] += 1

    crowd = [threading.Thread(target=press) for _ in range(40)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert answers[200] > 40
    assert set(answers) <= {200, 429, 503, "refused"}, answers
    begin = time.monotonic()
    assert person.get("/")[0] == 200
    assert time.monotonic() - begin < 5


def status_of(hub: HubServer, path: str) -> int | str:
    """The answer's status; "refused" when no connection was made in time."""
    try:
        with urllib.request.urlopen(hub.url + path, timeout=30) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except (urllib.error.URLError, http.client.HTTPException, OSError):
        return "refused"


def test_r28_a_server_told_to_end_finishes_what_it_has_begun(hub):
    acknowledged: list[int] = []
    broken: list[str] = []

    def contribute(number: int) -> None:
        person = people[number]
        for step in range(1_000):
            fields = {"title": f"Ende {number} {step}", "text": "Ein Text.", "kind": "methode"}
            try:
                status, address, _text = person.post("/entries/new", {**fields, "collections": "bahnhofsviertel"})
            except (urllib.error.URLError, http.client.HTTPException, OSError):
                return
            if status != 200 or "/entries/" not in address:
                broken.append(f"{status} {address}")
                return
            acknowledged.append(int(address.rsplit("/", 1)[1].split("?")[0]))

    people = [member(hub) for _ in range(3)]
    writers = [threading.Thread(target=contribute, args=(number,)) for number in range(3)]
    for writer in writers:
        writer.start()
    patience = time.monotonic() + 20
    while len(acknowledged) < 6 and time.monotonic() < patience:
        time.sleep(0.05)
    begin = time.monotonic()
    hub.process.send_signal(signal.SIGTERM)
    hub.process.wait(20)
    assert time.monotonic() - begin <= 15
    for writer in writers:
        writer.join()
    assert broken == []
    assert len(acknowledged) >= 6, "the run proved nothing"
    database = Path(hub.environment["HUB_INSTANCE"]) / "hub.sqlite3"
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        held = {row[0] for row in connection.execute("SELECT id FROM entry")}
    assert set(acknowledged) <= held
    hub.start()
    assert member(hub).get("/")[0] == 200


@pytest.mark.parametrize("count", [60, pytest.param(10_000, marks=pytest.mark.long)])
def test_r20_a_long_reader_lets_the_log_of_writes_grow_in_bounds_only(hub, count):
    database = Path(hub.environment["HUB_INSTANCE"]) / "hub.sqlite3"
    log, person = database.with_name("hub.sqlite3-wal"), member(hub)
    entry = "/entries/1/bookmark"
    with sqlite3.connect(database, isolation_level=None) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchone()
        token, longest = person.token("/entries/1"), 0.0
        for number in range(count // 2):
            begin = time.monotonic()
            assert person.post(entry, {"saved": "1" if number % 2 else "", "csrf_token": token}, "/entries/1")[0] == 200
            longest = max(longest, time.monotonic() - begin)
        assert log.stat().st_size < 64 * MEBI
        reader.execute("COMMIT")
        [busy, *_pages] = reader.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert busy == 0
    assert log.stat().st_size < MEBI
    assert longest < 5
