"""Has a file read by a process of its own, and believes nothing that comes back without looking at it."""

import os
import selectors
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path

from hub.fetching.extract.result import MAX_BYTES, Extracted, Unreadable, decode

WALL_SECONDS = 30.0
CHILD = Path(__file__).with_name("child.py")
HUB = CHILD.parent.parent.parent
BLOCK = 1024 * 1024


def read(file: Path, extension: str, libraries: Sequence[str] = (), seconds: float = WALL_SECONDS) -> Extracted:
    """The text of a file, or the reason why there is none; raises FileNotFoundError when there is no file."""
    try:
        return _read(file, extension, libraries, seconds)
    except Unreadable as error:
        return Extracted(reason=error.reason)


def _read(file: Path, extension: str, libraries: Sequence[str], seconds: float) -> Extracted:
    deadline = time.monotonic() + seconds
    with file.open("rb") as stream:
        process = subprocess.Popen(
            _command(extension, libraries),
            stdin=stream,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
    with process:
        try:
            content = _collect(process, deadline)
            status = process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise Unreadable("slow") from error
        finally:
            process.kill()
    if status != 0:
        raise Unreadable("slow" if status == -signal.SIGXCPU else "crashed")
    return decode(content)


def _command(extension: str, libraries: Sequence[str]) -> list[str]:
    """Isolated from variables and folders of the person, without the packages' own start-up code."""
    folders = dict.fromkeys([*libraries, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    return [sys.executable, "-I", "-S", "-B", str(CHILD), extension, str(HUB), *folders]


def _collect(process: subprocess.Popen[bytes], deadline: float) -> bytes:
    """What the process sends until it ends; raises when that is too much or takes too long."""
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
            if len(found) > MAX_BYTES:
                raise Unreadable("output")
