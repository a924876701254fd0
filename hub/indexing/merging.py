"""When segments are put together: small ones on the way, all of them only in a worker."""

from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

SMALL = 200
SMALL_COUNT = 8


def merge_small(writer: SegmentWriter, segments: list) -> list:
    """Put the small segments together once there are enough of them; large ones stay as they are."""
    small = [segment for segment in segments if segment.doc_count_all() < SMALL]
    if len(small) < SMALL_COUNT:
        return segments
    _take_in(writer, small)
    return [segment for segment in segments if segment.doc_count_all() >= SMALL]


def merge_all(writer: SegmentWriter, segments: list) -> list:
    """Put everything together and leave out what was deleted."""
    _take_in(writer, segments)
    return []


def _take_in(writer: SegmentWriter, segments: list) -> None:
    for segment in segments:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
