"""Collects postings while a segment is written: in memory by term, set aside in sorted runs when they are too many."""

import heapq
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from struct import Struct
from tempfile import TemporaryFile
from typing import IO, Any

from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

from hub.indexing.postings import FIELDS, GAP, HubCodec, Posting, TermRecord, record_of

_SIZES = Struct("<HI")
_OF_A_TERM = 130
_AT_ONCE = 1 << 18


def writer_of(opened: FileIndex, folder: Path, megabytes: float, **settings: Any) -> SegmentWriter:
    """A writer that keeps to so many megabytes and never asks Whoosh to sort postings."""
    writer = opened.writer(codec=HubCodec(), compound=False, **settings)
    writer.pool.cleanup()
    writer.pool = Collected(folder, int(megabytes * 2**20))
    return writer


class Collected:
    """Takes postings in the order of documents, gives them back in the order of terms."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder, self._limit = folder, limit
        self._terms: dict[bytes, bytearray] = {}
        self._size = 0
        self._runs: list[IO[bytes]] = []

    def add(self, posting: Posting) -> None:
        """One posting as Whoosh hands it over: field, term, document, weight, positions."""
        field, term, place, weight, positions = posting
        key = FIELDS[field] + (term.replace(GAP, b" ") if GAP in term else term)
        record = record_of(key, place, weight, positions)
        held = self._terms.get(key)
        if held is None:
            self._terms[key] = bytearray(record)
            self._size += _OF_A_TERM
        else:
            held += record
        self._size += len(record)
        if self._size > self._limit:
            self._set_aside()

    def iter_postings(self) -> Iterator[TermRecord]:
        """All terms in order, each with the records of its documents in order."""
        if not self._runs:
            return iter([(key, bytes(self._terms[key])) for key in sorted(self._terms)])
        self._set_aside()
        parts = heapq.merge(*map(_read, self._runs), key=itemgetter(0))
        return ((key, b"".join(part for _, part in same)) for key, same in groupby(parts, key=itemgetter(0)))

    def cleanup(self) -> None:
        """Give everything back."""
        self._terms = {}
        for run in self._runs:
            run.close()
        self._runs = []

    def _set_aside(self) -> None:
        run = TemporaryFile(dir=self._folder, prefix="run-", buffering=_AT_ONCE)  # noqa: SIM115 - read at the end
        for key in sorted(self._terms):
            records = self._terms[key]
            run.write(_SIZES.pack(len(key), len(records)) + key)
            run.write(records)
        self._runs.append(run)
        self._terms, self._size = {}, 0


def _read(run: IO[bytes]) -> Iterator[TermRecord]:
    run.seek(0)
    while head := run.read(_SIZES.size):
        key_size, size = _SIZES.unpack(head)
        yield run.read(key_size), run.read(size)
