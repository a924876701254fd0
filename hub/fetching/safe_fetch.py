"""The only door to the outside: fetches a page or file from the public internet and from nowhere else.

A host is resolved once; every address of the answer must be public; the connection goes to the very address that was
checked, with the name as given in Host and TLS. Each redirect passes the same door. Sizes count unpacked, and a clock
that no server can reset cuts the connection. No cookies, no credentials, no proxies of the environment.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from email.message import Message
from functools import lru_cache
from ipaddress import ip_address
from re import fullmatch
from typing import IO
from urllib.parse import SplitResult, urljoin, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NewConnectionError, SSLError, TimeoutError
from urllib3.response import HTTPResponse

from hub.core import address
from hub.fetching.inner import is_public
from hub.fetching.resolving import Unknown, resolve
from hub.web.logs import security_event

PAGE_BYTES, FILE_BYTES, DATA_BYTES = 2 * 1024 * 1024, 25 * 1024 * 1024, 256 * 1024
CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 10.0
MOST_REDIRECTS = 3
CHUNK, PIECE = 64 * 1024, 8 * 1024
AGENT = "DEFUS-Wissensspeicher/1.0 (reads linked pages once, on request of a person)"
HEADERS = {
    "User-Agent": AGENT,
    "Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.5",
    "Accept-Language": "de,en;q=0.7",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "close",
}
PDF_START = b"%PDF-"
PAGE_TYPES = {"text/html", "application/xhtml+xml", ""}
CITATION_TYPE = "application/vnd.citationstyles.csl+json"
CITATION_FIRST = f"{CITATION_TYPE}, text/html;q=0.5, */*;q=0.1"
FORBIDDEN = {"own", "port", "inner"}
_REDIRECTS = {301, 302, 303, 307, 308}


class FetchError(Exception):
    """Nothing was fetched; ``reason`` is a code of ``hub.fetching.reasons``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back: where from in the end, status, type, charset and file name as the server has them, the content.

    The content is unpacked; of a page up to 2 MiB (``is_cut`` when it goes on), of a file the beginning.
    """

    url: str
    status: int
    media_type: str
    charset: str
    file_name: str
    content: bytes
    is_cut: bool

    @property
    def is_pdf(self) -> bool:
        """Whether it is a PDF, whatever the server called it."""
        return self.content[:64].lstrip()[:5] == PDF_START

    @property
    def is_page(self) -> bool:
        """Whether it is a page to read; a PDF behind a wrong type is not."""
        return self.media_type in PAGE_TYPES and not self.is_pdf

    @property
    def is_citation(self) -> bool:
        """Whether it is a description of a publication, as registrars of DOIs give it."""
        return self.media_type == CITATION_TYPE


@dataclass(frozen=True, slots=True)
class Probed:
    """The answer to one request as a server gave it; ``target`` is where it redirects to, checked as an address only.

    ``content`` is the beginning, unpacked; ``is_cut`` when more follows or the server broke off.
    """

    status: int
    headers: Mapping[str, str]
    target: str = ""
    content: bytes = b""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """What may be reached beyond the rules: ``allowed`` pairs of address and port (tests only), and ``own_host``,
    the hub's own name, which may not."""

    allowed: frozenset[tuple[str, int]] = frozenset()
    own_host: str = ""


def fetch(url: str, door: Door | None = None, into: IO[bytes] | None = None, accept: str = "") -> Fetched:
    """Fetch a page by GET; a file goes to ``into``, and only its beginning is read when that is not given.

    ``accept`` asks for other types than usual. Raises FetchError.
    """
    door = door or Door()
    deadline = time.monotonic() + TOTAL_SECONDS
    target = _parse(url)
    for _ in range(MOST_REDIRECTS + 1):
        with _answer(target, door, deadline, accept) as response:
            if response.status not in _REDIRECTS or not response.headers.get("Location"):
                return _read(target, response, deadline, into)
            target = _follow(target, response.headers["Location"])
    raise FetchError("redirects")


def ask(url: str, door: Door, form: bytes | None = None, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """Status and content of a server's answer to a program: by GET, or by POST with ``form``; no redirect is followed.

    Only over TLS, except to places that ``door`` allows by name; at most 256 KiB. Raises FetchError.
    """
    target = _parse(url)
    if target.scheme != "https" and (target.hostname, _port(target)) not in door.allowed:
        raise FetchError("downgrade")
    deadline = time.monotonic() + TOTAL_SECONDS
    with _answer(target, door, deadline, "application/json", form, headers) as response:
        if response.status in _REDIRECTS:
            raise FetchError("redirects")
        content = bytearray()
        while chunk := response.read(CHUNK, decode_content=True):
            content += chunk
            if len(content) > DATA_BYTES:
                raise FetchError("too_big")
            _left(deadline)
        return response.status, bytes(content)


def probe(url: str, door: Door, method: str, headers: Mapping[str, str], most_bytes: int) -> Probed:
    """One request by HEAD or GET with these headers; no redirect is followed, at most ``most_bytes`` are read.

    Names of headers come back in small letters. Raises FetchError when there is no answer, and for a redirect to where
    no request may go by its form (the address behind it is checked when it is asked for).
    """
    if method not in ("HEAD", "GET"):
        raise ValueError(method)
    deadline = time.monotonic() + TOTAL_SECONDS
    target = _parse(url)
    with _answer(target, door, deadline, "", None, headers, method) as response:
        told = {name.lower(): value for name, value in response.headers.items()}
        if response.status in _REDIRECTS and told.get("location"):
            return Probed(response.status, told, _follow(target, told["location"]).geturl())
        content, is_cut = (b"", False) if method == "HEAD" else _beginning(response, deadline, most_bytes)
        return Probed(response.status, told, "", content, is_cut)


def _beginning(answer: HTTPResponse, deadline: float, most_bytes: int) -> tuple[bytes, bool]:
    """What came until the limit, the end, or the moment the server broke off; raises FetchError when nothing did."""
    content = bytearray()
    try:
        while len(content) < most_bytes and (chunk := answer.read1(PIECE, decode_content=True)):
            content += chunk
            _left(deadline)
    except (HTTPError, http.client.HTTPException, OSError, ValueError):
        if not content or time.monotonic() >= deadline:
            raise
        return bytes(content[:most_bytes]), True
    _left(deadline)
    return bytes(content[:most_bytes]), len(content) >= most_bytes


def _parse(url: str) -> SplitResult:
    try:
        return address.parse(url)
    except address.NoAddress as error:
        raise FetchError("not_link") from error


def _follow(target: SplitResult, location: str) -> SplitResult:
    try:
        told = location.encode("latin-1", "replace").decode("utf-8", "replace")
        joined = urljoin(target.geturl(), told.strip().replace(" ", "%20"))
        new = urlsplit(joined)
    except ValueError as error:
        raise FetchError("redirects") from error
    if new.scheme not in ("http", "https") or (target.scheme == "https" and new.scheme == "http"):
        raise FetchError("downgrade")
    return _parse(joined)


def _checked_address(target: SplitResult, door: Door, deadline: float) -> str:
    """The one address to connect to; raises FetchError unless port and every address of the host are allowed."""
    try:
        return _allowed_address(target, door, deadline)
    except FetchError as error:
        if error.reason in FORBIDDEN:
            security_event("fetch.refused", reason=error.reason)
        raise


def _allowed_address(target: SplitResult, door: Door, deadline: float) -> str:
    host, port = target.hostname or "", _port(target)
    if host == door.own_host:
        raise FetchError("own")
    is_usual = port == address.PORTS[target.scheme]
    if not is_usual and port not in {allowed for _, allowed in door.allowed}:
        raise FetchError("port")
    found = _addresses(host, deadline)
    if not found or not all((one, port) in door.allowed or (is_usual and is_public(one)) for one in found):
        raise FetchError("inner")
    return found[0]


def _port(target: SplitResult) -> int:
    return target.port or address.PORTS[target.scheme]


def _addresses(host: str, deadline: float) -> list[str]:
    """Every address of a host. Numbers in odd spellings (octal, hexadecimal, short) name nothing public."""
    with suppress(ValueError):
        return [str(ip_address(host))]
    if "." not in host or fullmatch(r"\d+|0x[0-9a-f]*", host.rpartition(".")[2]):
        raise FetchError("inner")
    try:
        return resolve(host, min(CONNECT_SECONDS, _left(deadline)))
    except Unknown as error:
        raise FetchError("unknown_host") from error


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError("timeout")
    return left


@contextmanager
def _answer(
    target: SplitResult,
    door: Door,
    deadline: float,
    accept: str,
    form: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    method: str = "",
) -> Iterator[HTTPResponse]:
    """The answer to one request; connection and clock end with it."""
    line = _Line(target, _checked_address(target, door, deadline), _left(deadline))
    clock = threading.Timer(_left(deadline), line.cut)
    clock.daemon = True
    clock.start()
    try:
        yield line.ask(accept, form, headers, method)
    except FetchError:
        raise
    except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        raise FetchError("timeout" if time.monotonic() >= deadline else _reason(error)) from error
    finally:
        clock.cancel()
        line.close()


class _Line:
    """One connection to a checked address that speaks to the host by its name."""

    def __init__(self, target: SplitResult, ip: str, left: float) -> None:
        self._target = target
        self._socket: socket.socket | None = None
        self._answer: HTTPResponse | None = None
        seconds, name = min(CONNECT_SECONDS, left), target.hostname
        self._connection: HTTPConnection
        if target.scheme == "http":
            self._connection = HTTPConnection(ip, _port(target), timeout=seconds)
        else:
            self._connection = HTTPSConnection(
                ip, _port(target), timeout=seconds, server_hostname=name, ssl_context=_tls()
            )

    def ask(
        self, accept: str = "", form: bytes | None = None, more: Mapping[str, str] | None = None, method: str = ""
    ) -> HTTPResponse:
        """Connect, send the request (by GET, or by POST with ``form``), read the head of the answer."""
        self._connection.connect()
        self._socket = self._connection.sock
        path = self._target.path + (f"?{self._target.query}" if self._target.query else "")
        headers = {**HEADERS, "Host": self._target.netloc} | ({"Accept": accept} if accept else {}) | dict(more or {})
        method = method or ("GET" if form is None else "POST")
        self._connection.request(method, path, body=form, headers=headers, preload_content=False)
        self._answer = self._connection.getresponse()
        return self._answer

    def cut(self) -> None:
        """End the connection whatever it is doing, from another thread."""
        line = self._socket or self._connection.sock
        if line is not None:
            with suppress(OSError):
                # Not the method of a TLS socket, which would first take its state away from the reading thread.
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    def close(self) -> None:
        """End the connection, also while parts of the answer are unread."""
        self.cut()
        for one in (self._answer, self._connection, self._socket):
            if one is not None:
                with suppress(OSError):
                    one.close()


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _reason(error: Exception) -> str:
    if isinstance(error, SSLError | ssl.SSLError):
        return "tls"
    if isinstance(error, TimeoutError | NewConnectionError | OSError):
        return "no_answer"
    return "broken"


def _read(target: SplitResult, answer: HTTPResponse, deadline: float, into: IO[bytes] | None) -> Fetched:
    kind = Message()
    kind["Content-Type"] = answer.headers.get("Content-Type") or ""
    kind["Content-Disposition"] = answer.headers.get("Content-Disposition") or ""
    media_type = kind.get_content_type() if kind["Content-Type"] else ""
    charset, name = kind.get_content_charset() or "", str(kind.get_filename() or "")
    found = Fetched(target.geturl(), answer.status, media_type, charset, name, b"", False)
    if answer.status >= 400:
        return found
    content, is_cut = answer.read(CHUNK, decode_content=True), False
    found = replace(found, content=content)
    if found.is_page or found.is_citation:
        content, is_cut = _rest_of_page(answer, content, deadline)
    elif into is not None:
        _copy_file(answer, content, into, deadline)
    _left(deadline)
    return replace(found, content=content, is_cut=is_cut)


def _rest_of_page(answer: HTTPResponse, start: bytes, deadline: float) -> tuple[bytes, bool]:
    """A page up to the limit, and whether it goes on."""
    content = bytearray(start)
    while len(content) <= PAGE_BYTES and (chunk := answer.read(CHUNK, decode_content=True)):
        content += chunk
        _left(deadline)
    return bytes(content[:PAGE_BYTES]), len(content) > PAGE_BYTES


def _copy_file(answer: HTTPResponse, start: bytes, into: IO[bytes], deadline: float) -> None:
    size, chunk = 0, start
    while chunk:
        size += len(chunk)
        if size > FILE_BYTES:
            raise FetchError("too_big")
        into.write(chunk)
        _left(deadline)
        chunk = answer.read(CHUNK, decode_content=True)
