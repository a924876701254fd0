"""Answers kept in memory until anything searchable changes.

The key holds the number of the newest change, so what a process keeps is never older than the tables it reads.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

from cachetools import LRUCache
from flask import g, has_request_context, request

from hub.core.db import db
from hub.indexing.changelog import current_number

Answer = TypeVar("Answer")
KEPT_LETTERS = 3_000_000
OTHER_ANSWER = 20_000


def _letters(answer: object) -> int:
    """About how much memory an answer takes: drawn parts of pages are long, the rest is small."""
    return len(answer) if isinstance(answer, str) else OTHER_ANSWER


_answers: LRUCache[Hashable, object] = LRUCache(KEPT_LETTERS, _letters)
_lock = Lock()


def cached(key: Hashable, make: Callable[[], Answer]) -> Answer:
    """The answer under this key for the present state of the tables; made when it is not there.

    The answer is shared between requests: nobody may change it.
    """
    full_key = (db.engine.engine, current_generation(), key)
    with _lock:
        if full_key in _answers:
            return _answers[full_key]  # type: ignore[return-value]
    answer = make()
    if _letters(answer) < KEPT_LETTERS:
        with _lock:
            _answers[full_key] = answer
    return answer


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
