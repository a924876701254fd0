"""Words in columns, without the index."""

from typing import Any

from sqlalchemy import ColumnElement, func, or_


def holds(word: str, *columns: Any) -> ColumnElement[bool]:
    """Whether one of the columns holds the word, regardless of case.

    SQLite knows no capital umlauts, so the usual spellings of such a word are tried.
    """
    spellings = {word.lower()} if word.isascii() else {word, word.lower(), word.capitalize(), word.upper()}
    tries = [func.lower(column).contains(spelling, autoescape=True) for column in columns for spelling in spellings]
    if not word.isascii():
        tries += [column.contains(spelling, autoescape=True) for column in columns for spelling in spellings]
    return or_(*tries)
