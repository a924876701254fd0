"""Reads the letters of scanned pages with Tesseract, where it is installed; belongs to the worker.

A page is drawn by the confined reading process and read by Tesseract in a process of its own that is confined too.
Only grey points go in and only text comes out.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from hub.fetching import languages
from hub.fetching.extract.flow import tidy
from hub.fetching.extract.result import MAX_CHARACTERS, WORD, Extracted, Unreadable
from hub.fetching.extract.running import HUB, run, scan
from hub.fetching.extract.scan import Scan

WANTED = ("deu", "eng")
MOST_PAGES = 100
PAGE_SECONDS, ALL_SECONDS = 40, 900.0
MOST_BYTES = 400_000
SAMPLE = 20_000
PROGRAM = Path(__file__).with_name("program.py")


def is_available() -> bool:
    """Whether Tesseract is installed with German or English."""
    return bool(_tesseract())


def recognise(file: Path) -> Extracted:
    """The text of a scanned PDF by pages, as many as there is time for; raises FileNotFoundError."""
    deadline = time.monotonic() + ALL_SECONDS
    pages: list[str] = []
    count = 1
    try:
        while len(pages) < min(count, MOST_PAGES) and time.monotonic() < deadline:
            page = scan(file, len(pages) + 1)
            count = page.page_count
            pages.append(_read(page))
    except Unreadable as error:
        if not pages:
            return Extracted(reason=error.reason)
    text = " ".join(pages)[:SAMPLE]
    if not WORD.search(text):
        return Extracted(reason="unrecognised")
    language = languages.guess(text) or ""
    return Extracted(pages=tuple(pages), page_count=count, is_cut=len(pages) < count, language=language)


def recognise_pages(file: Path, numbers: Sequence[int]) -> dict[int, str]:
    """The text of these pages of a PDF, as far as there is any and time for it; raises FileNotFoundError."""
    deadline = time.monotonic() + ALL_SECONDS
    found: dict[int, str] = {}
    for number in numbers[:MOST_PAGES]:
        if time.monotonic() > deadline:
            break
        with suppress(Unreadable):
            found[number] = _read(scan(file, number))
    return {number: text for number, text in found.items() if WORD.search(text)}


def _read(page: Scan) -> str:
    """The letters of one page; a page that cannot be read in time stays empty."""
    with tempfile.TemporaryFile() as stream:
        stream.write(page.picture)
        stream.seek(0)
        try:
            content = run(stream, _command(), MOST_BYTES, PAGE_SECONDS)
        except Unreadable:
            return ""
    return tidy(content.decode("utf-8", "replace"))[: MAX_CHARACTERS // MOST_PAGES]


def _command() -> list[str]:
    start = [sys.executable, "-I", "-S", "-B", str(PROGRAM), str(HUB), str(PAGE_SECONDS)]
    return [*start, *_tesseract(), "--dpi", "300", "--psm", "3"]


@cache
def _tesseract() -> tuple[str, ...]:
    """How Tesseract is called with the languages it has; empty when it is missing. Looked up once per process."""
    path = shutil.which("tesseract")
    if path is None:
        return ()
    try:
        listed = subprocess.run([path, "--list-langs"], capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    known = [name for name in WANTED if name in listed.stdout.split()]
    return (path, "stdin", "stdout", "-l", "+".join(known)) if known else ()
