"""What a pasted link can tell the form before it is saved. The asking is done by a neighbour; wiring ties it in."""

from collections.abc import Callable, Mapping, Sequence

from werkzeug.datastructures import MultiDict

from hub.core.actor import Actor
from hub.entries.models import LANGUAGE_LABELS, Kind
from hub.entries.queries import HeldFile

Asking = Callable[[Actor, str], tuple[Mapping[str, str], str]]
AUTHOR_FIELDS = ("detail_author", "detail_authors")
PRESET = {"kind": Kind.DOKUMENT.value, "language": "de"}
_asking: list[Asking] = []


def on_link(ask: Asking) -> None:
    """Register who reads links: ``ask(actor, url)`` gives values by field name and a sentence when there are none."""
    _asking[:] = [ask]


def fill(actor: Actor, typed: MultiDict[str, str]) -> tuple[MultiDict[str, str], str]:
    """The typed form with what the link tells in fields that are empty or as preset, and the sentence for the page."""
    values, sentence = _asking[0](actor, typed.get("url", ""))
    return _filled(typed, values), sentence


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
