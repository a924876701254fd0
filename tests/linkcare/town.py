"""A town of websites on one machine, each with a behaviour of its own, and a clock that can be moved on by days.

``pages`` maps a host to a function that gets what was asked and gives the answer as bytes, or sends by itself.
"""

import asyncio
import ssl
import subprocess
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.skipping import SkippingClock


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; ``day`` counts from 0, ``turn`` how often this address was asked for before, by this method."""

    method: str
    host: str
    path: str
    headers: dict[str, str]
    day: float
    turn: int


Page = Callable[[Asked], "bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]"]


class Town:
    """Answers on one port in plain text and on one over TLS; ``log`` holds host and moment of every request."""

    def __init__(self, clock: SkippingClock) -> None:
        self.pages: dict[str, Page] = {}
        self.robots: dict[str, Page] = {}
        self.log: list[tuple[str, datetime, str, str]] = []
        self._clock, self._start = clock, clock.now()
        self._counts: dict[tuple[str, str, str], int] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._servers: list[asyncio.Server] = []
        self.port = self._listen()

    def listen_securely(self, context: ssl.SSLContext) -> int:
        """A further port, over TLS."""
        return self._listen(context)

    def _listen(self, context: ssl.SSLContext | None = None) -> int:
        opening = asyncio.start_server(self._answer, "127.0.0.1", 0, ssl=context, backlog=512)
        server = asyncio.run_coroutine_threadsafe(opening, self._loop).result()
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            asked = self._note(lines)
            page = self.robots.get(asked.host, no_rules) if asked.path == "/robots.txt" else self.pages[asked.host]
            answer = page(asked)
            if isinstance(answer, bytes):
                head, _end, _body = answer.partition(b"\r\n\r\n")
                writer.write(head + b"\r\n\r\n" if asked.method == "HEAD" else answer)
                await writer.drain()
            else:
                await answer(writer)
        with suppress(OSError, ssl.SSLError):
            writer.close()

    def _note(self, lines: list[str]) -> Asked:
        method, path, _version = lines[0].split(" ")
        headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines[1:])}
        host, now = headers["host"].partition(":")[0], self._clock.now()
        self.log.append((host, now, method, path))
        turn = self._counts[(host, method, path)] = self._counts.get((host, method, path), -1) + 1
        return Asked(method, host, path, headers, (now - self._start).total_seconds() / 86_400, turn)

    def shortest_gap(self) -> float:
        """The fewest seconds between two requests to the same website, whatever its spelling."""
        last: dict[str, datetime] = {}
        shortest = float("inf")
        for name, moment, _method, _path in self.log:
            host = name.removeprefix("www.")
            if host in last:
                shortest = min(shortest, (moment - last[host]).total_seconds())
            last[host] = moment
        return shortest

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait(tasks, timeout=4) if tasks else None


def answer(status: int = 200, body: str | bytes = b"", kind: str = "text/html; charset=utf-8", **more: str) -> bytes:
    """A whole answer; names of headers with _ for -."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", "Connection: close"]
    if "Content_Length" not in more:
        lines.append(f"Content-Length: {len(content)}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + content


def no_rules(_asked: Asked) -> bytes:
    return answer(404, "keine Regeln")


def certificate(folder: Path, name: str, days: int = 2) -> ssl.SSLContext:
    """A certificate that nobody vouches for."""
    key, cert = folder / f"{name}.key", folder / f"{name}.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(cert), "-days", str(days), "-subj", f"/CN={name}"]
    subprocess.run([*command, "-addext", f"subjectAltName=DNS:{name}"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context
