"""How long a change of 5,000 entries takes by table and by sheet, and how long others have to wait meanwhile."""

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl

from bench import servers
from bench.figures import at_most, percentile
from bench.report import Row
from bench.visitor import Answer, Visitor
from bench.web import running

ENTRIES = 5_000
WHOLE, OTHERS = at_most(10, "s"), at_most(5, "s")
LONGEST_WAIT, PAUSE = 120.0, 0.05
Say = Callable[[str], None]


def rows(folder: Path, say: Say, count: int = ENTRIES) -> list[Row]:
    """All rows; ``size`` is the number of entries changed."""
    hub = servers.fill_hub(folder, count)
    say(f"{count} Einträge werden zusammen geändert …")
    with running(hub):
        editor, other = Visitor(hub.url), Visitor(hub.url)
        for person in (editor, other):
            person.sign_in(servers.EDITOR, servers.PASSWORD)
        with _Saving(other) as saving:
            measured = list(_measured(editor, count))
        told = [Row(count, name, seconds, "s", None, WHOLE) for name, seconds in measured]
        told.append(Row(count, "Speichern anderer währenddessen, p95", percentile(saving.seconds, 95), "s"))
        return [
            *told,
            Row(count, "Speichern anderer währenddessen, am längsten", max(saving.seconds), "s", None, OTHERS),
        ]


def _measured(editor: Visitor, count: int) -> Iterator[tuple[str, float]]:
    everything = [*editor.hidden("/bulk", "tags_added"), ("all", "1")]
    asked = [*everything, ("tags_added", "Gemeinsam"), ("new_kind", "methode")]
    preview = expect(editor.post("/bulk/preview", asked), 303)
    yield "Tabelle: Vorschau", preview.seconds
    yield from _apply(editor, "Tabelle", preview.location, count)
    sheet = expect(editor.post("/bulk/export", everything), 200)
    yield "XLSX: holen", sheet.seconds
    preview = expect(editor.send("/bulk/sheet", _token(editor), ("file", "liste.xlsx", _edited(sheet.content))), 303)
    yield "XLSX: hochladen, lesen, vergleichen", preview.seconds
    yield from _apply(editor, "XLSX", preview.location, count)


def _apply(editor: Visitor, name: str, address: str, count: int) -> Iterator[tuple[str, float]]:
    """Apply and wait until it is written, then undo it."""
    token, begin = _token(editor), time.perf_counter()
    expect(editor.post(f"{address}/apply", token), 303)
    seen = wait(editor, address)
    yield f"{name}: anwenden, bis geschrieben ({len(seen)} Stände gesehen)", time.perf_counter() - begin
    page = editor.get(address).text
    if f"{count} Einträge geändert" not in page:
        raise RuntimeError("Es sind nicht alle Einträge geändert.")
    yield f"{name}: rückgängig machen, bis geschrieben", take_back(editor, page, count)


def take_back(editor: Visitor, page: str, count: int = ENTRIES) -> float:
    """Undo what the page offers to undo; the seconds until all of it is written."""
    undo = page.partition('formaction="/undo/')[2].partition('"')[0]
    token, begin = _token(editor), time.perf_counter()
    task = expect(editor.post(f"/undo/{undo}", token), 303).location
    wait(editor, task)
    seconds = time.perf_counter() - begin
    if f"({count})." not in editor.get(task).text:
        raise RuntimeError("Es ist nicht alles rückgängig gemacht.")
    return seconds


def wait(editor: Visitor, address: str) -> set[int]:
    """Until a worker is done; what its page said meanwhile."""
    begin, seen = time.perf_counter(), set()
    while (told := json.loads(editor.get(f"{address}/progress").text))["moves"]:
        seen.add(told["done"])
        if time.perf_counter() - begin > LONGEST_WAIT:
            raise RuntimeError("Die Änderung wird nicht fertig.")
        time.sleep(PAUSE)
    return seen


def _token(editor: Visitor) -> list[tuple[str, str]]:
    return editor.hidden("/bulk/sheet", "file")


def _edited(content: bytes) -> bytes:
    """The sheet with a keyword more in every row."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    place = next(cell.column for cell in sheet[1] if cell.value == "Schlagwörter")
    for number in range(2, sheet.max_row + 1):
        cell = sheet.cell(number, place)
        cell.value = f"{cell.value or ''}; Aus der Tabelle"
    changed = io.BytesIO()
    book.save(changed)
    return changed.getvalue()


class _Saving:
    """Somebody else who keeps saving bookmarks; ``seconds`` of each."""

    def __init__(self, person: Visitor) -> None:
        self.seconds: list[float] = []
        self._person, self._ended = person, threading.Event()
        self._thread = threading.Thread(target=self._save)

    def __enter__(self) -> "_Saving":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _save(self) -> None:
        token = _token(self._person)
        while not self._ended.wait(0.1):
            answer = self._person.post("/entries/1/bookmark", [*token, ("saved", "1")])
            expect(answer, 303)
            self.seconds.append(answer.seconds)


def expect(answer: Answer, status: int) -> Answer:
    """The answer, if it has this status."""
    if answer.status != status:
        raise RuntimeError(f"Antwort {answer.status}: {answer.text[:2000]}")
    return answer
