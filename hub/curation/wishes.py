"""What a change of many entries asks for, and what that means for one entry. Knows no database."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.entries.details import clean_details, shown_details
from hub.entries.models import KIND_LABELS, Kind, tag_key
from hub.entries.queries.many import State
from hub.entries.service.contributing import MOST_TAGS

MOVE, ADD, REMOVE = "move", "add", "remove"
HOWS = {
    MOVE: _l("Verschieben in …"),
    ADD: _l("Zusätzlich aufnehmen in …"),
    REMOVE: _l("Herausnehmen aus …"),
}
LABELS: dict[str, Any] = {
    "title": _l("Titel"),
    "kind": _l("Art"),
    "organisation_id": _l("Stadt oder Stelle"),
    "places": _l("Sammlungen"),
    "tags": _l("Schlagwörter"),
    "year": _l("Jahr"),
    "publisher": _l("Herausgegeben von"),
    "summary": _l("Worum geht es?"),
    "review_on": _l("Nächste Prüfung"),
}
BETWEEN = " › "


class NotPossible(Exception):
    """Why an entry cannot be changed as asked, in words."""


@dataclass(frozen=True, slots=True)
class Known:
    """Collections, sections (with their collection) and organisations by number.

    ``synonyms``: the keyword that another spelling stands for, by the key of that spelling.
    """

    collections: Mapping[int, str]
    sections: Mapping[int, tuple[int, str]]
    organisations: Mapping[int, str]
    synonyms: Mapping[str, str] = field(default_factory=dict)

    def preferred(self, names: Iterable[str]) -> tuple[str, ...]:
        """Keywords as entries carry them."""
        found = (self.synonyms.get(tag_key(name), name) for name in names)
        return tuple({tag_key(name): name for name in found}.values())

    def place(self, place: Mapping[str, Any]) -> str:
        """Collection and section in words."""
        title = self.collections.get(place["collection_id"], "")
        section = self.sections.get(place["section_id"] or 0)
        return f"{title}{BETWEEN}{section[1]}" if section else title


@dataclass(frozen=True, slots=True)
class Wish:
    """The same change for all picked entries; what is empty stays as it is.

    ``from_id``: out of which collection they move, 0 for the first of each. ``section``: (collection, section), with
    section 0 for none. ``review_on`` is a day as ISO 8601 writes it.
    """

    collection_how: str = ""
    collection_id: int = 0
    from_id: int = 0
    section: tuple[int, int] | None = None
    tags_added: tuple[str, ...] = ()
    tags_removed: tuple[str, ...] = field(default=())
    organisation_id: int = 0
    kind: str = ""
    review_on: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return self == Wish()

    def values_for(self, state: State) -> dict[str, Any]:
        """What the entry would say otherwise; raises NotPossible."""
        values: dict[str, Any] = {}
        if self.collection_how or self.section:
            values["places"] = self._places(state)
        if self.tags_added or self.tags_removed:
            values["tags"] = self._tags(state)
        if self.organisation_id:
            values["organisation_id"] = self.organisation_id
        if self.review_on:
            values["review_on"] = self.review_on
        if self.kind:
            values |= of_kind(state, self.kind)
        return differing(state, values)

    def _places(self, state: State) -> list[dict[str, Any]]:
        places = [dict(place) for place in state.values["places"]]
        if self.collection_how == ADD:
            places = _with(places, self.collection_id)
        elif self.collection_how == REMOVE:
            places = _without(places, self.collection_id)
        elif self.collection_how == MOVE:
            places = self._moved(places)
        if self.section:
            collection, section = self.section
            place = next((one for one in places if one["collection_id"] == collection), None)
            if place is None:
                raise NotPossible(_("Der Eintrag steht nicht in der Sammlung, zu der dieser Abschnitt gehört."))
            place["section_id"] = section or None
        return numbered(places)

    def _moved(self, places: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The new collection takes the place of the old one; the section belongs to the old one and goes with it."""
        old = self.from_id or places[0]["collection_id"]
        if not any(place["collection_id"] == old for place in places):
            raise NotPossible(_("Der Eintrag steht nicht in der Sammlung, aus der er verschoben werden soll."))
        if old == self.collection_id:
            return places
        rest = [place for place in places if place["collection_id"] != self.collection_id]
        present = next((place for place in places if place["collection_id"] == self.collection_id), None)
        new = present or new_place(self.collection_id)
        return [new if place["collection_id"] == old else place for place in rest]

    def _tags(self, state: State) -> list[str]:
        out = set(map(tag_key, self.tags_removed))
        kept = [name for name in state.values["tags"] if tag_key(name) not in out]
        there = set(map(tag_key, kept))
        tags = kept + [name for name in self.tags_added if tag_key(name) not in there]
        return fit_tags(tags)


def new_place(collection_id: int, section_id: int | None = None) -> dict[str, Any]:
    """A place as one that an entry has just been put into."""
    return {"collection_id": collection_id, "section_id": section_id, "position": 0}


def numbered(places: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """In this order, the first one at 0."""
    return [place | {"position": position} for position, place in enumerate(places)]


def fit_tags(tags: list[str]) -> list[str]:
    """As many keywords as an entry may carry; raises NotPossible."""
    if len(tags) > MOST_TAGS:
        raise NotPossible(_("Der Eintrag hätte dann mehr als %(n)s Schlagwörter.", n=MOST_TAGS))
    return tags


def of_kind(state: State, kind: str) -> dict[str, Any]:
    """Kind and details: those that the new kind does not know go."""
    if kind == state.values["kind"]:
        return {}
    return {"kind": kind, "details": clean_details(Kind(kind), state.values["details"] or {})}


def differing(state: State, values: Mapping[str, Any]) -> dict[str, Any]:
    """Only what the entry does not say already."""
    found = {name: value for name, value in values.items() if value != _now(state, name)}
    if "tags" in found and set(map(tag_key, found["tags"])) == set(map(tag_key, state.values["tags"])):
        del found["tags"]
    return found


def changes_in_words(state: State, values: Mapping[str, Any], known: Known) -> list[list[str]]:
    """[label, what goes, what comes] for each field that changes; of lists only what goes and comes."""
    told = [_in_words(name, state, values, known) for name in LABELS if name in values]
    if "details" in values:
        told += _details_in_words(state, values)
    return told


def _in_words(name: str, state: State, values: Mapping[str, Any], known: Known) -> list[str]:
    old, new = state.values[name], values[name]
    word: Callable[[Any], str] = lambda value: str(value or "")  # noqa: E731
    if name == "kind":
        word = lambda value: str(KIND_LABELS[Kind(value)])  # noqa: E731
    if name == "organisation_id":
        word = lambda value: known.organisations.get(value, "")  # noqa: E731
    if name not in ("places", "tags"):
        return [str(LABELS[name]), word(old), word(new)]
    if name == "places":
        old, new = [known.place(place) for place in old], [known.place(place) for place in new]
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    if not gone and not come:
        gone, come = old, new
    return [str(LABELS[name]), "; ".join(gone), "; ".join(come)]


def _details_in_words(state: State, values: Mapping[str, Any]) -> list[list[str]]:
    """Details that go with the old kind."""
    kept = values["details"] or {}
    gone = {name: value for name, value in (state.values["details"] or {}).items() if name not in kept}
    old = shown_details(Kind(state.values["kind"]), gone)
    return [[label, "; ".join(told), ""] for label, told in old]


def _now(state: State, name: str) -> Any:
    return numbered(state.values["places"]) if name == "places" else state.values[name]


def _with(places: list[dict[str, Any]], collection_id: int) -> list[dict[str, Any]]:
    if any(place["collection_id"] == collection_id for place in places):
        return places
    return [*places, new_place(collection_id)]


def _without(places: list[dict[str, Any]], collection_id: int) -> list[dict[str, Any]]:
    rest = [place for place in places if place["collection_id"] != collection_id]
    if not rest:
        raise NotPossible(_("Der Eintrag steht nur in dieser Sammlung. Bitte verschieben Sie ihn in eine andere."))
    return rest
