"""The fields of the index and the version that ties files on disk to the code that wrote them.

Analysis happens before Whoosh: a field is handed its postings ready made, so that the schema, which Whoosh pickles
into every table of contents, holds nothing heavy and no text of ours ever meets Whoosh's own analysers.
"""

import hashlib
from collections.abc import Generator, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from whoosh import analysis, columns, fields, formats

from hub.indexing.compounds import lexicon_checksum

_LAYOUT = 5
_Postings = Generator[tuple[bytes, int, float, bytes], Any, None]


class ReadyPostings(fields.FieldType):
    """A field that takes a mapping term -> (weight, positions as 16-bit numbers) instead of text."""

    def __init__(self) -> None:
        super().__init__(format=formats.Existence(), analyzer=analysis.IDAnalyzer())

    def index(self, value: Mapping[str, tuple[float, bytes]], **_: Any) -> _Postings:
        for term, (weight, positions) in value.items():
            yield term.encode(), 1, weight, positions


class PlainPostings(fields.FieldType):
    """A field that takes ready terms, each of weight one and without positions."""

    def __init__(self) -> None:
        super().__init__(format=formats.Existence(), analyzer=analysis.IDAnalyzer())

    def index(self, value: tuple[str, ...], **_: Any) -> _Postings:
        for term in value:
            yield term.encode(), 1, 1.0, b""


def build_schema() -> fields.Schema:
    """`id` finds a document again, `all` ranks, `title` holds the title's stems, `words` feeds corrections.

    `written` and `tags` hold what is suggested while somebody types: words of titles, and keywords, as written.
    """
    return fields.Schema(
        id=PlainPostings(),
        all=ReadyPostings(),
        title=PlainPostings(),
        words=PlainPostings(),
        written=PlainPostings(),
        tags=PlainPostings(),
        facts=fields.COLUMN(columns.VarBytesColumn()),
    )


@cache
def schema_version() -> str:
    """Changes with the layout, the stemmer and the lexicon: an index of another version is rebuilt."""
    parts = (str(_LAYOUT), version("PyStemmer"), lexicon_checksum())
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]
