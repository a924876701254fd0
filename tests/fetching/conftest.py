"""Servers on loopback that stand for the outside world, and a door that is open to exactly one of them."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from hub.fetching import safe_fetch
from hub.fetching.safe_fetch import Door

Answer = Callable[[socket.socket, str], None]


class Outside:
    """A raw HTTP server: ``pages[path]`` is bytes to send, or a function that gets socket and path. Counts callers."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | Answer] = {}
        self.asked: list[str] = []
        self.requests: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listening.settimeout(0.02)
        self.port = self._listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        self._threads: list[threading.Thread] = []

    @property
    def door(self) -> Door:
        return Door(frozenset({("127.0.0.1", self.port)}))

    def page(self, path: str, content: bytes | str, kind: str = "text/html; charset=utf-8", **more: str) -> str:
        """Serve a page; returns its address."""
        body = content.encode() if isinstance(content, str) else content
        self.pages[path] = head(200, kind, str(len(body)), **more) + body
        return self.url + path

    def redirect(self, path: str, target: str, status: int = 302) -> str:
        self.pages[path] = f"HTTP/1.1 {status} Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
        return self.url + path

    def _serve(self) -> None:
        while not self._ending.is_set():
            with suppress(TimeoutError):
                connection, _address = self._listening.accept()
                thread = threading.Thread(target=self._answer, args=[connection])
                self._threads.append(thread)
                thread.start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(15)
            request = b""
            while b"\r\n\r\n" not in request:
                more = connection.recv(4096)
                if not more:
                    self.asked.append("")
                    return
                request += more
            path = request.split(b" ", 2)[1].decode()
            self.asked.append(path)
            self.requests.append(request.decode("latin-1"))
            page = self.pages.get(path, head(404, "text/html", "0"))
            if callable(page):
                page(connection, path)
            else:
                connection.sendall(page)

    def wait(self, seconds: float) -> None:
        """For pages that hang: until the test is over."""
        self._ending.wait(seconds)

    @property
    def is_over(self) -> bool:
        return self._ending.is_set()

    def close(self) -> None:
        self._ending.set()
        self._thread.join()
        for thread in self._threads:
            thread.join()
        self._listening.close()


def head(status: int, kind: str, length: str | None = None, **more: str) -> bytes:
    """The head of an answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", "Connection: close"]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


@pytest.fixture
def outside() -> Iterator[Outside]:
    """A server that the door of the test may open (``outside.door``)."""
    server = Outside()
    yield server
    server.close()


@pytest.fixture
def inside() -> Iterator[Outside]:
    """A server that nobody may reach; the test fails when anybody did."""
    server = Outside()
    yield server
    server.close()
    assert server.asked == []


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """No test asks the real name service: ``names[host]`` holds the answers it gives, one after the other."""
    told: dict[str, list[list[str]]] = {}

    def resolve(host: str, _seconds: float) -> list[str]:
        answers = told.get(host)
        if not answers:
            raise safe_fetch.Unknown(host)
        return answers.pop(0) if len(answers) > 1 else answers[0]

    monkeypatch.setattr(safe_fetch, "resolve", resolve)
    return told
