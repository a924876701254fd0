"""What stands largest on the first page of a PDF; runs in the confined process only."""

import ctypes
from itertools import groupby
from statistics import median
from typing import NamedTuple

import pypdfium2
from pypdfium2.raw import FS_RECTF, FPDFText_GetLooseCharBox, FPDFText_GetUnicode

from hub.fetching.extract.result import LINE_LENGTH

MOST_LETTERS = 4000
SHORTEST, MOST_WORDS = 8, 30
CLEARLY_LARGER = 1.25


class _Letter(NamedTuple):
    sign: str
    height: int


def find(page: pypdfium2.PdfTextPage) -> str:
    """The words in the largest letters, when they are clearly larger than the rest and read like a title."""
    letters = [_letter(page, number) for number in range(min(page.count_chars(), MOST_LETTERS))]
    written = [letter.height for letter in letters if letter.sign.isalpha()]
    if not written:
        return ""
    usual = median(written)
    runs = groupby(_carried(letters), key=lambda letter: letter.height)
    larger = [
        (height, "".join(letter.sign for letter in run)) for height, run in runs if height >= CLEARLY_LARGER * usual
    ]
    for _height, text in sorted(larger, key=lambda one: -one[0]):
        title = " ".join(text.split())
        if SHORTEST <= len(title) <= LINE_LENGTH and 1 < len(title.split()) <= MOST_WORDS:
            return title
    return ""


def _letter(page: pypdfium2.PdfTextPage, number: int) -> _Letter:
    """A sign and its height in whole units; where there is none it takes no room."""
    code, box = FPDFText_GetUnicode(page, number), FS_RECTF()
    if not FPDFText_GetLooseCharBox(page, number, ctypes.byref(box)):
        return _Letter(" ", 0)
    sign = chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else " "
    return _Letter(sign, round(abs(box.top - box.bottom)))


def _carried(letters: list[_Letter]) -> list[_Letter]:
    """Blanks and ends of lines have the height of what stands before them."""
    height, carried = 0, []
    for letter in letters:
        height = height if letter.sign.isspace() else letter.height
        carried.append(_Letter(letter.sign, height))
    return carried
