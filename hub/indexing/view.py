"""One generation of the index as one thread sees it: open files, facts per segment, postings by term.

A view belongs to the thread that opened it and is never shared or refreshed; a new generation gets a new view.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from threading import Lock
from typing import Any

from cachetools import LRUCache
from whoosh import index
from whoosh.reading import SegmentReader, TermNotFound

from hub.indexing.facts import Codes, SegmentFacts
from hub.indexing.vocabulary import Vocabulary, WrittenWords

FIELD = "all"
SATURATION = 4.0
_MOST_COUNTS = 1_000
_SMALL = 500
_MOST_POSTINGS = 200_000

Postings = tuple[array, array]


@dataclass(slots=True)
class Segment:
    """One segment: its open reader, its facts, which of its documents are gone, and what is remembered of it."""

    reader: SegmentReader
    offset: int
    facts: SegmentFacts
    deleted: frozenset[int]
    memory: "SegmentMemory"

    def postings(self, term: str, field: str = FIELD) -> tuple[Sequence[int], Sequence[float]]:
        """Places of a term in ascending order, each with a degree below 1; the deleted ones are still among them."""
        held = self.memory.postings.get((field, term))
        if held is not None:
            return held
        places, degrees = array("I"), array("f")
        for matcher in self._blocks(term, field):
            places.extend(matcher._ids)
            degrees.extend([weight / (weight + SATURATION) for weight in matcher._weights])
        self.memory.keep_postings((field, term), (places, degrees))
        return places, degrees

    def positions(self, term: str, wanted: set[int]) -> dict[int, array]:
        """Where the term stands in each of the wanted documents."""
        found: dict[int, array] = {}
        for matcher in self._blocks(term, FIELD):
            ids = matcher._ids
            here = wanted.intersection(ids)
            if not here:
                continue
            if matcher._values is None:
                matcher._read_values()
            values = matcher._values
            for place in here:
                found[place] = array("H", values[bisect_left(ids, place)])
        return found

    def count(self, term: str, field: str = FIELD) -> int:
        """How many documents hold the term, deleted ones included."""
        counts = self.memory.counts
        known = counts.get((field, term))
        if known is None:
            if len(counts) >= _MOST_COUNTS:
                counts.clear()
            may_hold = len(self.facts) > _SMALL or self.memory.may_hold(self.reader, field, term)
            known = counts[(field, term)] = self.reader.doc_frequency(field, term) if may_hold else 0
        return known

    def labels(self, sign: str) -> list[str]:
        """All terms that begin with a sign."""
        return [term.decode() for term in self.reader.expand_prefix(FIELD, sign.encode())]

    def _blocks(self, term: str, field: str) -> Iterator:
        """The blocks of a posting list. Whoosh's own step through single postings costs ten times as much."""
        try:
            matcher = self.reader._terms.matcher(field, term.encode(), self.reader.schema[field].format)
        except (TermNotFound, KeyError):
            return
        if not hasattr(matcher, "_read_ids"):
            yield matcher
            return
        while True:
            if matcher._data is None:
                matcher._read_data()
            if matcher._ids is None:  # as Whoosh does in Python, one by one
                matcher._ids = list(accumulate(matcher._data[0]))
            if matcher._weights is None:
                matcher._read_weights()
            yield matcher
            if matcher._lastblock:
                return
            matcher._next_block()

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
        self._hashes: array | None = None
        self._lock = Lock()

    def may_hold(self, reader: SegmentReader, field: str, term: str) -> bool:
        """Whether a small segment may hold a term. Most do not, and asking Whoosh costs twenty times as much."""
        if self._hashes is None:
            self._hashes = array("q", sorted(map(hash, reader.all_terms())))
        wanted = hash((field, term.encode()))
        place = bisect_left(self._hashes, wanted)
        return place < len(self._hashes) and self._hashes[place] == wanted

    def keep_postings(self, key: tuple[str, str], postings: Postings) -> None:
        """Remember a posting list unless it alone would fill the memory."""
        if len(postings[0]) < _MOST_POSTINGS // 4:
            with self._lock, suppress(KeyError):
                self.postings[key] = postings


class FactsCache:
    """Facts and words by segment name, kept for the process: a change rereads only the segments that are new."""

    def __init__(self) -> None:
        self.codes = Codes()
        self._facts: dict[str, SegmentFacts] = {}
        self._words: dict[str, Vocabulary] = {}
        self._memories: dict[str, SegmentMemory] = {}
        self._written: dict[str, WrittenWords] = {}
        self._lock = Lock()

    def of(self, reader: SegmentReader) -> SegmentFacts:
        name = _name(reader)
        with self._lock:
            facts = self._facts.get(name)
            if facts is None:
                column = reader.column_reader("facts", translate=False)
                rows = (column[place] for place in range(reader.doc_count_all()))
                facts = self._facts[name] = SegmentFacts(rows, self.codes)
            return facts

    def memory_of(self, reader: SegmentReader) -> SegmentMemory:
        """What this process remembers of the segment."""
        with self._lock:
            return self._memories.setdefault(_name(reader), SegmentMemory())

    def words_of(self, reader: SegmentReader) -> Vocabulary:
        """The segment's words, read when they are first asked for."""
        name = _name(reader)
        with self._lock:
            words = self._words.get(name)
            if words is None:
                words = self._words[name] = Vocabulary(term.decode() for term in reader.lexicon("words"))
            return words

    def written_words_of(self, reader: SegmentReader, facts: SegmentFacts) -> WrittenWords:
        """The segment's words as they are written, read when they are first asked for."""
        name = _name(reader)
        with self._lock:
            if name not in self._written:
                self._written[name] = WrittenWords(facts, self.codes.values)
            return self._written[name]

    def keep_only(self, names: set[str]) -> None:
        """Forget segments that no longer belong to the index."""
        with self._lock:
            for kept in (self._facts, self._words, self._memories, self._written):
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

    def vocabularies(self) -> list[Vocabulary]:
        """The words of each segment."""
        return [self._cache.words_of(segment.reader) for segment in self.segments]

    def written_words(self, segment: Segment) -> WrittenWords:
        """The words of a segment as they are written."""
        return self._cache.written_words_of(segment.reader, segment.facts)

    def ids(self) -> set[int]:
        """The ids of all documents."""
        return {segment.facts.ids[place] for segment in self.segments for place in segment.live_places()}
