"""The postings of one segment on disk: flat arrays per term, found through a sorted list of terms.

Whoosh pickles its postings in blocks, positions and all, and undoing that was most of what a common word's search
cost. Here places, degrees and positions lie apart as machine numbers, so a search reads only what it looks at, at the
speed of the disk's cache, and one reading serves beginnings and corrections too, for terms stand in order.

``.trm`` holds blocks of terms with their counts and offsets, at its end the first term of each block. ``.pst`` holds
for each term the places (32 bit), then for fields with weights the degrees (32 bit floats), the number of positions
of each (16 bit) and all positions (16 bit).
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import accumulate, pairwise
from struct import Struct
from typing import Any

from whoosh.codec.base import FieldWriter
from whoosh.codec.whoosh3 import W3Codec, W3PerDocWriter
from whoosh.filedb.structfile import StructFile

from hub.indexing.facts import FILE_KIND, Codes, SegmentFacts

# The first byte of a term's key. Documents have weights and positions in WEIGHTED only.
FIELDS = {"all": b"a", "id": b"i", "tags": b"k", "title": b"t", "words": b"w", "written": b"x"}
WEIGHTED = b"a"
SATURATION = 4.0
PLAIN_DEGREE = 1 / (1 + SATURATION)

GAP, _LAST = b"\0", b"\xff"
_NAMES = {sign: name for name, sign in FIELDS.items()}
_MAGIC = b"HUB1"
_BLOCK = 64
_HEAD = Struct("<II")
_TAIL = Struct("<IIQ4s")
_POSTING = Struct("<IfH")
_PLACE = Struct("<I")

Postings = tuple[array, array]
TermRecord = tuple[bytes, bytes]
Posting = tuple[str, bytes, int, float, bytes]


class Damaged(Exception):
    """The files of a segment are not as they were written."""


def key_of(field: str, term: str) -> bytes:
    """Under which key a term stands in the list of terms."""
    return FIELDS[field] + term.encode().replace(GAP, b" ")


def record_of(key: bytes, place: int, weight: float, positions: bytes) -> bytes:
    """One document of a term, as it is collected before a segment is written."""
    if key[:1] != WEIGHTED:
        return _PLACE.pack(place)
    return _POSTING.pack(place, weight / (weight + SATURATION), len(positions) // 2) + positions


class HubCodec(W3Codec):
    """Whoosh's own format but for terms and postings. Pickled into every table of contents, so it holds nothing."""

    length_stats = False

    def per_document_writer(self, storage: Any, segment: Any) -> "DocumentsWriter":
        return DocumentsWriter(self, storage, segment)

    def field_writer(self, storage: Any, segment: Any) -> "PostingsWriter":
        terms, postings = (segment.create_file(storage, kind) for kind in (self.TERMS_EXT, self.POSTS_EXT))
        return PostingsWriter(terms, postings)

    def terms_reader(self, storage: Any, segment: Any) -> "TermsReader":
        name = segment.make_filename(self.TERMS_EXT)
        postings = storage.open_file(segment.make_filename(self.POSTS_EXT))
        return TermsReader(storage.open_file(name), postings, storage.file_length(name))


class DocumentsWriter(W3PerDocWriter):
    """Keeps the facts of all documents in one file besides, so that a process that begins to search reads no rows."""

    def __init__(self, codec: HubCodec, storage: Any, segment: Any) -> None:
        super().__init__(codec, storage, segment)
        self._facts, self._codes = SegmentFacts(), Codes()

    def add_column_value(self, field: str, column: Any, value: bytes) -> None:
        super().add_column_value(field, column, value)
        if field == "facts":
            self._facts.take(value, self._codes.number)

    def close(self) -> None:
        super().close()
        with closing(self._segment.create_file(self._storage, FILE_KIND)) as file:
            file.write(self._facts.pack(self._codes.values))


class PostingsWriter(FieldWriter):
    """Writes terms in order, each with all its documents."""

    def __init__(self, terms: StructFile, postings: StructFile) -> None:
        self._terms, self._postings = terms, postings
        self._offset = 0
        self._starts = array("Q")
        self._firsts: list[bytes] = []
        self._texts: list[bytes] = []
        self._counts, self._offsets = array("I"), array("Q")
        self._written = 0
        self.is_closed = False

    def add_postings(self, _schema: Any, _lengths: Any, items: Iterable[TermRecord]) -> None:
        """Take (key, records) in the order of the keys."""
        for key, records in items:
            self._add(key, records)

    def _add(self, key: bytes, records: bytes) -> None:
        columns = _columns(records) if key[:1] == WEIGHTED else (records,)
        count = len(columns[0]) // 4
        self._texts.append(key)
        self._counts.append(count)
        self._offsets.append(self._offset)
        for column in columns:
            self._postings.write(column)
            self._offset += len(column)
        if len(self._texts) == _BLOCK:
            self._write_block()

    def _write_block(self) -> None:
        if not self._texts:
            return
        texts = GAP + GAP.join(self._texts) + GAP
        self._firsts.append(self._texts[0])
        self._starts.append(self._written)
        block = _HEAD.pack(len(texts), len(self._texts)) + texts + self._counts.tobytes() + self._offsets.tobytes()
        self._terms.write(block)
        self._written += len(block)
        self._texts, self._counts, self._offsets = [], array("I"), array("Q")

    def close(self) -> None:
        """Write the list of blocks and close both files."""
        self._write_block()
        self._starts.append(self._written)
        firsts = GAP.join(self._firsts)
        self._terms.write(firsts + self._starts.tobytes())
        self._terms.write(_TAIL.pack(len(firsts), len(self._firsts), self._offset, _MAGIC))
        self._terms.close()
        self._postings.close()
        self.is_closed = True


def _columns(records: bytes) -> tuple[bytes, ...]:
    """Places, degrees, counts of positions and positions, each together, out of records one after the other."""
    offset, end = 0, len(records)
    if end == _POSTING.size + 2 * _POSTING.unpack_from(records)[2]:
        return records[:4], records[4:8], records[8:10], records[10:]
    places, degrees, counts, positions = array("I"), array("f"), array("H"), []
    while offset < end:
        place, degree, count = _POSTING.unpack_from(records, offset)
        places.append(place)
        degrees.append(degree)
        counts.append(count)
        offset += _POSTING.size
        positions.append(records[offset : offset + 2 * count])
        offset += 2 * count
    return places.tobytes(), degrees.tobytes(), counts.tobytes(), b"".join(positions)


class TermsReader:
    """Looks terms up and reads their postings; belongs to one thread, as the files do."""

    def __init__(self, terms: StructFile, postings: StructFile, length: int) -> None:
        self._terms, self._postings = terms, postings
        firsts_size, blocks, self._end, magic = _TAIL.unpack(terms.get(length - _TAIL.size, _TAIL.size))
        if magic != _MAGIC:
            raise Damaged("The list of terms has no end.")
        starts_size = 8 * (blocks + 1)
        begin = length - _TAIL.size - starts_size - firsts_size
        held = terms.get(begin, firsts_size + starts_size)
        self._starts = array("Q", held[firsts_size:])
        self._firsts = held[:firsts_size].split(GAP) if blocks else []
        if len(self._firsts) != blocks:
            raise Damaged("The list of terms is broken.")
        self._last: tuple[int, _Block] | None = None

    def close(self) -> None:
        """Give the files back."""
        self._terms.close()
        self._postings.close()

    def indexed_field_names(self) -> list[str]:
        """The fields that postings may stand in, for Whoosh's merging."""
        return list(FIELDS)

    def count(self, field: str, term: str) -> int:
        """How many documents hold the term."""
        found = self._find(key_of(field, term))
        return found[0] if found else 0

    def postings(self, field: str, term: str) -> Postings:
        """Places in ascending order, each with a degree below 1."""
        found = self._find(key_of(field, term))
        if found is None:
            return array("I"), array("f")
        count, offset = found
        if FIELDS[field] != WEIGHTED:
            return self._numbers("I", offset, count), array("f", (PLAIN_DEGREE,)) * count
        held = self._read(offset, 8 * count)
        return array("I", held[: 4 * count]), array("f", held[4 * count :])

    def positions(self, term: str, wanted: Iterable[int]) -> dict[int, array]:
        """Where the term stands in each of the wanted documents that hold it."""
        found = self._find(key_of("all", term))
        if found is None:
            return {}
        count, offset = found
        places = self._numbers("I", offset, count)
        counts = self._numbers("H", offset + 8 * count, count)
        rows = [
            (row, place)
            for place in sorted(wanted)
            if (row := bisect_left(places, place)) < count and places[row] == place
        ]
        steps = pairwise([0, *(row for row, _ in rows)])
        begins = list(accumulate(sum(counts[one:other]) for one, other in steps))
        every = self._numbers("H", offset + 10 * count, begins[-1] + counts[rows[-1][0]] if rows else 0)
        return {
            place: every[begin : begin + counts[row]] for (row, place), begin in zip(rows, begins, strict=True)
        }

    def starting_with(self, field: str, beginning: str) -> Iterator[tuple[Sequence[bytes], Sequence[int]]]:
        """Keys with this beginning and how many documents hold each, in order, many at a time."""
        wanted = key_of(field, beginning)
        for number in range(max(bisect_right(self._firsts, wanted) - 1, 0), len(self._firsts)):
            block = self._block(number)
            keys = block.keys()
            first = bisect_left(keys, wanted)
            last = bisect_left(keys, wanted + _LAST)
            if first < last:
                yield keys[first:last], block.counts[first:last]
            if last < len(keys):
                return

    def counts_from(self, field: str, beginning: str) -> Iterator[tuple[str, int]]:
        """Terms with this beginning and how many documents hold each, in order."""
        for keys, counts in self.starting_with(field, beginning):
            for key, count in zip(keys, counts, strict=True):
                yield key[1:].decode(), count

    def all_postings(self) -> Iterator[Posting]:
        """Every posting with weight and positions, as a writer takes them, in the order of the files."""
        for number in range(len(self._firsts)):
            block = self._block(number)
            for key, count, offset in zip(block.keys(), block.counts, block.offsets, strict=True):
                read = self._weighted if key[:1] == WEIGHTED else self._plain
                yield from read(key, count, offset)

    def _plain(self, key: bytes, count: int, offset: int) -> Iterator[Posting]:
        return ((_NAMES[key[:1]], key[1:], place, 1.0, b"") for place in self._numbers("I", offset, count))

    def _weighted(self, key: bytes, count: int, offset: int) -> Iterator[Posting]:
        places, degrees = self._numbers("I", offset, count), self._numbers("f", offset + 4 * count, count)
        counts = self._numbers("H", offset + 8 * count, count)
        every = self._read(offset + 10 * count, 2 * sum(counts))
        begin = 0
        for place, degree, size in zip(places, degrees, counts, strict=True):
            yield "all", key[1:], place, SATURATION * degree / (1 - degree), every[begin : begin + 2 * size]
            begin += 2 * size

    def _find(self, key: bytes) -> tuple[int, int] | None:
        number = bisect_right(self._firsts, key) - 1
        return self._block(number).find(key) if number >= 0 else None

    def _block(self, number: int) -> "_Block":
        if self._last is None or self._last[0] != number:
            start, end = self._starts[number : number + 2]
            self._last = number, _Block(self._terms.get(start, end - start))
        return self._last[1]

    def _numbers(self, code: str, offset: int, count: int) -> array:
        numbers = array(code)
        numbers.frombytes(self._read(offset, count * numbers.itemsize))
        return numbers

    def _read(self, offset: int, size: int) -> bytes:
        held = self._postings.get(offset, size)
        if len(held) != size:
            raise Damaged("Postings are missing.")
        return held


class _Block:
    """Some terms in order with their counts and offsets."""

    __slots__ = ("_keys", "_texts", "counts", "offsets")

    def __init__(self, held: bytes) -> None:
        size, count = _HEAD.unpack_from(held)
        counts, offsets = _HEAD.size + size, _HEAD.size + size + 4 * count
        self._texts = held[_HEAD.size : counts]
        self.counts, self.offsets = array("I", held[counts:offsets]), array("Q", held[offsets:])
        self._keys: Sequence[bytes] | None = None
        if len(self.counts) != count or len(self.offsets) != count:
            raise Damaged("Terms are missing.")

    def keys(self) -> Sequence[bytes]:
        if self._keys is None:
            self._keys = self._texts[1:-1].split(GAP)
        return self._keys

    def find(self, key: bytes) -> tuple[int, int] | None:
        place = self._texts.find(GAP + key + GAP)
        if place < 0:
            return None
        row = self._texts.count(GAP, 0, place)
        return self.counts[row], self.offsets[row]
