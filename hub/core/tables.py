"""Tables that leave the hub as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Lines with semicolons, as spreadsheets in German expect them; the first one carries a byte order mark."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write("\ufeff")
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def safe_cell(value: Any) -> str:
    """A value as text that no spreadsheet takes for a formula; control characters are gone."""
    text = "" if value is None else str(value)
    if text.startswith(_FORMULA_SIGNS):
        text = "'" + text
    return "".join(letter if letter >= " " or letter == "\n" else " " for letter in text)
