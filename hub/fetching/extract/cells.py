"""What may come back from reading a workbook: rows of cells, as JSON whose every part is checked."""

import json
import re
from typing import Any

from hub.fetching.extract.result import Unreadable

MOST_ROWS, MOST_CELLS, LONGEST_CELL, MOST_CHARACTERS = 20_000, 100, 5_000, 20_000_000
MOST_BYTES = 64 * 1024 * 1024
FORMULA = "f"
ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
Row = tuple[int, dict[int, tuple[str, str]]]


def decode(content: bytes) -> tuple[list[Row], bool]:
    """The rows as they came through the pipe, each with its number and its cells by column from 0: kind and text.

    Raises Unreadable when anything about them is odd.
    """
    try:
        value = json.loads(content.decode())
        if value.get("reason"):
            raise Unreadable(str(value["reason"]))
        rows = [(_number(row[0]), {_number(at): _cell(cell) for at, *cell in row[1]}) for row in value["rows"]]
        return rows, value["is_cut"] is True
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise Unreadable("output") from error


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 10**8:
        raise ValueError("number")
    return value


def _cell(value: Any) -> tuple[str, str]:
    kind, text = value
    if type(kind) is not str or type(text) is not str or len(text) > LONGEST_CELL + 1 or ODD.search(text):
        raise ValueError("cell")
    return kind, text
