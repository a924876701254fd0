"""The facts of documents as compact arrays, one set per segment: what facets, filters and orders are made from."""

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain
from threading import Lock

REVIEWED = 1
OUTDATED = 2


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


class SingleColumn:
    """One value per document."""

    def __init__(self) -> None:
        self.codes = array("I")

    def append(self, code: int) -> None:
        self.codes.append(code)

    def count(self, places: Sequence[int]) -> Counter:
        return Counter(map(self.codes.__getitem__, places))

    def having(self, places: Iterable[int], wanted: frozenset[int]) -> set[int]:
        codes = self.codes
        return {place for place in places if codes[place] in wanted}


class ManyColumn:
    """Any number of values per document."""

    def __init__(self) -> None:
        self.codes = array("I")
        self.starts = array("I", [0])

    @cached_property
    def _all(self) -> Counter:
        """Over all documents; asked for when the segment is complete."""
        return Counter(self.codes)

    def append(self, codes: Iterable[int]) -> None:
        self.codes.extend(codes)
        self.starts.append(len(self.codes))

    def count(self, places: Sequence[int]) -> Counter:
        codes, starts = self.codes, self.starts
        if not codes:
            return Counter()
        if len(places) * 2 > len(starts):
            held = self._all.copy()
            missing = set(range(len(starts) - 1)).difference(places)
            held.subtract(chain.from_iterable(codes[starts[place] : starts[place + 1]] for place in missing))
            return +held
        return Counter(chain.from_iterable(codes[starts[place] : starts[place + 1]] for place in places))

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

    def __getitem__(self, place: int) -> str:
        return self.raw(place).decode()

    def raw(self, place: int) -> bytes:
        """The text as UTF-8, which sorts like the text."""
        return bytes(self._bytes[self._ends[place] : self._ends[place + 1]])


class SegmentFacts:
    """All facts of one segment; never changes, for a segment's documents never do (deletions live outside)."""

    def __init__(self, rows: Iterable[bytes], codes: Codes) -> None:
        self.ids = array("q")
        self.published = array("q")
        self.years = array("h")
        self.marks = bytearray()
        self.titles = PackedTexts()
        self.labels = SingleColumn()
        self.marker: int | None = None
        self.marker_place = -1
        self.single = {facet: SingleColumn() for facet in ("kind", "organisation", "year", "language")}
        self.many = {facet: ManyColumn() for facet in ("collection", "tag", "file", "practice")}
        self.columns: dict[str, SingleColumn | ManyColumn] = {**self.single, **self.many}
        for row in rows:
            self._take(json.loads(bytes(row)), codes.number)

    def _take(self, row: list, number) -> None:
        if row[0] == -1:
            self.marker, self.marker_place = row[1], len(self.ids)
            row = [-1, "", "", "", "", 0, "", [], [], [], 0, 0, []]
        id_, title, kind, organisation, label, year, language, collections, tags, media, *rest = row
        published, marks, practice = rest
        self.ids.append(id_)
        self.titles.append(title)
        self.years.append(year if 0 < year < 32_000 else 0)
        self.published.append(published)
        self.marks.append(marks)
        self.labels.append(number(label))
        for facet, value in (("kind", kind), ("organisation", organisation), ("language", language)):
            self.single[facet].append(number(value))
        self.single["year"].append(number(str(year) if year else ""))
        many = (("collection", collections), ("tag", tags), ("file", media), ("practice", practice))
        for facet, values in many:
            self.many[facet].append([number(value) for value in values])

    def __len__(self) -> int:
        return len(self.ids)
