"""R1: the server is killed while people add, edit, upload and publish; what was acknowledged is there, and whole."""

import hashlib
import http.client
import random
import re
import sqlite3
import threading
import time
import urllib.error
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

import pytest

from tests.support import documents
from tests.support.http import Wire
from tests.support.server import HubServer

KILLS, LONGEST = 40, 0.4  # seconds until the kill, counted from the first acknowledged deed after a start
SEED = 20261122
PASSWORD = "ein wirklich langer Satz 42"
BASIS = {"text": "Ein Text.", "kind": "methode", "collections": "bahnhofsviertel"}
VERSION = re.compile(r'name="version"[^>]*value="(\d+)"')
WHOLE = """
SELECT entry.id FROM entry WHERE NOT EXISTS (SELECT 1 FROM entry_collection WHERE entry_id = entry.id)
OR (title LIKE 'hochgeladen%' AND NOT EXISTS (SELECT 1 FROM attachment WHERE entry_id = entry.id))
"""


class Died(Exception):
    """The server was killed before it answered."""


@dataclass
class People:
    """A member and the office at work; what the server has acknowledged to them."""

    member: Wire
    office: Wire
    titles: dict[int, str] = field(default_factory=dict)
    published: set[int] = field(default_factory=set)
    checksums: set[tuple[int, str]] = field(default_factory=set)
    deeds: Counter[str] = field(default_factory=Counter)
    under_way: tuple[int, str] = (0, "")  # an entry and the title it gets: with a kill it has the old one or this
    number: int = 0

    def add(self) -> None:
        self.published.add(self._new(self.office, self._word("hinzugefuegt")))

    def edit(self) -> None:
        entry, word = max(self.titles), self._word("geaendert")
        version = VERSION.search(self._get(self.office, f"/entries/{entry}/edit"))
        assert version is not None
        self.under_way = entry, word
        self._post(self.office, f"/entries/{entry}/edit", BASIS | {"title": word, "version": version[1]})
        self.titles[entry] = word

    def upload(self) -> None:
        word = self._word("hochgeladen")
        content = documents.pdf([f"Seite mit {word}."], word)
        entry = self._new(self.office, word, files=(f"{word}.pdf", content))
        self.published.add(entry)
        self.checksums.add((entry, hashlib.sha256(content).hexdigest()))

    def publish(self) -> None:
        entry = self._new(self.member, self._word("eingereicht"))
        self._post(self.office, f"/moderation/entries/{entry}/approve", {"version": "1"}, f"/entries/{entry}")
        self.published.add(entry)

    def _new(self, person: Wire, word: str, **files: tuple[str, bytes]) -> int:
        address = self._post(person, "/entries/new", BASIS | {"title": word} | files)
        entry = int(address.rsplit("/", 1)[1].partition("?")[0])
        self.titles[entry] = word
        return entry

    def _word(self, deed: str) -> str:
        self.number += 1
        return f"{deed}{self.number}"

    def _get(self, person: Wire, path: str) -> str:
        try:
            return person.get(path)[2]
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            raise Died from error

    def _post(self, person: Wire, path: str, fields: dict, page: str | None = None) -> str:
        """The address after an answered deed."""
        try:
            status, address, text = person.post(path, fields, page)
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            raise Died from error
        assert status == 200 and not address.endswith(("/new", "/edit")), (address, text)
        return address


@pytest.mark.slow
def test_r01_killed_server_loses_nothing_acknowledged(tmp_path):
    server = HubServer(tmp_path, examples=False)
    server.prepare()
    for name, role in (("mitglied", "member"), ("redaktion", "editor")):
        server.flask(
            "users", "create", "--email", f"{name}@example.org", "--name", name, "--organisation", "Essen",
            "--role", role, "--password-stdin", text=PASSWORD,
        )  # fmt: skip
    chance = random.Random(SEED)
    server.start()
    try:
        people = People(Wire(server.url), Wire(server.url))
        people.member.sign_in("mitglied@example.org", PASSWORD)
        people.office.sign_in("redaktion@example.org", PASSWORD)
        people.add()
        for kill in range(KILLS):
            killer = threading.Timer(chance.uniform(0, LONGEST), server.kill)
            process = server.process
            work_until_it_dies(people, kill, killer)
            killer.join()
            assert process is not None
            process.wait()
            server.start()
        print(f"acknowledged: {people.deeds}")
        assert min(people.deeds[deed] for deed in ("add", "edit", "upload", "publish")) >= KILLS // 4
        assert server.flask("search", "check")
        assert_all_are_found(people)
    finally:
        server.kill()
    assert_tables_hold(Path(server.environment["HUB_INSTANCE"]), people)


def work_until_it_dies(people: People, kill: int, killer: threading.Timer) -> None:
    """One deed after the other, each kill beginning with another; the killer starts counting after the first."""
    for deed in islice(cycle((people.add, people.edit, people.upload, people.publish)), kill % 4, None):
        try:
            deed()
        except Died:
            settle(people)
            return
        people.deeds[deed.__name__] += 1
        people.under_way = 0, ""
        if not killer.is_alive():
            killer.start()


def settle(people: People) -> None:
    """A change that was never answered may have been kept or not: both titles are right from now on."""
    entry, word = people.under_way
    if entry:
        people.titles[entry] = f"{people.titles[entry]}|{word}"
    people.under_way = 0, ""


def assert_all_are_found(people: People) -> None:
    """By the last acknowledged word of their titles; where a change was cut off, by one of both."""
    deadline = time.monotonic() + 10
    for entry in people.published:
        words = people.titles[entry].split("|")
        while not any(f'href="/entries/{entry}"' in people.office.get(f"/search?q={word}")[2] for word in words):
            assert time.monotonic() < deadline, f"{words} is not found"
            time.sleep(0.2)


def assert_tables_hold(instance: Path, people: People) -> None:
    with sqlite3.connect(instance / "hub.sqlite3") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute(WHOLE).fetchall() == [], "half entries"
        held = {row[0]: row[1:] for row in connection.execute("SELECT id, title, status FROM entry")}
        files = set(connection.execute("SELECT entry_id, checksum FROM attachment"))
    for entry, titles in people.titles.items():
        assert held[entry][0] in titles.split("|")
    assert {entry for entry, (_title, status) in held.items() if status == "published"} >= people.published
    kept = {path.name: path for path in (instance / "files").rglob("*") if path.is_file()}
    assert files >= people.checksums
    for _entry, checksum in files:
        assert hashlib.sha256(kept[checksum].read_bytes()).hexdigest() == checksum
