"""``python -m bench linkcare``: 10,000 links on 500 websites of this machine, tried within the limits of politeness.

The clock counts what really goes by while anything is at work and skips the time in which the checker only waits for
its turns, so the seconds are those that a real run would take. Websites are of equal size; each page is met for the
first time (HEAD, then GET), a tenth are files (HEAD), some are gone, moved or forbidden. Beside the figure stands the
bound: a website lets one request pass every five seconds, so the busiest one decides.
"""

import asyncio
import os
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.figures import at_least, at_most
from bench.report import Row, table
from bench.skipping import SkippingClock

LINKS, HOSTS = 10_000, 500
SHARE = at_least(0.8, "")
WORDS = "Die Stadt hat die Unterführung neu beleuchtet, und am Abend gehen wieder mehr Menschen hindurch. " * 8
Say = Callable[[str], None]
Asked = dict[str, list[datetime]]


def main(say: Say) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="hub-links-") as folder:
        rows, told = measure(Path(folder))
    say(f"\n{table(rows)}\n")
    say(told)


def measure(folder: Path, links: int = LINKS, hosts: int = HOSTS) -> tuple[list[Row], str]:
    """Try all links once, in one round; what it took, and what it would take at least."""
    clock, asked = SkippingClock(datetime.now(UTC)), defaultdict(list)
    with websites(clock, asked) as port:
        app = prepare(folder, port)
        with app.app_context(), at_hand(clock):
            add_links(links, hosts, port)
            begin, skipped, processor = clock.now(), clock.skipped, time.process_time()
            tried = run(clock)
            seconds = (clock.now() - begin).total_seconds()
            busy = seconds - (clock.skipped - skipped).total_seconds()
            processor = time.process_time() - processor
            outcomes = count_outcomes()
            close(app)
    return list(_rows(asked, tried, seconds)), _told(asked, outcomes, busy, processor)


def _rows(asked: Asked, tried: int, seconds: float) -> Iterator[Row]:
    from hub.linkcare.rounds import PACE

    requests = sum(map(len, asked.values()))
    bound = (max(map(len, asked.values())) - 1) * PACE
    yield Row(
        tried, f"Links auf {len(asked)} Websites prüfen (daneben: mindestens)", seconds, "s", bound, at_most(1.25)
    )
    yield Row(tried, "  Anfragen je Sekunde (daneben: höchstens)", requests / seconds, "", requests / bound, SHARE)
    yield Row(tried, "  Links je Sekunde (daneben: höchstens)", tried / seconds, "", tried / bound, SHARE)
    yield Row(tried, "  kürzester Abstand an einer Website", shortest_gap(asked), "s", None, at_least(PACE, "s"))


def _told(asked: Asked, outcomes: Counter[str], busy: float, processor: float) -> str:
    requests = sum(map(len, asked.values()))
    ends = ", ".join(f"{outcome} {count}" for outcome, count in outcomes.most_common())
    return (
        f"{requests} Anfragen; beschäftigt war die Prüfung {busy:.0f} s, mit {processor:.0f} s Rechenzeit samt den "
        f"Websites, sonst wartete sie auf ihren Takt. Ergebnisse: {ends}."
    )


def shortest_gap(asked: Asked) -> float:
    """The fewest seconds between two requests to one website, by the log of the websites."""
    gaps = ((b - a).total_seconds() for times in asked.values() for a, b in pairwise(times))
    return min(gaps, default=0.0)


def prepare(folder: Path, port: int) -> Any:
    """An empty hub whose door is open to one port of this machine."""
    os.environ |= {"HUB_INSTANCE": str(folder), "HUB_EXAMPLES": "0"}
    from hub import create_app

    app = create_app({"INDEX_REBUILD_INLINE": True, "FETCH_ALLOWED": {("127.0.0.1", port)}, "LINK_CHECK": True})
    done = app.test_cli_runner().invoke(args=["hub", "prepare"])
    if done.exit_code:
        raise RuntimeError(done.output)
    return app


@contextmanager
def at_hand(clock: SkippingClock) -> Iterator[None]:
    """The hub goes by this clock, and every name leads to this machine."""
    from hub.core import clock as core
    from hub.fetching import safe_fetch

    kept = core._wall_clock, safe_fetch.resolve
    core._wall_clock, safe_fetch.resolve = clock.now, lambda _host, _seconds: ["127.0.0.1"]
    try:
        yield
    finally:
        core._wall_clock, safe_fetch.resolve = kept


def add_links(links: int, hosts: int, port: int) -> None:
    """Published entries with links, all due now; written in bulk and past the index, which is not needed."""
    from sqlalchemy import insert, select, update

    from hub.accounts.models import Organisation
    from hub.core import clock
    from hub.core.db import db
    from hub.core.unit_of_work import unit_of_work
    from hub.entries.models import Entry, address_of
    from hub.linkcare import store
    from hub.linkcare.models import Link

    now = clock.now()
    urls = [
        f"http://stadt{number % hosts}.example:{port}/{kind_of(number // hosts)}/{number}" for number in range(links)
    ]
    with unit_of_work() as session:
        home = session.scalar(select(Organisation.id).limit(1))
        common = {
            "kind": "dokument",
            "organisation_id": home,
            "status": "published",
            "published_at": now,
            "created_at": now,
        }
        values = [{**common, "title": url, "url": url, "address": address_of(url), "updated_at": now} for url in urls]
        session.execute(insert(Entry), values)
    store.follow_entries()
    with unit_of_work() as session:
        session.execute(update(Link).values(next_at=now))
    db.session.remove()


def kind_of(place: int) -> str:
    """Most links are pages; the same mix on each website."""
    return {3: "datei", 7: "weg", 11: "umgezogen", 13: "datei", 17: "verboten"}.get(place % 20, "seite")


def run(clock: SkippingClock) -> int:
    """One round, as long as it takes."""
    from hub.linkcare.asking import make_asker
    from hub.linkcare.rounds import Round

    return Round(make_asker(), clock.wait, seconds=timedelta(days=1).total_seconds()).run()


def count_outcomes() -> Counter[str]:
    """How the tries ended."""
    from sqlalchemy import func, select

    from hub.core.db import db
    from hub.linkcare.models import LinkTry

    rows = db.session.execute(select(LinkTry.outcome, func.count()).group_by(LinkTry.outcome))
    return Counter({str(row[0]): row[1] for row in rows})


def close(app: Any) -> None:
    """Let the database go before its folder does."""
    from hub.core.db import db
    from hub.indexing import service as indexing

    indexing.store().close()
    db.session.remove()
    db.engine.dispose()


@contextmanager
def websites(clock: SkippingClock, asked: Asked) -> Iterator[int]:
    """All websites on one port, for as long as they are needed; each request is noted by website and moment."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _version = lines[0].split(" ")
        host = next(line for line in lines if line.startswith("Host: "))[6:]
        asked[host].append(clock.now())
        writer.write(answer_to(method, path))
        await writer.drain()
        writer.close()

    opening = asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
    server = asyncio.run_coroutine_threadsafe(opening, loop).result()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def answer_to(method: str, path: str) -> bytes:
    """A page, a file, or what the path says."""
    sort = path.split("/")[1]
    body, status, more = f"<title>{path}</title><h1>{path}</h1><p>{WORDS}".encode(), 200, ""
    if sort in ("weg", "robots.txt"):
        body, status = b"weg", 404
    elif sort == "verboten":
        body, status = b"nein", 403
    elif sort == "umgezogen":
        body, status, more = b"", 301, f"Location: /seite{path}\r\n"
    kind = "application/pdf" if sort == "datei" else "text/html; charset=utf-8"
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}Connection: close\r\n\r\n"
    )
    return head.encode() + (b"" if method == "HEAD" else body)
