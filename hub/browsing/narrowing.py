"""Narrowing a list down: its state in the address, the facets beside it and the chips above it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from hub.browsing.queries import Shelf
from hub.core.text import clean_line
from hub.entries.models import KIND_ICONS, KIND_LABELS, LANGUAGE_LABELS, PRACTICE_LABELS, Kind
from hub.entries.queries import NO_SECTION, Filters
from hub.entries.queries.vocabulary import kept_names
from hub.web.facets import Choice, Facet
from hub.web.filters import number

FACETS = ("section", "kind", "organisation", "year", "tag", "practice", "practised", "language")
MOST_VALUES = 20
LONGEST_VALUE = 200
SHOWN_TAGS = 20

Pairs = tuple[tuple[str, str], ...]
FacetCounts = dict[str, list[tuple[str, str, int]]]


def read_filters(args: MultiDict[str, str], collection_id: int) -> Filters:
    """What a request narrows the list to; anything odd fits nothing, a keyword's former name is the keyword."""
    values = {name: _clean_values(args.getlist(name)) for name in FACETS}
    values["tag"] = kept_names(values["tag"])
    return Filters(collection_id=collection_id, **values)


def _clean_values(given: Sequence[str]) -> tuple[str, ...]:
    cleaned = (clean_line(value[:LONGEST_VALUE]) for value in given[:MOST_VALUES])
    return tuple(dict.fromkeys(value for value in cleaned if value))


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a list: its path and the pairs of its query."""

    path: str
    pairs: Pairs = ()

    def __str__(self) -> str:
        return f"{self.path}?{urlencode(self.pairs)}" if self.pairs else self.path

    def with_value(self, name: str, value: str) -> "Address":
        """The same list with this one value in the field."""
        return Address(self.path, (*self.without(name).pairs, (name, value)))

    def without(self, *names: str) -> "Address":
        """The same list without these fields."""
        return Address(self.path, tuple(pair for pair in self.pairs if pair[0] not in names))

    def without_value(self, name: str, value: str) -> "Address":
        """The same list without this one choice."""
        return Address(self.path, tuple(pair for pair in self.pairs if pair != (name, value)))


def address_of(path: str, filters: Filters, more: Iterable[tuple[str, str]] = ()) -> Address:
    """The address of a list with all its choices."""
    chosen = [(name, value) for name in FACETS for value in getattr(filters, name)]
    return Address(path, (*more, *chosen))


@dataclass(frozen=True, slots=True)
class Chip:
    """A link above the board, as ``ui.chip`` takes it."""

    label: str
    url: str
    icon: str
    count: str
    current: bool


def facets_of(shelf: Shelf, filters: Filters, counts: FacetCounts) -> list[Facet]:
    """The groups of filters beside the list; kinds and sections are always all there, choices stay visible."""
    whole = {"kind": tuple(Kind), "section": tuple(title for _number, title in shelf.sections)}
    groups = []
    for name, title in _titles().items():
        chosen = getattr(filters, name)
        found = {value: (label, count) for value, label, count in counts[name]}
        if name == "language" and len(found) < 2 and not chosen:
            continue
        most = SHOWN_TAGS if name == "tag" else None
        values = dict.fromkeys([*whole.get(name, ()), *list(found)[:most], *chosen])
        groups.append(Facet(name, title, [_choice(name, str(value), found, chosen) for value in values]))
    return groups


def chips_of(
    address: Address, filters: Filters, counts: FacetCounts, leave_out: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """Label and address of each active filter; the address is the list without it."""
    chips = []
    for name, title in _titles().items():
        labels = {value: label for value, label, _count in counts[name]}
        for value in getattr(filters, name) if name not in leave_out else ():
            label = _label(name, value, labels.get(value, value))
            chips.append((f"{title}: {label}", str(address.without_value(name, value))))
    return chips


def kind_chips_of(address: Address, filters: Filters, counts: FacetCounts) -> list[Chip]:
    """The kinds as links above the board; the first link takes the choice back."""
    everything = address.without("kind")
    found = {value: count for value, _label, count in counts["kind"]}
    chips = [Chip(_("Alle"), str(everything), "", number(sum(found.values())), not filters.kind)]
    for kind, label in KIND_LABELS.items():
        if kind in found or kind in filters.kind:
            url = str(everything.with_value("kind", kind))
            chips.append(Chip(str(label), url, KIND_ICONS[kind], number(found.get(kind, 0)), kind in filters.kind))
    return chips


def _titles() -> dict[str, str]:
    return {
        "section": _("Abschnitt"),
        "kind": _("Art"),
        "organisation": _("Stadt oder Stelle"),
        "year": _("Erschienen"),
        "tag": _("Schlagwort"),
        "practice": _("Stand der Umsetzung"),
        "practised": _("Eingesetzt in"),
        "language": _("Sprache"),
    }


def _choice(name: str, value: str, found: dict[str, tuple[str, int]], chosen: Sequence[str]) -> Choice:
    label, count = found.get(value, (value, 0))
    return Choice(value, _label(name, value, label), count, value in chosen)


def _label(name: str, value: str, label: str) -> str:
    if name == "kind":
        return str(KIND_LABELS.get(value, value))  # type: ignore[call-overload]
    if name == "practice":
        return str(PRACTICE_LABELS.get(value, value))  # type: ignore[call-overload]
    if name == "language":
        return str(LANGUAGE_LABELS.get(value, value))
    return _("Ohne Abschnitt") if name == "section" and value == NO_SECTION else label
