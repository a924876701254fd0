"""How long decisions about 5,000 findings of the office's desk take, and what their page shows meanwhile."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import servers
from bench.bulk import ENTRIES, WHOLE, expect, take_back, wait
from bench.report import Row
from bench.visitor import Visitor
from bench.web import running

SOURCES = {"submission": "Eingang freigeben", "review": "Stimmt noch"}
Say = Callable[[str], None]


def rows(folder: Path, say: Say, count: int = ENTRIES) -> list[Row]:
    """All rows; ``size`` is the number of findings decided."""
    hub = servers.fill_hub(folder, count)
    told: list[Row] = []
    for source, name in SOURCES.items():
        hub.run("-m", "bench.waiting", source)
        hub.run("-m", "flask", "--app", "wsgi", "search", "rebuild")
        say(f"{count} Zeilen des Pults: {name} …")
        with running(hub):
            editor = Visitor(hub.url)
            editor.sign_in(servers.EDITOR, servers.PASSWORD)
            told += [Row(count, what, seconds, "s", None, WHOLE) for what, seconds in _measured(editor, source, name)]
    return told


def _measured(editor: Visitor, source: str, name: str) -> Iterator[tuple[str, float]]:
    hidden = editor.hidden(f"/desk?source={source}", "every")
    begin = time.perf_counter()
    task = expect(editor.post("/desk/settle", [*hidden, ("every", "1"), ("hand", "proposed")]), 303).location
    seen = wait(editor, task)
    yield f"Pult, {name}: bis geschrieben ({len(seen)} Stände gesehen)", time.perf_counter() - begin
    yield f"Pult, {name}: rückgängig machen, bis geschrieben", take_back(editor, editor.get(task).text)
