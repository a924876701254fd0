"""The facts of documents as compact arrays, one set per segment: what facets, filters and orders are made from."""

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, compress, islice, repeat
from struct import Struct
from threading import Lock

REVIEWED = 1
OUTDATED = 2
# A facet with more values than this is counted one by one, as are values that fewer documents than 1 in so many have.
_MOST_VALUES = 250
_RARE = 150
# From so many documents, and one in so many of a segment, sets are counted as bits.
_MANY, _SHARE = 1_500, 16
_HEAD = Struct("<4sI")
_MAGIC = b"FCT1"
FILE_KIND = ".fct"
MANY = ("collection", "tag", "file", "practice", "practised")


class Codes:
    """Small numbers for values that repeat; shared by all segments of a process, only ever grows."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._lock = Lock()
        self.values: list[str] = []

    def number(self, value: str) -> int:
        """The number of a value, a new one if it was never seen."""
        known = self._numbers.get(value)
        if known is not None:
            return known
        with self._lock:
            return self._add(value)

    def _add(self, value: str) -> int:
        if value not in self._numbers:
            self.values.append(value)
            self._numbers[value] = len(self.values) - 1
        return self._numbers[value]

    def known(self, value: str) -> int | None:
        """The number of a value, if any document ever had it."""
        return self._numbers.get(value)


def as_bits(places: Iterable[int], size: int) -> int:
    """A set of documents as one long number, so that two sets are compared at the speed of the processor."""
    flags = bytearray(b"0") * size
    for place in places:
        flags[place] = 49  # the digit 1
    return int(flags, 2) if size else 0


class SingleColumn:
    """One value per document."""

    def __init__(self) -> None:
        self.codes = array("I")

    def append(self, code: int) -> None:
        self.codes.append(code)

    @cached_property
    def bits(self) -> dict[int, int]:
        """The documents of each value; empty when there are too many values."""
        holding: dict[int, array] = {}
        for place, code in enumerate(self.codes):
            if code in holding:
                holding[code].append(place)
            elif len(holding) < _MOST_VALUES:
                holding[code] = array("I", (place,))
            else:
                return {}
        return {code: as_bits(places, len(self.codes)) for code, places in holding.items()}

    def count(self, places: Sequence[int], wanted: int | None = None) -> Counter:
        """How many of these documents have each value; ``wanted`` are the same documents as bits."""
        if wanted is None or not self.bits:
            return Counter(map(self.codes.__getitem__, places))
        return Counter({code: (wanted & bits).bit_count() for code, bits in self.bits.items()})

    def having(self, places: Iterable[int], wanted: frozenset[int]) -> set[int]:
        codes = self.codes
        return {place for place in places if codes[place] in wanted}


class ManyColumn:
    """Any number of values per document."""

    def __init__(self) -> None:
        self.codes = array("I")
        self.starts = array("I", [0])

    def append(self, codes: Iterable[int]) -> None:
        self.codes.extend(codes)
        self.starts.append(len(self.codes))

    @cached_property
    def bits(self) -> dict[int, int]:
        """The documents of each common value."""
        size = len(self.starts) - 1
        common = {code for code, count in Counter(self.codes).items() if count * _RARE > size}
        holding: dict[int, array] = {code: array("I") for code in common}
        for place, code in self._pairs():
            if code in holding:
                holding[code].append(place)
        return {code: as_bits(places, size) for code, places in holding.items()}

    @cached_property
    def _rare(self) -> tuple[array, array]:
        """The documents of all other values, with the values."""
        pairs = [(place, code) for place, code in self._pairs() if code not in self.bits]
        return array("I", [place for place, _ in pairs]), array("I", [code for _, code in pairs])

    def _pairs(self) -> Iterator[tuple[int, int]]:
        lengths = map(int.__sub__, islice(self.starts, 1, None), self.starts)
        places = chain.from_iterable(map(repeat, range(len(self.starts) - 1), lengths))
        return zip(places, self.codes, strict=True)

    def count(self, places: Sequence[int], wanted: int | None = None) -> Counter:
        """How many of these documents have each value; ``wanted`` are the same documents as bits."""
        codes, starts = self.codes, self.starts
        if wanted is None:
            return Counter(chain.from_iterable(codes[starts[place] : starts[place + 1]] for place in places))
        rare_places, rare_codes = self._rare
        held = set(places) if rare_places else set()
        counts = Counter(compress(rare_codes, map(held.__contains__, rare_places)))
        counts.update({code: (wanted & bits).bit_count() for code, bits in self.bits.items()})
        return counts

    def having(self, places: Iterable[int], wanted: frozenset[int]) -> set[int]:
        codes, starts = self.codes, self.starts
        return {place for place in places if not wanted.isdisjoint(codes[starts[place] : starts[place + 1]])}

    def of(self, place: int) -> array:
        return self.codes[self.starts[place] : self.starts[place + 1]]


class PackedTexts:
    """Many short texts as one block of bytes."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("I", [0])

    def append(self, text: str) -> None:
        self._bytes += text.encode()
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def parts(self) -> tuple[bytearray, array]:
        """All that it consists of."""
        return self._bytes, self._ends

    def __getitem__(self, place: int) -> str:
        return self.raw(place).decode()

    def raw(self, place: int) -> bytes:
        """The text as UTF-8, which sorts like the text."""
        return bytes(self._bytes[self._ends[place] : self._ends[place + 1]])


class SegmentFacts:
    """All facts of one segment; never changes, for a segment's documents never do (deletions live outside)."""

    def __init__(self) -> None:
        self.ids = array("q")
        self.published = array("q")
        self.years = array("h")
        self.marks = bytearray()
        self.titles = PackedTexts()
        self.labels = SingleColumn()
        self.marker: int | None = None
        self.marker_place = -1
        self.single = {facet: SingleColumn() for facet in ("kind", "organisation", "year", "language")}
        self.many = {facet: ManyColumn() for facet in MANY}
        self.columns: dict[str, SingleColumn | ManyColumn] = {**self.single, **self.many}

    def take(self, packed: bytes, number: Callable[[str], int]) -> None:
        """Add the next document; ``number`` gives the code of a value."""
        row = json.loads(packed)
        if row[0] == -1:
            self.marker, self.marker_place = row[1], len(self.ids)
            row = [-1, "", "", "", "", 0, "", [], [], [], 0, 0, [], []]
        id_, title, kind, organisation, label, year, language, collections, tags, media, *rest = row
        published, marks, *practices = rest
        self.ids.append(id_)
        self.titles.append(title)
        self.years.append(year if 0 < year < 32_000 else 0)
        self.published.append(published)
        self.marks.append(marks)
        self.labels.append(number(label))
        for facet, value in (("kind", kind), ("organisation", organisation), ("language", language)):
            self.single[facet].append(number(value))
        self.single["year"].append(number(str(year) if year else ""))
        for facet, values in zip(MANY, (collections, tags, media, *practices), strict=True):
            self.many[facet].append([number(value) for value in values])

    def __len__(self) -> int:
        return len(self.ids)

    def pack(self, values: list[str]) -> bytes:
        """Everything as one piece, for a file beside the segment's others; ``values`` are those of the codes."""
        parts = [bytes(part) for part in self._parts()]
        told = {"values": values, "marker": self.marker, "place": self.marker_place, "sizes": list(map(len, parts))}
        head = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        return b"".join((_HEAD.pack(_MAGIC, len(head)), head, *parts))

    def unpack(self, packed: bytes, codes: Codes) -> None:
        """Take over what ``pack`` gave, with the codes of this process."""
        magic, size = _HEAD.unpack_from(packed)
        begin = _HEAD.size + size
        told = json.loads(packed[_HEAD.size : begin])
        if magic != _MAGIC or begin + sum(told["sizes"]) != len(packed):
            raise ValueError("The facts of a segment are damaged.")
        self.marker, self.marker_place = told["marker"], told["place"]
        for part, length in zip(self._parts(), told["sizes"], strict=True):
            del part[:]
            if isinstance(part, array):
                part.frombytes(packed[begin : begin + length])
            else:
                part += packed[begin : begin + length]
            begin += length
        numbers = [codes.number(value) for value in told["values"]]
        if numbers != list(range(len(numbers))):
            for column in (self.labels, *self.columns.values()):
                column.codes = array("I", map(numbers.__getitem__, column.codes))

    def _parts(self) -> Iterator[array | bytearray]:
        yield from (self.ids, self.published, self.years, self.marks, *self.titles.parts(), self.labels.codes)
        yield from (column.codes for column in self.single.values())
        for column in self.many.values():
            yield from (column.codes, column.starts)

    def bits_of(self, places: Sequence[int]) -> int | None:
        """The documents as bits if they are so many that counting them like that is quicker."""
        is_quicker = len(places) > _MANY and len(places) * _SHARE > len(self)
        return as_bits(places, len(self)) if is_quicker else None
