"""What may come back from reading a file: text and a few figures, as JSON whose every part is checked."""

import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import date

MAX_PAGES, MAX_CHARACTERS = 2000, 5_000_000
LINE_LENGTH = 300
# A letter takes at most four bytes; escapes and the frame take little, because texts are tidied before.
MAX_BYTES = 4 * MAX_CHARACTERS + 1_000_000
NO_TEXT = ("encrypted", "scanned", "unrecognised")
PASSING = ("slow", "memory", "crashed", "output")
REASONS = ("", *NO_TEXT, *PASSING, "damaged", "bomb", "kind")
WORD = re.compile(r"[^\W\d_]{3}")
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Unreadable(Exception):
    """Why a file gives no text, as one of ``REASONS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a file by pages (empty ones keep their place) and what the file says of itself.

    ``reason`` is empty when there is text; ``is_cut`` says that only the beginning was read; ``scanned`` are the
    numbers of pages that are pictures, between others that hold text.
    """

    reason: str = ""
    pages: tuple[str, ...] = ()
    page_count: int = 0
    is_cut: bool = False
    title: str = ""
    author: str = ""
    date: str = ""
    language: str = ""
    scanned: tuple[int, ...] = ()

    @property
    def about(self) -> dict[str, str]:
        """What the document says of itself."""
        return {"title": self.title, "author": self.author, "date": self.date, "language": self.language}

    @property
    def is_textless(self) -> bool:
        """Whether the file is sound and holds no text that could be read."""
        return self.reason in NO_TEXT

    @property
    def is_passing(self) -> bool:
        """Whether trying again may help."""
        return self.reason in PASSING


def encode(found: Extracted) -> bytes:
    """The result as it goes through the pipe."""
    return json.dumps(asdict(found), ensure_ascii=False).encode()


def decode(content: bytes) -> Extracted:
    """The result as it came through the pipe; raises Unreadable when anything about it is odd."""
    try:
        value = json.loads(content.decode())
        found = Extracted(**{**value, "pages": tuple(value["pages"]), "scanned": tuple(value["scanned"])})
        _check(found)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unreadable("output") from error
    if found.reason:
        raise Unreadable(found.reason)
    return found


def _check(found: Extracted) -> None:
    """Raises ValueError unless every part has its type and its size, and no text holds control characters."""
    for field in fields(Extracted):
        wanted = tuple if field.name in ("pages", "scanned") else field.type
        if type(getattr(found, field.name)) is not wanted:
            raise ValueError(field.name)
    if any(type(page) is not str or _ODD.search(page) for page in found.pages):
        raise ValueError("pages")
    if len(found.pages) > MAX_PAGES or sum(map(len, found.pages)) > MAX_CHARACTERS:
        raise ValueError("pages")
    if any(type(number) is not int or not 0 < number <= len(found.pages) for number in found.scanned):
        raise ValueError("scanned")
    if len(set(found.scanned)) != len(found.scanned) or any(found.pages[number - 1] for number in found.scanned):
        raise ValueError("scanned")
    if not len(found.pages) <= found.page_count < 10**9 or found.reason not in REASONS:
        raise ValueError("figures")
    lines = (found.title, found.author, found.language)
    if any(len(line) > LINE_LENGTH or _ODD.search(line) or "\n" in line for line in lines):
        raise ValueError("lines")
    if found.date:
        date.fromisoformat(found.date)
