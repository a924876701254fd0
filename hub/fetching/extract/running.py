"""Has a file read or drawn by a process of its own, and believes nothing that comes back without looking at it."""

import os
import selectors
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from hub.fetching.extract import cells, picture
from hub.fetching.extract.picture import MAX_PICTURE_BYTES, Drawn
from hub.fetching.extract.result import MAX_BYTES, Extracted, Unreadable, decode
from hub.fetching.extract.scan import MAX_SCAN_BYTES, SIGN, Scan, unpack

WALL_SECONDS = 30.0
CHILD = Path(__file__).with_name("child.py")
HUB = CHILD.parent.parent.parent
BLOCK = 1024 * 1024


def read(file: Path, extension: str, libraries: Sequence[str] = (), seconds: float = WALL_SECONDS) -> Extracted:
    """The text of a file, or the reason why there is none; raises FileNotFoundError when there is no file."""
    try:
        return decode(_run(file, _command(extension, 0, libraries), MAX_BYTES, seconds))
    except Unreadable as error:
        return Extracted(reason=error.reason)


def draw(
    file: Path, extension: str, page: int = 1, libraries: Sequence[str] = (), seconds: float = WALL_SECONDS
) -> Drawn:
    """A page of a PDF, or a picture made small, as WebP, or the reason why not; raises FileNotFoundError.

    Extensions: pdf, jpg, png, webp, gif.
    """
    try:
        content = _run(file, _command(extension, page, libraries), MAX_PICTURE_BYTES, seconds)
        if content.startswith(picture.SIGN):
            return picture.check(content)
        decode(content)
        raise Unreadable("output")
    except Unreadable as error:
        return Drawn(reason=error.reason)


def scan(file: Path, page: int, libraries: Sequence[str] = (), seconds: float = WALL_SECONDS) -> Scan:
    """A page of a scanned PDF in grey; raises Unreadable and FileNotFoundError."""
    content = _run(file, _command("scan", page, libraries), MAX_SCAN_BYTES, seconds)
    if not content.startswith(SIGN):
        decode(content)
    return unpack(content)


def read_rows(stream: IO[bytes], seconds: float = WALL_SECONDS) -> tuple[list[cells.Row], bool]:
    """The cells of a workbook's first sheet, and whether there were more than are read; raises Unreadable.

    ``stream`` is a real file.
    """
    return cells.decode(run(stream, _command("rows", 0, ()), cells.MOST_BYTES, seconds))


def _run(file: Path, command: list[str], most: int, seconds: float) -> bytes:
    with file.open("rb") as stream:
        return run(stream, command, most, seconds)


def run(stream: IO[bytes], command: list[str], most: int, seconds: float) -> bytes:
    """What a process answers to this input, ``most`` bytes of it; raises Unreadable when it is slow or ends badly."""
    deadline = time.monotonic() + seconds
    process = subprocess.Popen(
        command,
        stdin=stream,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )
    with process:
        try:
            content = _collect(process, deadline, most)
            status = process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise Unreadable("slow") from error
        finally:
            process.kill()
    if status != 0:
        raise Unreadable("slow" if status == -signal.SIGXCPU else "crashed")
    return content


def _command(extension: str, page: int, libraries: Sequence[str]) -> list[str]:
    """Isolated from variables and folders of the person, without the packages' own start-up code."""
    folders = dict.fromkeys([*libraries, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    return [sys.executable, "-I", "-S", "-B", str(CHILD), extension, str(page), str(HUB), *folders]


def _collect(process: subprocess.Popen[bytes], deadline: float, most: int) -> bytes:
    """What the process sends until it ends; raises when that is more than ``most`` or takes too long."""
    assert process.stdout is not None  # noqa: S101 - started with a pipe
    pipe, found = process.stdout.fileno(), bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not waiting.select(left):
                raise Unreadable("slow")
            block = os.read(pipe, BLOCK)
            if not block:
                return bytes(found)
            found += block
            if len(found) > most:
                raise Unreadable("output")
