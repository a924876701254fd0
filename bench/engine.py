"""Measures the search engine alone, in a process of its own, beside the same work in SQLite FTS5.

Times are the processor's, so that other programs on the machine count little; only the change until found is also
told by the clock, because it waits for the disk. Every search is asked once, so nothing kept in memory answers it.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import psutil

from bench import corpus, servers
from bench.corpus import Chooser
from bench.figures import Target, at_most, percentile
from bench.fts import FtsIndex
from bench.report import columns, number

MS = 1000
LARGE = 100_000
SORTS = ("Wort", "3 Wörter ODER", "3 Wörter UND", "Phrase", "Wortanfang", "Tippfehler")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One search in the words of the hub and of FTS5."""

    sort: str
    hub: str
    fts: str


def searches(lines: Sequence[corpus.Entry], each: int) -> Iterator[Asked]:
    """So many searches of each sort, none twice; words are common, less common and rare in turn."""
    chooser = Chooser(lines, "engine")
    shares = ("häufig", "mittel", "selten")
    for place in range(each):
        word = chooser.word(shares[place % 3])
        three = chooser.together(3)
        any_of = [chooser.word(shares[(place + step) % 3]) for step in range(3)]
        phrase = chooser.phrase(2 + place % 2)
        beginning = chooser.word("mittel")[: 4 + place % 3]
        misspelt = chooser.misspelt()
        yield Asked("Wort", word, f'"{word}"')
        yield Asked("3 Wörter ODER", " ODER ".join(any_of), " OR ".join(f'"{word}"' for word in any_of))
        yield Asked("3 Wörter UND", " ".join(three), " ".join(f'"{word}"' for word in three))
        yield Asked("Phrase", f'"{phrase}"', f'"{phrase}"')
        yield Asked("Wortanfang", beginning, f'"{beginning}"*')
        yield Asked("Tippfehler", misspelt, f'"{misspelt}"')


def processor(work: Callable[[], Any]) -> float:
    """Seconds of processor time a piece of work takes in this thread."""
    begin = time.thread_time()
    work()
    return time.thread_time() - begin


def clock(work: Callable[[], Any]) -> float:
    """Seconds by the clock."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def fill_here(file: Path) -> None:
    """Read the entries of a file into the tables of the hub whose settings the environment holds, index left alone."""
    from hub import create_app
    from hub.entries.service.importing import import_entries
    from hub.indexing import service

    with create_app().app_context(), service.left_alone(), file.open(encoding="utf-8") as lines:
        import_entries(lines, create_missing=True)


def measure_here(file: Path, each: int, changes: int, is_alone: bool) -> dict[str, Any]:
    """Measure in this process, for the hub whose settings the environment holds; the figures as plain data."""
    from hub import create_app

    lines = list(islice(corpus.read(file), 1000))
    fts = None if is_alone else FtsIndex(file.with_suffix(".fts"))
    app = create_app({"INDEX_REBUILD_INLINE": True})
    rebuilt = _built(app, fts, file)
    opened = _measure_first(app)
    asked = list(searches(lines, each))
    warm = list(searches(lines[:200], 3))
    for one in warm:
        _search_hub(app, one.hub)
        if fts is not None:
            fts.search(one.fts)
    times = []
    for one in asked:
        in_hub = processor(partial(_search_hub, app, one.hub))
        in_fts = None if fts is None else processor(partial(fts.search, one.fts))
        times.append((one.sort, one.hub, in_hub, in_fts))
    memory = psutil.Process().memory_full_info().uss / 2**20
    return {
        "times": times,
        "rebuilt": rebuilt,
        "opened": opened,
        "suggestions": _measure_suggestions(app, lines, each),
        "changes": _measure_changes(app, fts, changes, _added_before(app, file)),
        "memory": memory,
    }


def _built(app: Any, fts: FtsIndex | None, file: Path) -> dict[str, dict[str, float]]:
    """How long putting the two indexes together took: now, or when the folder was prepared."""
    from hub.indexing import service

    kept = file.with_suffix(".rebuilt.json")
    told = json.loads(kept.read_text()) if kept.exists() else {}
    with app.app_context():
        if "hub" not in told or not service.store().is_usable():
            begin = time.process_time()
            told["hub"] = {"clock": clock(service.rebuild), "processor": time.process_time() - begin}
    if fts is not None and "fts" not in told:
        fts.load(corpus.read(file))
        told["fts"] = {"clock": clock(fts.rebuild)}
    kept.write_text(json.dumps(told))
    return dict(told)


def _measure_first(app: Any) -> dict[str, float]:
    """The first suggestion of a process and the first search after it."""
    return {
        "Erster Vorschlag eines Prozesses": processor(partial(_suggest, app, "be")),
        "Erste Suche eines Prozesses": processor(partial(_search_hub, app, "zusätzliche Vorschläge")),
    }


def _measure_suggestions(app: Any, lines: Sequence[corpus.Entry], each: int) -> list[float]:
    """What is offered while words are typed, from the second letter on."""
    chooser = Chooser(lines, "suggestions")
    words = [chooser.word(sort) for _ in range(each) for sort in ("häufig", "mittel", "selten")]
    return [processor(partial(_suggest, app, word[: 2 + place % 5])) for place, word in enumerate(words)]


def _suggest(app: Any, typed: str) -> str:
    """What the view of suggestions does."""
    from flask import render_template

    from hub.core.actor import SYSTEM
    from hub.search.offering import find_offers

    with app.test_request_context("/search/suggest"):
        offers = find_offers(SYSTEM, typed)
        return render_template("search/_suggest.html", offers=offers, said=str(len(offers)))


def _added_before(app: Any, file: Path) -> int:
    """How many entries earlier measurements in the same folder have added."""
    from sqlalchemy import func, select

    from hub.core.db import db
    from hub.entries.models import Entry

    with app.app_context():
        held = int(db.session.scalar(select(func.count(Entry.id))) or 0)
    return held - sum(1 for _ in corpus.read(file))


def _search_hub(app: Any, text: str) -> int:
    """What the search page does before its template: hits, facets, rows, marked passages."""
    from hub.core.actor import SYSTEM
    from hub.search.forms import SearchForm
    from hub.search.shown import Shown

    with app.test_request_context("/search"):
        shown = Shown(SYSTEM, SearchForm(q=text))
        shown.hits()
        shown.facets()
        return shown.found.total


def _measure_changes(app: Any, fts: FtsIndex | None, count: int, before: int) -> dict[str, list[float]]:
    """Add entries one by one: from the call until the first search that finds them has answered."""
    from hub.core.actor import SYSTEM
    from hub.entries.models import Kind
    from hub.entries.service.contributing import EntryDetails, submit_entry

    taken: dict[str, list[float]] = {"hub": [], "processor": [], "fts": []}
    with app.app_context():
        organisation = _first_organisation()
    for token, entry in corpus.additions(count, before):
        details = EntryDetails(
            title=entry["title"], kind=Kind(entry["kind"]), collection_ids=[1], url=entry["url"],
            summary=entry["summary"], tags=entry["tags"], organisation_id=organisation, year=entry["year"],
        )  # fmt: skip

        def change_hub(details: EntryDetails = details, token: str = token) -> None:
            with app.app_context():
                submit_entry(SYSTEM, details)
            if _search_hub(app, token) != 1:
                raise RuntimeError(f"{token} is not found")

        def change_fts(fts: FtsIndex, entry: corpus.Entry = entry, token: str = token) -> None:
            fts.add(entry)
            if fts.search(f'"{token}"') != 1:
                raise RuntimeError(f"{token} is not found")

        begin = time.thread_time()
        taken["hub"].append(clock(change_hub))
        taken["processor"].append(time.thread_time() - begin)
        if fts is not None:
            taken["fts"].append(clock(partial(change_fts, fts)))
    return taken


def _first_organisation() -> int:
    from sqlalchemy import func, select

    from hub.accounts.models import Organisation
    from hub.core.db import db

    return int(db.session.scalar(select(func.min(Organisation.id))) or 0)


def measure(size: int, given: argparse.Namespace, folder: Path, say: Say) -> dict[str, Any]:
    """Prepare a hub with so many entries, a fifth of them long, unless it is there, and measure in a fresh process."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "entries.jsonl"
    hub = servers.Server(folder / "hub", servers.SETTINGS)
    if not (folder / "filled").exists():
        say(f"{size} Einträge werden eingelesen …")
        corpus.write(file, corpus.entries(size, with_bodies=True))
        hub.run("-m", "flask", "--app", "wsgi", "hub", "prepare")
        hub.run("-m", "bench.engine", "fill", str(file))
        (folder / "filled").touch()
    say(f"{size} Einträge: Suchen …")
    hub.run("-m", "flask", "--app", "wsgi", "db", "upgrade")
    words = (str(file), str(given.each), str(given.changes), "alone" if given.hub_only else "")
    answer = hub.run("-m", "bench.engine", "measure", *words)
    return dict(json.loads(answer.splitlines()[-1]))


def lines_of(size: int, measured: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """The table's lines for one size."""
    large = size >= LARGE
    whole, longest = (at_most(150, "ms"), at_most(500, "ms")) if large else (at_most(60, "ms"), at_most(300, "ms"))
    shown = f"{size:,}".replace(",", ".")
    for sort in SORTS:
        hub = [time * MS for name, _, time, _ in measured["times"] if name == sort]
        fts = [time * MS for name, _, _, time in measured["times"] if name == sort and time is not None]
        for name, share, target in (("p50", 50, None), ("p95", 95, whole), ("längste", 100, longest)):
            yield _line(shown, f"{sort}, {name}", percentile(hub, share), "ms", _beside(fts, share), target)
    changes = {system: [time * MS for time in times] for system, times in measured["changes"].items()}
    for name, share, target in (("p50", 50, None), ("p95", 95, at_most(150, "ms"))):
        yield _line(shown, f"Änderung, Rechenzeit, {name}", percentile(changes["processor"], share), "ms", None, None)
        taken = percentile(changes["hub"], share)
        yield _line(shown, f"Änderung bis gefunden (Uhr), {name}", taken, "ms", _beside(changes["fts"], share), target)
    offered = [seconds * MS for seconds in measured["suggestions"]]
    yield _line(shown, "Vorschläge, p50", percentile(offered, 50), "ms", None, None)
    yield _line(shown, "Vorschläge, p95", percentile(offered, 95), "ms", None, at_most(30, "ms"))
    yield _line(shown, "Vorschläge, längste", max(offered), "ms", None, None)
    for name, seconds in measured["opened"].items():
        yield _line(shown, name, seconds * MS, "ms", None, None)
    rate = {system: size / seconds["clock"] for system, seconds in measured["rebuilt"].items()}
    yield _line(shown, "Neuaufbau (Uhr)", rate["hub"], "je s", rate.get("fts"), None)
    yield _line(shown, "Neuaufbau (Rechenzeit)", size / measured["rebuilt"]["hub"]["processor"], "je s", None, None)
    yield _line(shown, "Speicher des Prozesses (USS)", measured["memory"], "MB", None, None)


def _beside(times: list[float], share: float) -> float | None:
    return percentile(times, share) if times else None


def growth(small: dict[str, Any], large: dict[str, Any], size: int) -> tuple[str, ...]:
    """How much longer a search takes at the larger size, over all sorts."""
    before, after = (percentile([time * MS for _, _, time, _ in one["times"]], 50) for one in (small, large))
    return _line(f"{size:,}".replace(",", "."), "Wachstum, p50 aller Suchen", after / before, "×", None, at_most(4))


def _line(size: str, name: str, value: float, unit: str, fts: float | None, target: Target | None) -> tuple[str, ...]:
    verdict = "" if target is None else "ok" if target.is_met(value) else "verfehlt"
    beside = "" if fts is None else number(fts)
    return size, name, f"{number(value)} {unit}", beside, target.text if target else "", verdict


def main(words: Sequence[str], say: Say) -> None:
    """``python -m bench engine``: measure every size and print the table."""
    parser = argparse.ArgumentParser("python -m bench engine", description="Nur die Suchmaschine messen.")
    parser.add_argument("--sizes", default="1000,10000", help="Zahl der Einträge, mit Komma getrennt, etwa bis 100000")
    parser.add_argument("--folder", help="Ordner, in dem vorbereitete Bestände bleiben; 100000 einzulesen dauert lange")
    parser.add_argument("--hub-only", action="store_true", help="ohne FTS5 daneben")
    parser.add_argument("--each", type=int, default=60, help="Suchen je Sorte")
    parser.add_argument("--changes", type=int, default=20, help="wie viele Einträge dazukommen")
    given = parser.parse_args(words)
    sizes = [int(size) for size in given.sizes.split(",")]
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as passing:
        folder = Path(given.folder or passing)
        measured = {size: measure(size, given, folder / str(size), say) for size in sizes}
    rows = [line for size, one in measured.items() for line in lines_of(size, one)]
    for small, large in pairwise(sizes):
        rows.append(growth(measured[small], measured[large], large))
    say("\n" + columns(("Größe", "Was", "Hub", "FTS5", "Ziel", ""), rows, right={0, 2, 3}))
    for size, one in measured.items():
        slowest = sorted(one["times"], key=lambda row: -row[2])[:3]
        told = "; ".join(f"{sort} „{text}“ {number(seconds * MS)} ms" for sort, text, seconds, _ in slowest)
        say(f"\n{size} Einträge, die langsamsten Suchen: {told}")


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill_here(Path(sys.argv[2]))
    else:
        print(json.dumps(measure_here(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5] == "alone")))
