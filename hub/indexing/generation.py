"""Answers kept in memory until anything searchable changes.

The key holds the number of the newest change, so what a process keeps is never older than the tables it reads.
"""

import zlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

from cachetools import LRUCache
from flask import g, has_request_context, request

from hub.core.db import db
from hub.indexing.changelog import current_number

Answer = TypeVar("Answer")
KEPT_BYTES = 1_500_000
OTHER_ANSWER = 20_000
LONG = 1_000


@dataclass(frozen=True, slots=True)
class Packed:
    """A drawn part of a page: kept compressed to about a fifth, which costs a twentieth of a millisecond to undo."""

    kind: type[str]
    packed: bytes


def _pack(answer: object) -> object:
    if not isinstance(answer, str) or len(answer) < LONG:
        return answer
    return Packed(type(answer), zlib.compress(answer.encode(), 1))


def _unpack(kept: object) -> object:
    return kept.kind(zlib.decompress(kept.packed).decode()) if isinstance(kept, Packed) else kept


def _size(kept: object) -> int:
    """About how many bytes an answer takes."""
    return len(kept.packed) if isinstance(kept, Packed) else OTHER_ANSWER


_answers: LRUCache[Hashable, object] = LRUCache(KEPT_BYTES, _size)
_lock = Lock()


def cached(key: Hashable, make: Callable[[], Answer]) -> Answer:
    """The answer under this key for the present state of the tables; made when it is not there.

    The answer is shared between requests: nobody may change it.
    """
    full_key = (db.engine.engine, current_generation(), key)
    with _lock:
        kept = _answers.get(full_key, _answers)
    if kept is not _answers:
        return _unpack(kept)  # type: ignore[return-value]
    answer = make()
    packed = _pack(answer)
    if _size(packed) < KEPT_BYTES:
        with _lock:
            _answers[full_key] = packed
    return answer


def discard(key: Hashable) -> None:
    """Do not keep this answer after all."""
    with _lock:
        _answers.pop((db.engine.engine, current_generation(), key), None)


def current_generation() -> int:
    """The number of the newest change; a request that only reads asks once."""
    if not has_request_context() or request.method != "GET":
        return current_number()
    if "generation" not in g:
        g.generation = current_number()
    return int(g.generation)


def remember(number: int) -> None:
    """The number was read together with something else: a request that only reads need not ask again."""
    if has_request_context() and request.method == "GET":
        g.setdefault("generation", number)


def forget() -> None:
    """Drop everything kept, for tests."""
    with _lock:
        _answers.clear()
