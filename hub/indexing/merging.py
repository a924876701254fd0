"""When segments are put together: what few changes left behind soon after them, large ones only in a worker.

A search looks into every segment, so there must not be many; putting together many entries takes long, so nobody who
waits for a page may have to do it.
"""

from collections.abc import Iterator
from typing import Any

from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from hub.indexing.postings import Posting

Segments = list[Any]

TIERS = ((10, 6), (200, 12))


def size_of_merge(segments: Segments) -> int:
    """How many documents stand in small segments if there are enough of them to be put together, else none."""
    return sum(segment.doc_count_all() for segment in _worth_merging(segments))


def merge_small(writer: SegmentWriter, segments: Segments) -> Segments:
    """Put small segments of about the same size together, if there are enough of them."""
    return _merged(writer, segments, _worth_merging(segments))


def merge_none(_writer: SegmentWriter, segments: Segments) -> Segments:
    """Leave all segments as they are."""
    return segments


def merge_all(writer: SegmentWriter, segments: Segments) -> Segments:
    """Put everything together and leave out what was deleted."""
    return _merged(writer, segments, segments)


def _worth_merging(segments: Segments) -> Segments:
    """The segments of the first tier that is full: a tier holds all that have fewer documents than it says."""
    for size, enough in TIERS:
        small = [segment for segment in segments if segment.doc_count_all() < size]
        if len(small) >= enough:
            return small
    return []


def _merged(writer: SegmentWriter, segments: Segments, chosen: Segments) -> Segments:
    for segment in chosen:
        reader = _Reader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in segments if segment not in chosen]


class _Reader(SegmentReader):
    """Reads all postings in the order in which they stand in the file."""

    def iter_postings(self) -> Iterator[Posting]:
        gone = self.deleted_docs_set
        return (posting for posting in self._terms.all_postings() if posting[2] not in gone)
