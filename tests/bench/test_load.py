"""The load client and the form client against a small server of the standard library."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from typing import Any

import pytest

from bench import load
from bench.visitor import Visitor


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    connections: set[tuple[str, int]] = set()

    def do_GET(self) -> None:
        self.connections.add(self.client_address)
        status = 404 if self.path == "/missing" else 200
        is_chunked = self.path == "/chunked"
        self.send_response(status)
        self.send_header("Set-Cookie", "hub_session=abc; HttpOnly; Path=/")
        body = (
            b'<form><input type="hidden" name="next" value="/"><button name="theme">Hell</button></form>'
            b'<form><input type="hidden" name="csrf_token" value="a&amp;b"><input name="title"></form>'
        )
        if is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def base() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    _Answers.connections.clear()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def measured(*words: Any, **more: Any) -> Any:
    """In a thread of its own: a browser that another test has opened keeps the event loop of this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(load.run, *words, **more).result()


def test_every_client_keeps_its_connection(base: str) -> None:
    times = measured(base, cycle(["/", "/chunked"]), "", clients=3, seconds=0.2)
    assert len(times.seconds) > 6
    assert len(_Answers.connections) == 3
    assert times.duration >= 0.2


def test_a_page_that_is_not_there_stops_the_measuring(base: str) -> None:
    with pytest.raises(load.WrongAnswer, match="404"):
        measured(base, cycle(["/missing"]), "", clients=1, seconds=0.1)


def test_a_visitor_keeps_cookies_and_reads_hidden_fields(base: str) -> None:
    visitor = Visitor(base)
    assert visitor.hidden("/", "title") == [("csrf_token", "a&b")]
    visitor.close()
    assert visitor.cookie == "hub_session=abc"
