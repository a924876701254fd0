"""A mail server for tests: a process of its own that takes letters or fails as told."""

import email
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).resolve().parents[1] / "mailing" / "post_office.py"


class PostOffice:
    """The process, what it has taken, and what it is to do wrong."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self._words = words
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.open()

    @property
    def url(self) -> str:
        """What HUB_MAIL_URL is to be."""
        return f"smtp://127.0.0.1:{self.port}"

    def open(self) -> None:
        """Start the process and wait until it listens."""
        port = self.folder / "port"
        port.unlink(missing_ok=True)
        self._process = subprocess.Popen([sys.executable, str(PROGRAM), str(self.folder), *self._words])
        deadline = time.monotonic() + 20
        while not port.exists():
            assert time.monotonic() < deadline and self._process.poll() is None, "the mail server did not start"
            time.sleep(0.02)
        self.port = int(port.read_text())

    def close(self) -> None:
        """End the process; nobody listens on its port any more."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def fail(self, **faults: Any) -> None:
        """What goes wrong from now on, as ``post_office.py`` tells; nothing when nothing is named."""
        part = self.folder / "faults.part"
        part.write_text(json.dumps({name.replace("_", " "): value for name, value in faults.items()}))
        part.rename(self.folder / "faults.json")

    def messages(self) -> list[EmailMessage]:
        """What was taken, in the order of arrival."""
        files = sorted(self.folder.glob("*.eml"))
        return [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]

    def wait_for(self, count: int, seconds: float = 20) -> list[EmailMessage]:
        """The letters as soon as there are so many."""
        deadline = time.monotonic() + seconds
        while len(self.messages()) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.messages()


@pytest.fixture
def post_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostOffice]:
    """A mail server that nobody but this test uses."""
    office = PostOffice(tmp_path_factory.mktemp("post"))
    yield office
    office.close()
