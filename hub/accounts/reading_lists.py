"""Lists of people as they are pasted or sent as CSV or XLSX: from text and bytes to lines of four values.

Knows no database; whether a line can be taken says ``hub.accounts.service.listing``. Formulas stay text.
"""

import csv
import os
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import getaddresses
from io import BytesIO, StringIO

from flask_babel import gettext as _

from hub.core.errors import Refused
from hub.core.text import clean_line

MOST_LINES, MOST_CELLS, LONGEST_CELL = 500, 20, 300
MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 1024 * 1024, 20 * 1024 * 1024, 200
LONGEST_LINE = 10_000
ZIP_MARK = b"PK\x03\x04"
FIELDS = ("email", "name", "organisation", "role")
HEADS = {
    "email": {"email", "e-mail", "mail", "e-mail-adresse", "emailadresse", "mailadresse", "email address"},
    "name": {"name", "vor- und nachname", "person", "full name"},
    "first_name": {"vorname", "first name"},
    "last_name": {"nachname", "familienname", "last name"},
    "organisation": {"organisation", "mitglied", "stadt", "kommune", "einrichtung", "city"},
    "role": {"rolle", "role"},
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list as it was written; ``number`` counts from 1, an empty value was not given."""

    number: int
    email: str
    name: str = ""
    organisation: str = ""
    role: str = ""


def read_text(text: str) -> list[Line]:
    """Lines that were pasted: columns from a table program, or addresses from a mail program."""
    rows: list[Sequence[str]] = []
    for line in text.splitlines():
        if "<" in line and "@" in line:
            rows += [(address, name) for name, address in getaddresses([line.replace(";", ",")])]
        else:
            rows += _split(line)
    return _lines(enumerate(rows, 1))


def read_file(data: bytes) -> list[Line]:
    """A CSV or XLSX file, told apart by its content; raises Refused when it is neither or too big."""
    if len(data) > MOST_BYTES:
        raise Refused(_("Die Datei ist größer als 1 MB. Bitte teilen Sie die Liste auf."))
    if data.startswith(ZIP_MARK):
        return _lines(enumerate(_rows_of_workbook(data), 1))
    text = _decode(data)
    if "\0" in text:
        raise Refused(_("Diese Datei ist keine Liste. Möglich sind CSV und XLSX."))
    return _lines(enumerate(_rows_of_text(text), 1))


def _rows_of_text(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(StringIO(text), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise Refused(_("Diese Datei ist keine Liste. Möglich sind CSV und XLSX.")) from error


def _split(line: str) -> list[Sequence[str]]:
    """One pasted line as a row; several bare addresses on a line are a row each."""
    cells = next(csv.reader([line[:LONGEST_LINE]], delimiter=_delimiter(line)), [])
    addresses = [cell for cell in cells if "@" in cell]
    return [[address] for address in addresses] if len(addresses) > 1 else [cells]


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(("\t", ";", ","), key=first.count)


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _lines(rows: Iterable[tuple[int, Sequence[str]]]) -> list[Line]:
    """Rows with their numbers as lines; a first row without an address that names columns says what stands where."""
    columns: dict[str, int] | None = None
    lines: list[Line] = []
    is_first = True
    for number, row in rows:
        cells = [clean_line(cell[: LONGEST_CELL * 2])[:LONGEST_CELL] for cell in row[:MOST_CELLS]]
        if not any(cells):
            continue
        if is_first and (columns := _columns(cells)):
            is_first = False
            continue
        is_first = False
        if len(lines) == MOST_LINES:
            raise Refused(_("Die Liste hat mehr als %(n)s Zeilen. Bitte teilen Sie sie auf.", n=MOST_LINES))
        lines.append(_by_columns(number, cells, columns) if columns else _by_order(number, cells))
    return lines


def _columns(cells: Sequence[str]) -> dict[str, int] | None:
    if any("@" in cell for cell in cells):
        return None
    found: dict[str, int] = {}
    for position, cell in enumerate(cells):
        for field, names in HEADS.items():
            if cell.casefold().rstrip(":*") in names:
                found.setdefault(field, position)
    return found if "email" in found else None


def _by_columns(number: int, cells: Sequence[str], columns: dict[str, int]) -> Line:
    values = {field: cells[place] for field, place in columns.items() if place < len(cells)}
    whole = " ".join(filter(None, (values.pop("first_name", ""), values.pop("last_name", ""))))
    return Line(number, **({"name": whole, "email": ""} | {name: value for name, value in values.items() if value}))


def _by_order(number: int, cells: Sequence[str]) -> Line:
    """Without names of columns: the cell with an @ is the address, the others follow as name, organisation, role."""
    email = next((cell for cell in cells if "@" in cell), "")
    others = [cell for cell in cells if cell != email]
    return Line(number, email, **dict(zip(FIELDS[1:], others, strict=False)))


def _rows_of_workbook(data: bytes) -> list[list[str]]:
    _refuse_bomb(data)
    os.environ.setdefault("OPENPYXL_LXML", "False")  # read by defusedxml then, and lxml stays unloaded
    from openpyxl import load_workbook

    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=MOST_LINES + 2, max_col=MOST_CELLS, values_only=True)
        return [["" if cell is None else str(cell) for cell in row] for row in rows]
    except Exception as error:  # the library lets whatever it stumbles over come through
        raise Refused(_("Diese Tabelle lässt sich nicht lesen. Bitte speichern Sie sie neu oder als CSV.")) from error


def _refuse_bomb(data: bytes) -> None:
    """Look at the table of contents before anything is unpacked."""
    try:
        parts = zipfile.ZipFile(BytesIO(data)).infolist()
    except zipfile.BadZipFile as error:
        raise Refused(_("Diese Tabelle lässt sich nicht lesen. Bitte speichern Sie sie neu oder als CSV.")) from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refused(_("Diese Tabelle ist ausgepackt zu groß. Bitte teilen Sie die Liste auf."))
    if any(part.filename.casefold().endswith("vbaproject.bin") for part in parts):
        raise Refused(_("Tabellen mit Makros nehmen wir nicht an. Bitte speichern Sie als XLSX oder CSV."))
