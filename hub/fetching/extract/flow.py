"""Collects the text of a file in the order of reading, and stops when there is enough of it."""

import re
import time
import unicodedata
from contextlib import suppress

from hub.fetching.extract.result import MAX_CHARACTERS, MAX_PAGES

# Whoever reads this long keeps what it has; the limit of the system comes later and keeps nothing.
ENOUGH_SECONDS = 15.0
PORTION = 3000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NO_SIGNS = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_BLANKS = re.compile(r"[ \t\xa0]{2,}")
_EMPTY_LINES = re.compile(r"\n{3,}")
_EDGES = re.compile(r"(?<![ \t])[ \t]*\n[ \t]*")  # looks back, else a long run of blanks takes quadratic time
# A hyphen before "und" or "bis" stands for a part of a word that comes later, and stays.
_LATER = r"(?!(?:und|oder|bis|sowie|bzw|noch|and|or)\b)"
_HYPHEN = re.compile(rf"(?<=[^\W\d_])[-\u2010\u00ad]\n{_LATER}(?=[a-zäöüß])")
_MARKED_HYPHEN = re.compile(rf"(?<=[^\W\d_])[\ufffe\x02]\n?{_LATER}(?=[a-zäöüß])")
_OTHER_MARK = re.compile(r"(?<=[^\W\d_])[\ufffe\x02]")


class Enough(Exception):
    """As much was read as is kept."""


class Flow:
    """Takes text piece by piece; ``portion`` ends a page by itself after so many letters, at the end of a line."""

    def __init__(self, portion: int = 0) -> None:
        self.pages: list[str] = []
        self._portion = portion
        self._lines: list[str] = []
        self._line: list[str] = []
        self._taken = 0
        self._on_page = 0

    def write(self, text: str) -> None:
        """Go on in the line."""
        left = MAX_CHARACTERS - self._taken
        self._line.append(text[:left])
        self._taken += len(text)
        self._on_page += len(text)
        if self._taken >= MAX_CHARACTERS:
            raise Enough

    def end_line(self) -> None:
        """The line is whole."""
        if time.process_time() > ENOUGH_SECONDS:
            raise Enough
        if self._line:
            self._lines.append("".join(self._line))
            self._line.clear()
            self._taken += 1
        if self._portion and self._on_page >= self._portion:
            self.end_page()

    def end_page(self) -> None:
        """The page is whole; an empty one keeps its place, except where pages are only portions."""
        if self._line:
            self._lines.append("".join(self._line))
        text = tidy("\n".join(self._lines))
        self._lines.clear()
        self._line.clear()
        self._on_page = 0
        if text or not self._portion:
            self.pages.append(text)
        if len(self.pages) >= MAX_PAGES:
            raise Enough

    def close(self) -> None:
        """Nothing more comes; what stands on a page that is not whole is kept."""
        if self._line or self._lines:
            with suppress(Enough):
                self.end_page()


def tidy(text: str) -> str:
    """Words that a line's end has parted are put together; blanks, ligatures and control signs are put right."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    text = _EDGES.sub("\n", text)
    text = _OTHER_MARK.sub("-", _MARKED_HYPHEN.sub("", _HYPHEN.sub("", text)))
    text = _NO_SIGNS.sub("", _CONTROL.sub("", text)).translate(_LIGATURES)
    return unicodedata.normalize("NFC", _EMPTY_LINES.sub("\n\n", _BLANKS.sub(" ", text))).strip()
