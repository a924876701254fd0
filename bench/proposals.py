"""``python -m bench.proposals``: how soon a pasted link fills the form, and how good the proposals are.

The time runs from the first question of the script to the answer with values, against a page on this machine; beside it
stands fetching the page alone. Quality is scored on a test collection (RELEVANCE names its folder): each entry is left
out, proposed for from the others, and compared with what its editors chose; beside it stand the most frequent
collection and the words of the title.
"""

import json
import os
import re
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bench.figures import percentile
from bench.relevance import Rows, read_lines
from bench.report import Row, table
from bench.servers import EDITOR, MEMBER, PASSWORD, ROOT, SETTINGS, Server
from bench.visitor import Visitor

MS = 1000
PER_PERSON = 9  # fewer than the links a person may paste in a minute
STEP, PATIENCE = 0.02, 20.0
SHORTEST_WORD = 4
PARAGRAPH = "Die Stadt hat die Unterführung neu beleuchtet, und am Abend gehen wieder mehr Menschen hindurch. " * 40
PAGE = """<!doctype html><html lang="de"><head><title>Bericht {number}</title>
<meta property="og:site_name" content="Amt"><meta property="article:published_time" content="2024-03-12"></head>
<body><h1>Bericht {number}</h1><p>{text}</p></body></html>"""
WSGI = """import sys
sys.path.append({root!r})
from hub import create_app
app = create_app({{"FETCH_ALLOWED": {{("127.0.0.1", {port})}}}})
"""
Say = Callable[[str], None]


@dataclass(slots=True)
class Score:
    """Collections that were right at the first place, and keywords right, too many and missed."""

    entries: int = 0
    right: int = 0
    hits: int = 0
    extra: int = 0
    missed: int = 0
    times: list[float] = field(default_factory=list)

    def add(self, entry: dict[str, Any], collection: str, tags: Sequence[str]) -> None:
        """Compare a proposal with what the editors chose."""
        wanted, given = {folded(tag) for tag in entry.get("tags", [])}, {folded(tag) for tag in tags}
        self.entries += 1
        self.right += collection == first_collection(entry)
        self.hits += len(wanted & given)
        self.extra += len(given - wanted)
        self.missed += len(wanted - given)

    @property
    def share(self) -> float:
        """Percent of the collections that were right."""
        return 100 * self.right / max(self.entries, 1)

    @property
    def f1(self) -> float:
        """Of all keywords together, in percent."""
        return 200 * self.hits / max(2 * self.hits + self.extra + self.missed, 1)


def main() -> int:
    """Print both tables."""
    say = print
    with tempfile.TemporaryDirectory(prefix="hub-proposals-") as folder:
        rows = list(paste_rows(Path(folder)))
    say(table(rows))
    data = Path(os.environ.get("RELEVANCE") or ROOT.parent / "shared" / "relevance") / "dev" / "entries.jsonl"
    if not data.exists():
        say(f"Die Güte der Vorschläge wird nicht gemessen: {data.name} fehlt. RELEVANCE nennt den Ordner der Sammlung.")
        return 0
    with tempfile.TemporaryDirectory(prefix="hub-proposals-") as folder:
        say(table(list(quality_rows(data, Path(folder)))))
    return 0


def quality_rows(data: Path, folder: Path) -> Iterator[Row]:
    """Each entry left out once; the hub beside the naive ways."""
    entries = read_lines(data)
    hub, naive = score_hub(data, entries, folder), score_naive(entries)
    size = len(entries)
    yield Row(size, "Sammlung an erster Stelle richtig (daneben: häufigste)", hub.share, "%", naive.share)
    yield Row(size, "Schlagwörter, F1 (daneben: Wörter des Titels)", hub.f1, "%", naive.f1)
    yield Row(size, "Rechenzeit eines Vorschlags, p50", percentile(hub.times, 50) * MS, "ms")


def score_hub(data: Path, entries: Rows, folder: Path) -> Score:
    """What the hub proposes for each entry from all the others."""
    os.environ |= {"HUB_INSTANCE": str(folder), "HUB_EXAMPLES": "0"}
    from sqlalchemy import select

    from hub import create_app
    from hub.core.db import db
    from hub.entries.models import Entry
    from hub.entries.queries.proposing import find_near, propose
    from hub.indexing import service as indexing

    app, score = create_app({"INDEX_REBUILD_INLINE": True}), Score()
    for words in (["hub", "prepare"], ["entries", "import", "--create-missing", str(data)]):
        done = app.test_cli_runner().invoke(args=words)
        if done.exit_code:
            raise RuntimeError(done.output)
    with app.app_context():
        ids = {row.identifier: row.id for row in db.session.execute(select(Entry.identifier, Entry.id))}
        for entry in entries:
            number, title, summary = ids[str(entry["id"])], entry["title"], entry.get("summary", "")
            text = entry.get("body") or entry.get("text") or ""
            begin = time.process_time()
            found = propose(find_near(title, summary, text, number), title, summary)
            score.times.append(time.process_time() - begin)
            score.add(entry, found.collection, found.tags)
        indexing.store().close()
        db.session.remove()
        db.engine.dispose()
    return score


def score_naive(entries: Rows) -> Score:
    """The collection that most of the others are in, and the longer words of the title as keywords."""
    counts, score = Counter(map(first_collection, entries)), Score()
    for entry in entries:
        others = counts - Counter([first_collection(entry)])
        words = [word for word in re.findall(r"\w+", entry["title"]) if len(word) >= SHORTEST_WORD]
        score.add(entry, max(others, key=lambda name: (others[name], name), default=""), words)
    return score


def first_collection(entry: dict[str, Any]) -> str:
    """Where the entry was filed first."""
    return entry.get("collection") or next(iter(entry.get("collections") or []), "")


def folded(tag: str) -> str:
    """Keywords are compared regardless of case."""
    return tag.strip().casefold()


def paste_rows(folder: Path) -> Iterator[Row]:
    """From the paste until values are there; beside it the bare fetch of the same pages."""
    with local_pages() as address:
        port = int(address.rpartition(":")[2])
        server = prepare(folder, port)
        server.start()
        try:
            times = sorted(times_of(server.url, address))
        finally:
            server.stop()
        bare = sorted(bare_time(f"{address}/bare/{number}") for number in range(len(times)))
    for share in (50, 95):
        value, beside = percentile(times, share) * MS, percentile(bare, share) * MS
        yield Row(0, f"Link eingefügt bis Angaben da, p{share} (daneben: Seite nur holen)", value, "ms", beside)


def prepare(folder: Path, port: int) -> Server:
    """A hub with the example content whose worker may reach one port of this machine."""
    application = folder / "application"
    application.mkdir()
    (application / "wsgi.py").write_text(WSGI.format(root=str(ROOT), port=port), encoding="utf-8")
    server = Server(folder, SETTINGS, application)
    server.environment["HUB_EXAMPLES"] = "1"
    flask = ("-m", "flask", "--app", "wsgi")
    server.run(*flask, "hub", "prepare")
    for email in (f"paste-{EDITOR}", f"paste-{MEMBER}"):
        person = ("--email", email, "--name", "Person", "--organisation", "Essen", "--role", "member")
        server.run(*flask, "users", "create", *person, "--password-stdin", text=PASSWORD + "\n")
    return server


def times_of(url: str, address: str) -> Iterator[float]:
    """Seconds for each of the pages, none of which was read before; the first person's first is the warm-up."""
    for person in (EDITOR, MEMBER):
        visitor = Visitor(url)
        visitor.sign_in(f"paste-{person}", PASSWORD)
        hidden = [pair for pair in visitor.hidden("/entries/new", "url") if pair[0] == "csrf_token"]
        for number in range(PER_PERSON):
            seconds = seconds_for(visitor, [*hidden, ("url", f"{address}/{person}/{number}")])
            if number:
                yield seconds
        visitor.close()


def seconds_for(visitor: Visitor, fields: list[tuple[str, str]]) -> float:
    """As the script does: ask until the answer has values."""
    begin = time.perf_counter()
    while time.perf_counter() - begin < PATIENCE:
        answer = visitor.post("/entries/link", fields)
        if answer.status == 200:
            if "title" not in json.loads(answer.text)["values"]:
                raise RuntimeError(answer.text[:500])
            return time.perf_counter() - begin
        time.sleep(STEP)
    raise RuntimeError("Die Seite wurde nicht gelesen.")


def bare_time(address: str) -> float:
    """Seconds for fetching a page alone."""
    begin = time.perf_counter()
    with urllib.request.urlopen(address, timeout=10) as answer:
        answer.read()
    return time.perf_counter() - begin


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = PAGE.format(number=self.path.rpartition("/")[2], text=PARAGRAPH).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_given: Any) -> None:
        """Nothing is printed."""


@contextmanager
def local_pages() -> Iterator[str]:
    """A web server on loopback for as long as it is needed; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())
