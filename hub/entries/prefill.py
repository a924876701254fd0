"""What a pasted link can tell the form before it is saved. The reading is done by a neighbour; wiring ties it in."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from werkzeug.datastructures import MultiDict

from hub.core.actor import Actor
from hub.core.errors import Refused
from hub.entries.models import LANGUAGE_LABELS, Kind
from hub.entries.queries import HeldFile

AUTHOR_FIELDS = ("detail_author", "detail_authors")
PRESET = {"kind": Kind.DOKUMENT.value, "language": "de"}


class Told(Protocol):
    """What a link tells: values by field of the form, else a sentence why there are none, or that it is being read."""

    @property
    def values(self) -> Mapping[str, str]:
        """What it says, by field."""

    @property
    def sentence(self) -> str:
        """Why it says nothing, and how to go on."""

    @property
    def is_waiting(self) -> bool:
        """Whether a worker has still to read it."""


class Reader(Protocol):
    """Who reads links."""

    def propose(self, actor: Actor, url: str) -> Told:
        """Have the page read and wait for it, a bounded time."""

    def look(self, actor: Actor, url: str) -> Told:
        """Have the page read, and say what is known at this moment; raises Refused when it is no link."""

    def known(self, url: str) -> Mapping[str, str]:
        """What a page that was read tells; nobody is asked."""


_readers: list[Reader] = []


def on_link(reader: Reader) -> None:
    """Register who reads links."""
    _readers[:] = [reader]


def ask(actor: Actor, url: str) -> None:
    """Have a page read when a worker gets to it; what is no link, or one too many, stays unread."""
    try:
        _readers[0].look(actor, url)
    except Refused:
        return


def known(url: str) -> Mapping[str, str]:
    """What is known of a page already."""
    return _readers[0].known(url)


def fill(actor: Actor, typed: MultiDict[str, str]) -> tuple[MultiDict[str, str], str]:
    """The typed form with what the link tells in fields that are empty or as preset, and the sentence for the page."""
    told = _readers[0].propose(actor, typed.get("url", ""))
    return _filled(typed, told.values), told.sentence


def fill_from_files(typed: MultiDict[str, str], held: Sequence[HeldFile]) -> MultiDict[str, str]:
    """The typed form with what its first document tells of itself in fields that are empty or as preset."""
    return _filled(typed, values_of(held[0])) if held else typed


def values_of(file: HeldFile) -> dict[str, str]:
    """What a document tells, by field name."""
    values = {
        "title": file.title,
        "year": str(file.year or ""),
        "language": file.language,
        **dict.fromkeys(AUTHOR_FIELDS, file.author),
    }
    return {name: value for name, value in values.items() if value}


def _filled(typed: MultiDict[str, str], values: Mapping[str, str]) -> MultiDict[str, str]:
    filled = typed.copy()
    for name, value in values.items():
        if name == "language" and value not in LANGUAGE_LABELS:
            continue
        if value and filled.get(name, "").strip() in ("", PRESET.get(name, "")):
            filled[name] = value
    return filled
