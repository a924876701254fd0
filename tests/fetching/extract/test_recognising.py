"""Scans get their letters from Tesseract where it is installed, in a process that can do nothing else."""

import io
import json
import struct
import sys
import time
from pathlib import Path

import pytest

from hub.fetching.extract import recognising, running
from hub.fetching.extract.result import Unreadable
from hub.fetching.extract.scan import MAX_SCAN_BYTES, Scan, pack, unpack
from tests.support import documents
from tests.support.requirements import missing

LINES = ["Die Stadt plant mit den Menschen am Bahnhof", "und das Licht ist nicht der einzige Grund."]
PROBE = """
import json, os, socket, subprocess, sys
def attempt(deed):
    try:
        return repr(deed())
    except BaseException as error:
        return type(error).__name__
def write():
    with open(KEPT + "x", "w") as file:
        file.write("x")
print(json.dumps({
    "network": attempt(socket.socket),
    "fork": attempt(os.fork),
    "process": attempt(lambda: subprocess.run(["/bin/true"])),
    "write": attempt(write),
    "remove": attempt(lambda: os.unlink(KEPT)),
    "signal": attempt(lambda: os.kill(os.getppid(), 0)),
    "memory": attempt(lambda: len(bytearray(1100 * 1024 * 1024))),
    "environment": sorted(os.environ),
    "input": sys.stdin.read(),
}))
"""


@pytest.fixture
def tesseract():
    """Only where it is installed."""
    if not recognising.is_available():
        missing("tesseract", "Tesseract ist nicht installiert: sudo apt install tesseract-ocr tesseract-ocr-deu")


@pytest.fixture
def kept(tmp_path: Path):
    """``kept(content)`` puts a file where it can be read."""

    def _kept(content: bytes) -> Path:
        path = tmp_path / "datei.pdf"
        path.write_bytes(content)
        return path

    return _kept


def run_program(code: str, seconds: int = 20, wall: float = 20) -> bytes:
    """What a confined program prints; here it is Python itself."""
    command = [sys.executable, "-I", "-S", "-B", str(recognising.PROGRAM), str(running.HUB), str(seconds)]
    with open("/dev/null", "rb") as nothing:
        return running.run(nothing, [*command, sys.executable, "-I", "-S", "-c", code], 100_000, wall)


def test_a_scan_gives_its_pages_and_its_language(tesseract, kept):
    found = recognising.recognise(kept(documents.scan([LINES * 3, ["Zweites Blatt"]])))
    assert (found.reason, found.page_count, found.is_cut, found.language) == ("", 2, False, "de")
    assert "plant mit den Menschen am Bahnhof" in found.pages[0]
    assert "Zweites Blatt" in found.pages[1]


def test_a_scan_without_letters_says_so(tesseract, kept):
    assert recognising.recognise(kept(documents.scanned_pdf())).reason == "unrecognised"


def mixed() -> bytes:
    """Text, two scans, an empty page."""
    pictures = documents.scan([LINES, ["Zweites Blatt"]])
    return documents.joined(documents.pdf(["Gesetzter Text"]), pictures, documents.pdf([""]))


def test_pages_that_are_pictures_are_named_and_empty_ones_are_not(kept):
    found = running.read(kept(mixed()), "pdf")
    assert (found.reason, found.page_count, found.scanned) == ("", 4, (2, 3))
    assert [page.strip() for page in found.pages] == ["Gesetzter Text", "", "", ""]
    assert running.read(kept(documents.pdf(["Nur Text", ""])), "pdf").scanned == ()


def test_single_pages_are_recognised(tesseract, kept):
    found = recognising.recognise_pages(kept(mixed()), [2, 4])
    assert found.keys() == {2}
    assert "plant mit den Menschen am Bahnhof" in found[2]


def test_pages_beyond_the_limit_are_left_out_and_that_is_said(tesseract, kept, monkeypatch):
    monkeypatch.setattr(recognising, "MOST_PAGES", 1)
    found = recognising.recognise(kept(documents.scan([LINES, LINES])))
    assert (len(found.pages), found.page_count, found.is_cut) == (1, 2, True)


def test_a_scan_that_takes_too_long_keeps_what_was_read(kept, monkeypatch):
    monkeypatch.setattr(recognising, "_read", lambda page: "Gelesene Seite")
    monkeypatch.setattr(recognising, "ALL_SECONDS", 0.2)
    found = recognising.recognise(kept(documents.pdf([""] * 200)))
    assert 1 <= len(found.pages) < 100
    assert found.is_cut


@pytest.mark.parametrize(
    ("build", "reason"),
    [(documents.encrypted_pdf, "encrypted"), (lambda: b"%PDF-1.7\n%%EOF", "damaged"), (lambda: b"", "damaged")],
)
def test_t05_a_file_that_cannot_be_drawn_gives_its_reason(kept, build, reason):
    assert recognising.recognise(kept(build())).reason == reason


def test_a_page_is_drawn_in_grey_and_never_larger_than_agreed(kept):
    page = running.scan(kept(documents.pdf(["Wort"])), 1)
    assert (page.page_count, len(page.points)) == (1, page.width * page.height)
    assert 2400 < page.width < 2520
    assert set(page.points[:10]) == {255}
    huge = documents.pdf(["Wort"]).replace(b"/MediaBox[0 0 595 842]", b"/MediaBox[0 0 9000 9000]")
    assert len(running.scan(kept(huge), 1).points) <= 12_000_000
    with pytest.raises(Unreadable, match="damaged"):
        running.scan(kept(documents.pdf(["Wort"])), 2)


def test_t05_the_program_can_do_nothing_but_read_and_print(tmp_path):
    (tmp_path / "kept").write_text("geheim")
    found = json.loads(run_program(PROBE.replace("KEPT", repr(str(tmp_path / "kept")))))
    for deed in ("network", "fork", "process", "write", "remove", "signal"):
        assert found[deed] in ("PermissionError", "OSError", "BlockingIOError"), deed
    assert found["memory"] == "MemoryError"
    assert set(found["environment"]) <= {"LC_ALL", "OMP_THREAD_LIMIT", "LC_CTYPE"}
    assert found["input"] == ""
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("while True: pass", "slow"),
        ("import time; time.sleep(60)", "slow"),
        ("import os; os._exit(3)", "crashed"),
        ("while True: print('x' * 10_000)", "output"),
    ],
)
def test_r19_a_program_that_ends_badly_gives_its_reason(code, reason):
    began = time.monotonic()
    with pytest.raises(Unreadable, match=reason):
        run_program(code, seconds=1, wall=3)
    assert time.monotonic() - began < 8


def test_r19_a_page_that_cannot_be_read_stays_empty(monkeypatch):
    def fail(*_: object) -> bytes:
        raise Unreadable("slow")

    monkeypatch.setattr(recognising, "run", fail)
    monkeypatch.setattr(recognising, "_tesseract", lambda: ("/bin/false",))
    assert recognising._read(Scan(1, 1, 1, b"\xff")) == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"SCAN",
        b"SCAN" + bytes(12),
        struct.pack("<4sIII", b"SCAN", 1, 2, 2) + b"123",
        struct.pack("<4sIII", b"SCAN", 1, 2**31, 2**31) + b"1",
        struct.pack("<4sIII", b"SCAN", 0, 1, 1) + b"1",
        struct.pack("<4sIII", b"NACS", 1, 1, 1) + b"1",
    ],
)
def test_t06_an_odd_scan_is_no_scan(content):
    with pytest.raises(Unreadable, match="output"):
        unpack(content)


def test_a_scan_goes_through_the_pipe_unchanged():
    page = Scan(7, 2, 3, b"abcdef")
    assert unpack(pack(page)) == page
    assert page.picture == b"P5 2 3 255\nabcdef"
    assert len(pack(page)) < MAX_SCAN_BYTES
    assert io.BytesIO(page.picture).readline() == b"P5 2 3 255\n"


def test_without_the_program_nothing_is_recognised(monkeypatch):
    recognising._tesseract.cache_clear()
    monkeypatch.setattr(recognising.shutil, "which", lambda _name: None)
    assert not recognising.is_available()
    recognising._tesseract.cache_clear()
