"""Asks a server for pages over kept connections, from one or several clients at once, and takes the time of each."""

import asyncio
import time
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from bench.figures import Times

PATIENCE = 60


class WrongAnswer(Exception):
    """The server answered with something else than the page; the figures would say nothing."""


def run(base: str, paths: Iterator[str], cookie: str, *, clients: int, seconds: float) -> Times:
    """Let so many clients ask for that long, each time for the next of the paths."""
    return asyncio.run(_run(base, (_request(base, path, cookie) for path in paths), clients, seconds))


async def _run(base: str, requests: Iterator[bytes], clients: int, seconds: float) -> Times:
    taken: list[float] = []
    address = urlsplit(base)
    begin = time.perf_counter()
    where = str(address.hostname), int(address.port or 80)
    jobs = [_client(*where, requests, begin + seconds, taken) for _ in range(clients)]
    await asyncio.wait_for(asyncio.gather(*jobs), seconds + PATIENCE)
    return Times(tuple(taken), time.perf_counter() - begin)


async def _client(host: str, port: int, requests: Iterator[bytes], end: float, taken: list[float]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        while time.perf_counter() < end:
            request = next(requests)
            begin = time.perf_counter()
            writer.write(request)
            is_kept = await _read_answer(reader, request)
            taken.append(time.perf_counter() - begin)
            if not is_kept:
                writer.close()
                reader, writer = await asyncio.open_connection(host, port)
    finally:
        writer.close()


async def _read_answer(reader: asyncio.StreamReader, request: bytes) -> bool:
    """Read one answer to its end; whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        raise WrongAnswer(f"{request.split(b' HTTP')[0].decode()}: {head.splitlines()[0].decode()}")
    length = head.find(b"\r\ncontent-length:")
    if length >= 0:
        await reader.readexactly(int(head[length + 17 : head.index(b"\r\n", length + 17)]))
    else:
        while not (await reader.readuntil(b"\r\n")).startswith(b"0\r\n"):
            pass
        await reader.readuntil(b"\r\n")
    return b"\r\nconnection: close" not in head


def _request(base: str, path: str, cookie: str) -> bytes:
    lines = (
        f"GET {quote(path, safe='/?&=%+')} HTTP/1.1",
        f"Host: {urlsplit(base).netloc}",
        "Accept: text/html",
        "Accept-Encoding: gzip, deflate, br",
        "Accept-Language: de-DE,de;q=0.9",
        "User-Agent: bench",
        f"Cookie: {cookie}",
        "Connection: keep-alive",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
