"""``python -m bench duplicates``: how many duplicates are found, and how many of those found are some.

Every pair that is found among all entries of a half counts, not only those that were made as pairs. ``--size 10000``
measures the nightly comparison of so many entries instead.
"""

import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from bench import corpus, twins
from bench.figures import at_least
from bench.report import Row, table

PERCENT = 100
CHANGED, MOST_WITH_BODIES, FILLED_AT_ONCE = 100, 10_000, 1_000


def main(words: Sequence[str], say: Callable[[str], None]) -> None:
    """Print the table."""
    if "--size" in words:
        size = int(words[list(words).index("--size") + 1])
        with tempfile.TemporaryDirectory(prefix="hub-duplicates-") as folder:
            say(table(list(night(size, Path(folder)))))
        return
    found = [row for half in twins.HALVES for row in rows(half)]
    say(table(found))
    for half in twins.HALVES:
        say(f"{half}: " + ", ".join(f"{sort} {right}/{whole}" for sort, right, whole in by_sort(half)))


def rows(half: str) -> list[Row]:
    """Precision and recall of one half."""
    same, found = _measured(half)
    right = len(same & found)
    size = 2 * len([pair for pair in twins.pairs() if pair["half"] == half])
    precision, recall = PERCENT * right / max(1, len(found)), PERCENT * right / len(same)
    name = {"tuning": "zum Einstellen", "held out": "zurückgehalten"}[half]
    return [
        Row(size, f"Dubletten, Genauigkeit ({name})", precision, "%", target=at_least(95, "%")),
        Row(size, f"Dubletten, Ausbeute ({name})", recall, "%", target=at_least(90, "%")),
    ]


def by_sort(half: str) -> list[tuple[str, int, int]]:
    """For each sort how many pairs were judged right."""
    _same, found = _measured(half)
    counts: dict[str, list[int]] = {}
    for place, pair in enumerate(pair for pair in twins.pairs() if pair["half"] == half):
        is_found = (2 * place, 2 * place + 1) in found
        counts.setdefault(pair["sort"], []).append(is_found == pair["same"])
    return [(sort, sum(right), len(right)) for sort, right in counts.items()]


def _measured(half: str) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """The pairs that are some, and those found."""
    from hub.duplicates.matching import find_pairs
    from hub.duplicates.prints import make_print

    chosen = [pair for pair in twins.pairs() if pair["half"] == half]
    same = {(2 * place, 2 * place + 1) for place, pair in enumerate(chosen) if pair["same"]}
    entries = [entry for pair in chosen for entry in pair["entries"]]
    cities = {twins.ascii_of(city) for cities in twins.CITIES for city in cities}
    prints = [make_print(told(number, entry), cities) for number, entry in enumerate(entries)]
    return same, set(find_pairs(prints))


def told(number: int, entry: dict[str, Any]) -> Any:
    """An entry of the set as the room takes it, addresses and DOIs as the hub keeps them."""
    from hub.duplicates.prints import Told
    from hub.entries.models import address_of, known_doi

    url = entry.get("url")
    return Told(
        id=number,
        title=entry["title"],
        summary=entry["summary"],
        text=entry.get("text", ""),
        publisher=entry["publisher"],
        year=entry["year"],
        address=address_of(url) or "",
        doi=known_doi(url, {"doi": entry.get("doi", "")}) or "",
        files=tuple(entry.get("files", ())),
    )


def night(size: int, folder: Path) -> Iterator[Row]:
    """The first comparison of so many entries, and the one after a hundred of them changed."""
    os.environ |= {"HUB_INSTANCE": str(folder), "HUB_EXAMPLES": "0"}
    from hub import create_app
    from hub.core.db import db
    from hub.duplicates.service.comparing import compare_changed

    app = create_app({"INDEX_REBUILD_INLINE": True})
    done = app.test_cli_runner().invoke(args=["hub", "prepare"])
    if done.exit_code:
        raise RuntimeError(done.output) from done.exception
    with app.app_context():
        fill(size)
        before = memory()
        yield Row(size, "Nächtlicher Vergleich zum ersten Mal, Rechenzeit", timed(compare_changed), "s")
        change(CHANGED)
        yield Row(size, f"Nächtlicher Vergleich, {CHANGED} geändert, Rechenzeit", timed(compare_changed), "s")
        yield Row(size, "Arbeitsspeicher, Zuwachs am höchsten Punkt", memory() - before, "MB")
        db.session.remove()
        db.engine.dispose()


def fill(size: int) -> None:
    """So many published entries with their long texts, past the index: the comparison reads tables only."""
    from sqlalchemy import insert, select

    from hub.accounts.models import Organisation
    from hub.core import clock
    from hub.core.db import db
    from hub.entries.models import Entry, EntryBody, address_of

    owner, moment = db.session.scalars(select(Organisation.id)).first(), clock.now()
    lines = enumerate(corpus.entries(size, with_bodies=size <= MOST_WITH_BODIES), 1)
    while some := list(islice(lines, FILLED_AT_ONCE)):
        plain = {"organisation_id": owner, "status": "published", "published_at": moment, "updated_at": moment}
        rows = [
            plain | {name: line[name] for name in ("title", "summary", "kind", "year", "url")}
            | {"id": number, "address": address_of(line["url"])} for number, line in some
        ]  # fmt: skip
        db.session.execute(insert(Entry), rows)
        bodies = [{"entry_id": number, "body": line["body"]} for number, line in some if line.get("body")]
        if bodies:
            db.session.execute(insert(EntryBody), bodies)
        db.session.commit()


def change(number: int) -> None:
    """Some of them say a little more, logged as every change is."""
    from sqlalchemy import select, update

    from hub.core.db import db
    from hub.entries.models import Entry
    from hub.indexing import changelog
    from hub.indexing.service import catch_up

    ids = list(db.session.scalars(select(Entry.id).order_by(Entry.id).limit(number)))
    db.session.execute(update(Entry).where(Entry.id.in_(ids)).values(summary=Entry.summary + " Ergänzt."))
    changelog.append(db.session(), [("entry", entry_id) for entry_id in ids])
    db.session.commit()
    catch_up()  # else the index would do so while the comparison is measured


def timed(compare: Callable[[dict[str, Any]], None]) -> float:
    """Seconds of the processor, whatever else the machine does meanwhile."""
    begin = time.process_time()
    compare({})
    return time.process_time() - begin


def memory() -> float:
    """Megabytes at the highest point so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
