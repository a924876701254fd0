"""The process that reads a file can do nothing else: proved from inside, where a parser would be taken over."""

import json
import socket
import time
from pathlib import Path

import pytest

from hub.fetching.extract import running
from hub.fetching.extract.result import MAX_CHARACTERS, Extracted, Unreadable, decode, encode
from tests.support import documents

# Stands in for the PDF library: what it finds out at import and while parsing comes back as the text of pages.
FALSE_LIBRARY = """
import ctypes, json, os, resource, socket, subprocess, sys

def attempt(deed):
    try:
        return repr(deed())
    except BaseException as error:
        return type(error).__name__

def write():
    with open(KEPT + ".written", "w") as file:
        file.write("x")

def descriptors():
    held = []
    try:
        while len(held) < 40:
            held.append(os.dup(0))
    finally:
        for number in held:
            os.close(number)

def probe():
    return {
        "network": attempt(lambda: socket.create_connection(("127.0.0.1", PORT), 1)),
        "raw socket": attempt(socket.socket),
        "process": attempt(lambda: subprocess.run(["/bin/true"])),
        "fork": attempt(os.fork),
        "write": attempt(write),
        "remove": attempt(lambda: os.unlink(KEPT)),
        "rename": attempt(lambda: os.rename(KEPT, KEPT + "x")),
        "folder": attempt(lambda: os.mkdir(KEPT + "y")),
        "signal": attempt(lambda: os.kill(os.getppid(), 0)),
        "read": attempt(lambda: len(open(KEPT).read())),
        "memory": attempt(lambda: len(bytearray(1100 * 1024 * 1024))),
        "raise limit": attempt(lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1))),
        "descriptors": attempt(descriptors),
        "limits": [resource.getrlimit(kind) for kind in (
            resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE,
            resource.RLIMIT_CPU)],
        "environment": dict(os.environ),
        "isolated": [sys.flags.isolated, sys.flags.no_site, sys.flags.ignore_environment],
        "application": sorted(name for name in sys.modules if name.split(".")[0] in ("flask", "sqlalchemy")),
    }

import encodings.idna
at_import = probe()

class PdfiumError(Exception):
    err_code = None

class Page:
    def __init__(self, text): self.text = text
    def get_textpage(self): return self
    def count_chars(self): return len(self.text)
    def get_text_range(self, *_): return self.text
    def close(self): pass

class PdfTextPage: pass

class PdfDocument(list):
    def __init__(self, content):
        DEED
        super().__init__(Page(json.dumps(found)) for found in (at_import, probe()))
    def get_metadata_dict(self): return {}
"""

FALSE_RAW = """
import ctypes

FPDF_ERR_PASSWORD, FPDF_PAGEOBJ_IMAGE = 4, 3

class FS_RECTF(ctypes.Structure): pass
def FPDFText_GetUnicode(*_): return 32
def FPDFText_GetLooseCharBox(*_): return 0
"""


@pytest.fixture
def taken_over(tmp_path: Path):
    """``taken_over(deed)`` has a file read by a parser that does the deed; gives the answer."""

    def _taken_over(deed: str = "pass", port: int = 9, seconds: float = 20) -> Extracted:
        library = tmp_path / "library" / "pypdfium2"
        library.mkdir(parents=True)
        kept = tmp_path / "kept"
        kept.write_text("geheim")
        text = FALSE_LIBRARY.replace("PORT", str(port)).replace("KEPT", repr(str(kept))).replace("DEED", deed)
        (library / "__init__.py").write_text(text)
        (library / "raw.py").write_text(FALSE_RAW)
        file = tmp_path / "datei.pdf"
        file.write_bytes(documents.pdf(["Wort"]))
        return running.read(file, "pdf", [str(library.parent)], seconds)

    return _taken_over


def test_t05_limits_hold_before_a_parser_is_imported(taken_over, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        found = taken_over(port=listening.getsockname()[1])
        with pytest.raises(TimeoutError):
            listening.accept()
    assert found.reason == ""
    at_import, while_parsing = (json.loads(page) for page in found.pages)
    for probe in (at_import, while_parsing):
        for deed in ("network", "raw socket", "process", "fork", "write", "remove", "rename", "folder", "signal"):
            assert probe[deed] in ("PermissionError", "OSError", "FileNotFoundError"), deed
        assert probe["memory"] == "MemoryError"
        assert probe["raise limit"] in ("ValueError", "PermissionError")
        assert probe["descriptors"] == "OSError"
        assert probe["limits"][:4] == [[2**30, 2**30], [0, 0], [32, 32], [0, 0]]
        assert probe["limits"][4] == [20, 21]
        assert probe["environment"] in ({}, {"LC_CTYPE": "C.UTF-8"})
        assert probe["isolated"] == [1, 1, 1]
        assert probe["application"] == []
    assert at_import["read"] == "6"
    assert while_parsing["read"] == "PermissionError", "a parser that was taken over could read the database"
    assert (tmp_path / "kept").read_text() == "geheim"
    assert not (tmp_path / "kept.written").exists()


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("ctypes.string_at(0)", "crashed"),
        ("os._exit(3)", "crashed"),
        ("os._exit(0)", "output"),
        ("raise KeyError('x')", "damaged"),
        ("bytearray(2000 * 1024 * 1024)", "memory"),
        ("os.write(1, b'{}')", "output"),
        ("[os.write(1, bytes(1024 * 1024)) for _ in range(40)]", "output"),
    ],
)
def test_r19_a_process_that_ends_badly_gives_its_reason(taken_over, deed, reason):
    assert taken_over(deed).reason == reason


@pytest.mark.parametrize("deed", ["import time; time.sleep(60)", "os.close(1); os.read(2, 1); exec('while 1: pass')"])
def test_r19_a_process_that_hangs_is_ended(taken_over, deed):
    began = time.monotonic()
    assert taken_over(deed, seconds=1.5).reason in ("slow", "damaged")
    assert time.monotonic() - began < 6


GOOD = {**json.loads(encode(Extracted(pages=("Text",), page_count=1)))}


@pytest.mark.parametrize(
    "change",
    [
        {"pages": ["a\x00b"]},
        {"pages": ["\ud800"]},
        {"pages": [7]},
        {"pages": "Text"},
        {"pages": [["Text"]]},
        {"pages": ["x"] * 2001, "page_count": 2001},
        {"pages": ["x" * (MAX_CHARACTERS + 1)]},
        {"page_count": 0},
        {"page_count": True},
        {"page_count": 10**30},
        {"is_cut": 1},
        {"title": None},
        {"title": "a\nb"},
        {"title": "x" * 301},
        {"date": "gestern"},
        {"reason": "unknown"},
        {"more": "x"},
    ],
)
def test_t06_an_odd_answer_is_no_answer(change):
    with pytest.raises(Unreadable, match="output"):
        decode(json.dumps({**GOOD, **change}).encode())


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"null", b"{" * 100_000, b'{"a":' * 100_000, b"[" * 10**6])
def test_t06_what_is_no_answer_at_all_is_refused(content):
    with pytest.raises(Unreadable, match="output"):
        decode(content)


def test_the_application_never_loads_a_parser():
    import subprocess
    import sys

    parsers = ("pypdf", "defusedxml", "PIL")
    code = f"import sys, hub.wiring; print([name for name in sys.modules if name.startswith({parsers})])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
