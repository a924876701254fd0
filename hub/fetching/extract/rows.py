"""The first sheet of a workbook as rows of cells; runs in the confined process, builds no tree.

What a cell shows is not worked out: a formula is reported as one, a number or text as it stands in the file.
"""

import json
import re

from hub.fetching.extract.archive import Archive
from hub.fetching.extract.cells import FORMULA, LONGEST_CELL, MOST_CELLS, MOST_CHARACTERS, MOST_ROWS, ODD
from hub.fetching.extract.result import Unreadable

_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def read(content: bytes) -> bytes:
    """The rows as JSON; raises Unreadable."""
    archive = Archive(content)
    if any(name.casefold().endswith("vbaproject.bin") for name in archive.names):
        raise Unreadable("kind")
    texts = _Texts()
    archive.parse_if_there("xl/sharedStrings.xml", texts)
    sheet = _Cells(texts.found)
    archive.parse(_first_sheet(archive), sheet)
    return json.dumps({"rows": sheet.rows, "is_cut": sheet.is_cut}, ensure_ascii=False).encode()


def _first_sheet(archive: Archive) -> str:
    """The sheet that stands first; without a table of contents the first by number."""
    order, targets = _Attributes("sheet", "id"), _Attributes("Relationship", "Target", key="Id")
    archive.parse_if_there("xl/workbook.xml", order)
    archive.parse_if_there("xl/_rels/workbook.xml.rels", targets)
    for number in order.values:
        name = "xl/" + targets.by_key.get(number, "").removeprefix("/xl/").removeprefix("/")
        if name in archive.names:
            return name
    sheets = sorted(name for name in archive.names if name.startswith("xl/worksheets/") and name.endswith(".xml"))
    if not sheets:
        raise Unreadable("kind")
    return sheets[0]


class _Attributes:
    """One attribute of all elements of a name, in order and by another attribute."""

    def __init__(self, element: str, wanted: str, key: str = "") -> None:
        self.values: list[str] = []
        self.by_key: dict[str, str] = {}
        self._element, self._wanted, self._key = element, wanted, key

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Keep what is wanted."""
        if name == self._element and self._wanted in attributes and len(self.values) < MOST_CELLS:
            self.values.append(attributes[self._wanted])
            self.by_key[attributes.get(self._key, "")] = attributes[self._wanted]

    def end(self, _name: str) -> None:
        """Nothing to do."""

    def data(self, _text: str) -> None:
        """Nothing to do."""


class _Texts:
    """Texts that cells refer to by number; readings for East Asian signs are left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._is_text = self._is_reading = False
        self._size = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        """A text or a run of it begins."""
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._is_reading = True
        elif name == "t":
            self._is_text = not self._is_reading

    def end(self, name: str) -> None:
        """A text is complete."""
        if name == "si":
            self.found.append(_tidy("".join(self._pieces)))
        elif name == "rPh":
            self._is_reading = False
        elif name == "t":
            self._is_text = False

    def data(self, text: str) -> None:
        """A piece of a text."""
        if self._is_text:
            self._size += len(text)
            if self._size > MOST_CHARACTERS:
                raise Unreadable("bomb")
            self._pieces.append(text)


class _Cells:
    """Rows of cells: column from 0, kind (``f``: a formula), text."""

    def __init__(self, texts: list[str]) -> None:
        self.rows: list[tuple[int, list[tuple[int, str, str]]]] = []
        self.is_cut = False
        self._texts = texts
        self._row: list[tuple[int, str, str]] = []
        self._row_number = self._column = self._size = 0
        self._sort = ""
        self._has_formula = self._is_value = False
        self._pieces: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A row, a cell or its value begins."""
        if name == "row":
            given = attributes.get("r", "")
            self._row, self._column = [], -1
            self._row_number = int(given) if given.isascii() and given.isdigit() else self._row_number + 1
        elif name == "c":
            self._column = _column(attributes.get("r", ""), self._column + 1)
            self._sort, self._has_formula, self._pieces = attributes.get("t", "n"), False, []
        elif name == "f":
            self._has_formula = True
        elif name in ("v", "t"):
            self._is_value = True

    def end(self, name: str) -> None:
        """The same from the other side."""
        if name in ("v", "t"):
            self._is_value = False
        elif name == "c" and self._column < MOST_CELLS:
            text = self._text()
            if text or self._has_formula:
                self._row.append((self._column, FORMULA if self._has_formula else "t", text))
        elif name == "row" and self._row:
            if len(self.rows) >= MOST_ROWS:
                self.is_cut = True
            else:
                self.rows.append((self._row_number, self._row))

    def data(self, text: str) -> None:
        """A piece of a value."""
        if self._is_value:
            self._size += len(text)
            if self._size > MOST_CHARACTERS:
                raise Unreadable("bomb")
            self._pieces.append(text)

    def _text(self) -> str:
        text = "".join(self._pieces)
        if self._sort == "s":
            number = text.strip()
            known = number.isascii() and number.isdigit() and len(number) < 9 and int(number) < len(self._texts)
            text = self._texts[int(number)] if known else ""
        elif self._sort == "n" and text.endswith(".0"):
            text = text[:-2]
        self._size += len(text)
        if self._size > MOST_CHARACTERS:
            raise Unreadable("bomb")
        return _tidy(text)


def _column(place: str, otherwise: int) -> int:
    found = _PLACE.fullmatch(place)
    if not found:
        return otherwise
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _tidy(text: str) -> str:
    """Without control signs; one sign more than fits tells that it was longer."""
    return ODD.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[: LONGEST_CELL + 1]
