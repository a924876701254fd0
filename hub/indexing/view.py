"""One generation of the index as one thread sees it: open files, facts per segment, postings by term.

A view belongs to one thread while it reads and is never shared or refreshed; a new generation gets a new view.
"""

import heapq
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import Any

from cachetools import LRUCache
from whoosh import index
from whoosh.reading import SegmentReader

from hub.indexing.facts import FILE_KIND, Codes, SegmentFacts
from hub.indexing.postings import Postings

FIELD = "all"
_MOST_COUNTS = 1_000
_MOST_POSTINGS = 200_000
_MOST_BEGINNINGS = 50


@dataclass(slots=True)
class Segment:
    """One segment: its open reader, its facts, which of its documents are gone, and what is remembered of it."""

    reader: SegmentReader
    offset: int
    facts: SegmentFacts
    deleted: frozenset[int]
    memory: "SegmentMemory"

    def postings(self, term: str, field: str = FIELD) -> Postings:
        """Places of a term in ascending order, each with a degree below 1; the deleted ones are still among them."""
        held = self.memory.postings.get((field, term))
        if held is None:
            held = self.reader._terms.postings(field, term)
            self.memory.keep_postings((field, term), held)
        return held

    def positions(self, term: str, wanted: Iterable[int]) -> dict[int, Any]:
        """Where the term stands in each of the wanted documents."""
        return self.reader._terms.positions(term, wanted)

    def count(self, term: str, field: str = FIELD) -> int:
        """How many documents hold the term, deleted ones included."""
        counts = self.memory.counts
        known = counts.get((field, term))
        if known is None:
            if len(counts) >= _MOST_COUNTS:
                counts.clear()
            known = counts[(field, term)] = self.reader._terms.count(field, term)
        return known

    def labels(self, sign: str) -> list[str]:
        """All terms that begin with a sign."""
        return [term for term, _ in self.counts_from(FIELD, sign)]

    def counts_from(self, field: str, beginning: str) -> Iterator[tuple[str, int]]:
        """Terms with this beginning and how many documents hold each, in order, deleted documents included."""
        return self.reader._terms.counts_from(field, beginning)

    def most_frequent(self, field: str, beginning: str, limit: int) -> list[tuple[int, str]]:
        """(count, term) of the terms with this beginning that most documents hold."""
        found = self.memory.frequent.get((field, beginning))
        if found is None:
            pieces = self.reader._terms.starting_with(field, beginning)
            pairs = chain.from_iterable(zip(counts, keys, strict=True) for keys, counts in pieces)
            found = [(count, key[1:].decode()) for count, key in heapq.nlargest(limit, pairs)]
            if len(found) == limit:
                self.memory.keep_frequent((field, beginning), found)
        return found

    def live_places(self) -> list[int]:
        """All documents that are there, the marker left out."""
        gone, marker = self.deleted, self.facts.marker_place
        return [place for place in range(len(self.facts)) if place not in gone and place != marker]


def _name(reader: SegmentReader) -> str:
    return reader.segment().segment_id()


class SegmentMemory:
    """What was read of one segment lately; a segment never changes, so it stays true until the segment is gone."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], int] = {}
        self.postings: LRUCache[tuple[str, str], Postings] = LRUCache(_MOST_POSTINGS, lambda held: len(held[0]) + 50)
        self.frequent: LRUCache[tuple[str, str], list[tuple[int, str]]] = LRUCache(_MOST_BEGINNINGS)
        self._lock = Lock()

    def keep_postings(self, key: tuple[str, str], postings: Postings) -> None:
        """Remember a posting list unless it alone would fill the memory."""
        if len(postings[0]) < _MOST_POSTINGS // 4:
            with self._lock, suppress(KeyError):
                self.postings[key] = postings

    def keep_frequent(self, key: tuple[str, str], found: list[tuple[int, str]]) -> None:
        """Remember the frequent terms of a short beginning: it is what everybody types first."""
        with self._lock, suppress(KeyError):
            self.frequent[key] = found


class FactsCache:
    """Facts and words by segment name, kept for the process: a change rereads only the segments that are new."""

    def __init__(self) -> None:
        self.codes = Codes()
        self._facts: dict[str, SegmentFacts] = {}
        self._memories: dict[str, SegmentMemory] = {}
        self._lock = Lock()

    def of(self, reader: SegmentReader) -> SegmentFacts:
        name = _name(reader)
        with self._lock:
            facts = self._facts.get(name)
            if facts is None:
                facts = self._facts[name] = self._read(reader)
            return facts

    def _read(self, reader: SegmentReader) -> SegmentFacts:
        """From the file of facts, or document by document where there is none yet."""
        facts, storage, file = SegmentFacts(), reader.storage(), reader.segment().make_filename(FILE_KIND)
        if storage.file_exists(file):
            size = storage.file_length(file)
            with closing(storage.open_file(file)) as opened:
                facts.unpack(opened.get(0, size), self.codes)
            return facts
        column = reader.column_reader("facts", translate=False)
        for place in range(reader.doc_count_all()):
            facts.take(bytes(column[place]), self.codes.number)
        return facts

    def memory_of(self, reader: SegmentReader) -> SegmentMemory:
        """What this process remembers of the segment."""
        with self._lock:
            return self._memories.setdefault(_name(reader), SegmentMemory())

    def keep_only(self, names: set[str]) -> None:
        """Forget segments that no longer belong to the index."""
        with self._lock:
            for kept in (self._facts, self._memories):
                for name in kept.keys() - names:
                    del kept[name]


class View:
    """All segments of one generation.

    A new view takes the open files of those segments that are still there from the view before it: a segment's files
    never change, and what was deleted since is read anew. (Whoosh's own reuse of readers keeps old deletions.)
    """

    def __init__(self, opened: index.FileIndex, cache: FactsCache, former: "View | None" = None) -> None:
        self._readers: dict[str, SegmentReader] = {}
        self.segments: list[Segment] = []
        self.codes = cache.codes
        self._cache = cache
        contents = opened._read_toc()
        self.generation: int = contents.generation
        kept = former.give_up() if former is not None else {}
        try:
            for segment in contents.segments:
                self._add(segment, kept.pop(segment.segment_id(), None), opened.storage, contents.schema)
        except BaseException:
            self.close()
            raise
        finally:
            for reader in kept.values():
                reader.close()
        cache.keep_only(set(self._readers))
        self.size = sum(len(segment.facts) - len(segment.deleted) for segment in self.segments) - 1

    def _add(self, segment: Any, reader: SegmentReader | None, storage: Any, schema: Any) -> None:
        """Add a segment as the newest contents describe it, with files opened now or before."""
        reader = reader or SegmentReader(storage, schema, segment)
        self._readers[segment.segment_id()] = reader
        offset = sum(len(before.facts) for before in self.segments)
        deleted = frozenset(segment.deleted_docs())
        self.segments.append(Segment(reader, offset, self._cache.of(reader), deleted, self._cache.memory_of(reader)))

    def give_up(self) -> dict[str, SegmentReader]:
        """The open files by segment, for the view after this one; this view is of no use afterwards."""
        given, self._readers = self._readers, {}
        return given

    def close(self) -> None:
        """Give the files back."""
        for reader in self.give_up().values():
            reader.close()

    def __del__(self) -> None:
        if hasattr(self, "_readers"):
            self.close()

    @property
    def marker(self) -> int:
        """Up to which number of the change log this generation has been brought."""
        for segment in self.segments:
            facts = segment.facts
            if facts.marker is not None and facts.marker_place not in segment.deleted:
                return facts.marker
        return 0

    def places_of(self, name: str) -> list[int]:
        """Where the document with this id stands, counted over all segments as a writer counts."""
        return [
            segment.offset + place
            for segment in self.segments
            for place in segment.postings(name, "id")[0]
            if place not in segment.deleted
        ]

    def count(self, term: str, field: str = FIELD) -> int:
        """How many documents hold the term."""
        return sum(segment.count(term, field) for segment in self.segments)

    def words_from(self, beginning: str) -> Iterator[str]:
        """The words of titles, summaries and keywords with this beginning; one may come from several segments."""
        return (word for segment in self.segments for word, _ in segment.counts_from("words", beginning))

    def ids(self) -> set[int]:
        """The ids of all documents."""
        return {segment.facts.ids[place] for segment in self.segments for place in segment.live_places()}
