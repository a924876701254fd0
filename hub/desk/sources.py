"""The rooms whose findings the desk shows, in the order of the queue; ``hub.wiring`` adds them."""

from collections.abc import Callable, Sequence

from flask_babel import lazy_gettext as _l

from hub.core.errors import Missing
from hub.core.findings import Source

ORDER = ("submission", "change", "report", "question", "link", "duplicate", "review", "miss", "detail")
BACKLOG = ("detail",)  # can wait: not counted in the menu, where each page of the office asks for the number
EMPTY = {
    "submission": _l("Der Eingang ist leer. Gut gemacht."),
    "change": _l("Keine Änderung wartet."),
    "report": _l("Keine Meldung ist offen."),
    "question": _l("Keine Frage ist offen."),
    "link": _l("Alle Links funktionieren."),
    "duplicate": _l("Zurzeit sieht nichts doppelt aus."),
    "review": _l("Zurzeit ist nichts zu prüfen."),
    "miss": _l("Alle Suchen der letzten Zeit haben etwas gefunden."),
    "detail": _l("Allen Einträgen fehlt nichts Wichtiges."),
}
Notice = Callable[[], tuple[str, str] | None]
_notices: list[Notice] = []
_sources: dict[str, Source] = {}


def add(source: Source) -> None:
    """Show the findings of a room; adding it again replaces it."""
    if source.name not in ORDER:
        raise ValueError(f"The desk has no place for {source.name!r}.")
    _sources[source.name] = source


def every() -> Sequence[Source]:
    """All sources, the most urgent first."""
    return sorted(_sources.values(), key=lambda source: ORDER.index(source.name))


def get(name: str) -> Source:
    """The source of this name; raises Missing when there is none."""
    if name not in _sources:
        raise Missing
    return _sources[name]


def on_notices(*told: Notice) -> None:
    """Register what the office must know before it trusts the queue: a text and the page about it, or None."""
    _notices[:] = told


def notices() -> list[tuple[str, str]]:
    """What there is to know now."""
    return [found for tell in _notices if (found := tell()) is not None]
