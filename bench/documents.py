"""How fast documents are read, and how soon a long one is found: the confined reader beside the plain library."""

import io
import json
import random
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from bench import servers
from bench.figures import at_most, percentile
from bench.report import Row
from bench.visitor import Visitor
from bench.web import running
from hub.fetching.extract import running as reader
from tests.support import documents

PAGES, LINES, WORDS = 300, 40, 10
ROUNDS = 3
LONGEST_WAIT = 60.0
PAUSE = 0.05
ANSWER, FOUND = at_most(1, "s"), at_most(10, "s")
MS = 1000
Say = Callable[[str], None]


def rows(folder: Path, say: Say) -> list[Row]:
    """All rows; ``size`` is the number of pages of the document."""
    say("Dokumente werden gelesen …")
    return [*_reading_rows(folder), *_finding_rows(folder, say)]


def _reading_rows(folder: Path) -> Iterator[Row]:
    """Starting the process is part of the figure; the plain library reads in a process that is up already."""
    texts = pages("Lesen")
    word = documents.docx([line for text in texts for line in text.split("\n")])
    for label, kind, content, plainly in (
        ("PDF", "pdf", documents.pdf(texts), read_pdf_plainly),
        ("Word", "docx", word, read_word_plainly),
    ):
        file = folder / f"lesen.{kind}"
        file.write_bytes(content)
        plain = _median(lambda read=plainly, content=content: read(content))
        confined = _median(lambda file=file, kind=kind: reader.read(file, kind))
        each = f"{label} lesen im abgeschotteten Prozess, je Seite (Boden: Bibliothek ohne Schutz)"
        yield Row(PAGES, each, MS * confined / PAGES, "ms", MS * plain / PAGES)


def read_pdf_plainly(content: bytes) -> int:
    """The naive way: the library in our own process, nothing checked, nothing tidied."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    return sum(len(document[number].get_textpage().get_text_range()) for number in range(len(document)))


def read_word_plainly(content: bytes) -> int:
    """The naive way: the whole tree in memory, all its text."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tree = ElementTree.fromstring(archive.read("word/document.xml"))  # noqa: S314 - made by ourselves
    return sum(map(len, tree.itertext()))


def _finding_rows(folder: Path, say: Say) -> Iterator[Row]:
    hub = servers.fill_hub(folder, 100)
    say("Ein langes Dokument wird hochgeladen, bis die Suche es findet …")
    with running(hub):
        editor = Visitor(hub.url)
        editor.sign_in(servers.EDITOR, servers.PASSWORD)
        together = [_add(editor, number, is_held=False) for number in range(ROUNDS)]
        before = [_add(editor, number, is_held=True) for number in range(ROUNDS)]
    names = ("Datei hochladen bis Antwort", "Formular absenden bis Antwort", "Hochladen bis auffindbar (letzte Seite)")
    for way, taken in (("im Formular", together), ("vorab, mit Skript", before)):
        for name, seconds, target in zip(names, zip(*taken, strict=True), (ANSWER, ANSWER, FOUND), strict=True):
            if any(seconds):
                yield Row(PAGES, f"{name}, {way}", percentile(seconds, 50), "s", None, target)


def _add(editor: Visitor, number: int, is_held: bool) -> tuple[float, float, float]:
    """Seconds of the upload by itself, of sending the form, and from the beginning until the search finds it."""
    word = f"zwiebelturm{number}{'vorab' if is_held else 'zugleich'}"
    content = documents.pdf(pages(word))
    hidden = editor.hidden("/entries/new", "title")
    fields = [*hidden, ("title", "Ein langes Dokument"), ("kind", "dokument"), ("collections", "bahnhofsviertel")]
    begin = time.perf_counter()
    uploading = 0.0
    if is_held:
        held = editor.send("/entries/files", hidden, ("file", "lang.pdf", content))
        uploading = held.seconds
        answer = editor.send("/entries/new", [*fields, ("held", str(json.loads(held.text)["id"]))])
    else:
        answer = editor.send("/entries/new", fields, ("files", "lang.pdf", content))
    if answer.status != 303:
        raise RuntimeError(f"Das Hochladen antwortet {answer.status}: {answer.text[:500]}")
    while f'href="{answer.location}' not in editor.get(f"/search?q={word}").text:
        if time.perf_counter() - begin > LONGEST_WAIT:
            raise RuntimeError(f"{answer.location} wird nicht gefunden.")
        time.sleep(PAUSE)
    return uploading, answer.seconds, time.perf_counter() - begin


def pages(word: str) -> list[str]:
    """Pages full of words; the given one stands on the last page only."""
    chance = random.Random(word)
    known = [
        f"Wort{number}" for number in range(20_000)
    ] + "Sicherheit Bahnhof Stadt Prävention Gestaltung".split() * 200
    made = ["\n".join(" ".join(chance.choices(known, k=WORDS)) for _ in range(LINES)) for _ in range(PAGES)]
    return [*made[:-1], f"{made[-1]}\n{word}"]


def _median(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return percentile(taken, 50)
