"""What a pasted link can tell the form before it is saved. The reading is done by a neighbour; wiring ties it in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from hub.core.actor import Actor
from hub.core.errors import Refused
from hub.entries.document import texts_behind
from hub.entries.models import LANGUAGE_LABELS, Kind
from hub.entries.queries import HeldFile
from hub.entries.queries.held import read_beginning
from hub.entries.queries.proposing import NOBODY, Double, Near, find_doubles, find_near, propose

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

    @property
    def notes(self) -> Sequence[str]:
        """What was odd about it."""

    @property
    def has_picture(self) -> bool:
        """Whether it names a picture."""

    @property
    def is_pictured(self) -> bool:
        """Whether that picture has come."""


class Reader(Protocol):
    """Who reads links."""

    def propose(self, actor: Actor, url: str) -> Told:
        """Have the page read and wait for it, a bounded time."""

    def look(self, actor: Actor, url: str) -> Told:
        """Have the page read, and say what is known at this moment; raises Refused when it is no link."""

    def peek(self, url: str) -> Told:
        """What is known at this moment; nobody is asked."""

    def wait(self, url: str, seconds: float) -> None:
        """Wait so long at most for a page that is being read."""

    def known(self, url: str) -> Mapping[str, str]:
        """What a page that was read tells; nobody is asked."""

    def was_asked(self, url: str) -> bool:
        """Whether anybody ever had the page read."""

    def ask_for_picture(self, url: str) -> None:
        """Have the picture fetched that a page names, if it was read."""


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


def ask_for_picture(url: str) -> None:
    """Have the picture of a link fetched, for the entry that has just been saved."""
    if _readers:
        _readers[0].ask_for_picture(url)


def known(url: str) -> Mapping[str, str]:
    """What is known of a page already."""
    return _readers[0].known(url)


def was_asked(url: str) -> bool:
    """Whether anybody ever had the page read."""
    return _readers[0].was_asked(url)


@dataclass(frozen=True, slots=True)
class Untold:
    """Of a link that nobody reads, and why."""

    sentence: str
    values: Mapping[str, str] = field(default_factory=dict)
    is_waiting: bool = False
    notes: Sequence[str] = ()
    has_picture: bool = False
    is_pictured: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """A form with what could be found out. ``proposed`` names the fields that similar entries filled, ``is_told``
    whether the page said anything, ``sentence`` why not, ``doubles`` what may be the same thing, ``has_picture``
    whether the page names one, ``is_pictured`` whether it has come."""

    form: MultiDict[str, str]
    is_told: bool = False
    sentence: str = ""
    is_waiting: bool = False
    proposed: tuple[str, ...] = ()
    doubles: Sequence[Double] = ()
    notes: Sequence[str] = ()
    has_picture: bool = False
    is_pictured: bool = False

    def changes(self, typed: Mapping[str, str]) -> dict[str, str]:
        """The fields that now say something else than was typed."""
        return {name: value for name, value in self.form.items() if value and value != typed.get(name, "")}


def tell(actor: Actor, url: str) -> Told:
    """What a link tells after a bounded wait."""
    return _readers[0].propose(actor, url)


def look(actor: Actor, url: str) -> Told:
    """Have a page read, and what it tells at this moment, or why it is not read."""
    try:
        return _readers[0].look(actor, url)
    except Refused as error:
        return Untold(error.message)


def peek(url: str) -> Told:
    """What a page tells at this moment; nobody is asked."""
    return _readers[0].peek(url)


def wait(url: str, seconds: float) -> None:
    """Wait so long at most for a page that is being read."""
    _readers[0].wait(url, seconds)


def fill(actor: Actor, typed: MultiDict[str, str], told: Told) -> Filled:
    """The typed form with what link and similar entries tell in fields that are empty or as preset."""
    url = typed.get("url", "")
    filled = with_values(typed, told.values)
    title = filled.get("title", "")
    near = _near(filled, lambda: texts_behind([url]).get(url, ""))
    doubles = find_doubles(actor, near, url, told.values.get("detail_doi", ""), title)
    filled, proposed = _proposed(filled, near)
    seen = told.has_picture, told.is_pictured
    is_told = bool(told.values) and not told.sentence
    notes = [*told.notes, *_note_on_language(told.values.get("language", ""))] if is_told else ()
    return Filled(filled, is_told, told.sentence, told.is_waiting, proposed, doubles, notes, *seen)


def _near(filled: MultiDict[str, str], text: Callable[[], str]) -> Near:
    title, summary = filled.get("title", ""), filled.get("summary", "")
    return find_near(title, summary, text()) if title or summary else NOBODY


def _note_on_language(code: str) -> list[str]:
    """A page in another language is welcome; said so that nobody wonders."""
    if code in ("", "de"):
        return []
    label = LANGUAGE_LABELS.get(code)
    if label is None:
        return [_("Die Sprache der Seite steht hier nicht zur Wahl. Bitte wählen Sie eine, die nahekommt.")]
    return [_("Die Seite ist nicht auf Deutsch. Eingetragen ist als Sprache: %(language)s.", language=label)]


def _proposed(filled: MultiDict[str, str], near: Near) -> tuple[MultiDict[str, str], tuple[str, ...]]:
    """What similar entries speak for, in fields that are still empty; and which fields these are."""
    chosen = next(filter(None, filled.getlist("collections")), "")
    found = propose(near, filled.get("title", ""), filled.get("summary", ""), chosen)
    values = {"collections": found.collection, "section": found.section, "tags": ", ".join(found.tags)}
    new = {name: value for name, value in values.items() if value and not any(filled.getlist(name))}
    for name, value in new.items():
        filled[name] = value
    return filled, tuple(new)


def with_files(typed: MultiDict[str, str], held: Sequence[HeldFile]) -> MultiDict[str, str]:
    """The typed form with what its first document tells of itself in fields that are empty or as preset."""
    return with_values(typed, values_of(held[0])) if held else typed


def fill_from_files(actor: Actor, typed: MultiDict[str, str], held: Sequence[HeldFile]) -> Filled:
    """The same, and where it may belong as similar entries have it; there is at least one file."""
    filled = with_files(typed, held)
    near = _near(filled, lambda: read_beginning(held[0].id))
    doubles = find_doubles(actor, near, "", "", filled.get("title", ""))
    filled, proposed = _proposed(filled, near)
    return Filled(filled, is_told=True, proposed=proposed, doubles=doubles)


def proposed_for(actor: Actor, file: HeldFile) -> dict[str, str]:
    """For script: what a document tells, and where it may belong, by field name."""
    if file.is_waiting:
        return {}
    filled = fill_from_files(actor, MultiDict(), [file])
    return {name: value for name, value in filled.form.items() if value}


def values_of(file: HeldFile) -> dict[str, str]:
    """What a document tells, by field name."""
    values = {
        "title": file.title,
        "year": str(file.year or ""),
        "language": file.language,
        **dict.fromkeys(AUTHOR_FIELDS, file.author),
    }
    return {name: value for name, value in values.items() if value}


def with_values(typed: MultiDict[str, str], values: Mapping[str, str]) -> MultiDict[str, str]:
    """The typed form with these values in fields that are empty or as preset."""
    form = MultiDict(typed)
    for name, value in values.items():
        if name == "language" and value not in LANGUAGE_LABELS:
            continue
        if value and form.get(name, "").strip() in ("", PRESET.get(name, "")):
            form[name] = value
    return form
