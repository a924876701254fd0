"""The names of facets and of their values, as people read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import CompoundSelect, String, cast, literal, select, union_all

from hub.accounts.models import Organisation
from hub.collections.models import Collection
from hub.core.db import db
from hub.entries.models import KIND_LABELS, LANGUAGE_LABELS, PRACTICE_LABELS, Kind, Practice
from hub.entries.queries import is_practised
from hub.indexing.generation import cached


@dataclass(frozen=True, slots=True)
class CollectionLabel:
    """How a collection is shown in a list."""

    slug: str
    title: str
    icon: str
    colour: str


_NAMES: dict[str, dict[str, Any]] = {
    "kind": {str(kind): label for kind, label in KIND_LABELS.items()},
    "language": dict(LANGUAGE_LABELS),
    "practice": {str(state): label for state, label in PRACTICE_LABELS.items()},
}


def facet_titles() -> dict[str, str]:
    """The facets in the order of the page, with their headings."""
    return {
        "collection": _("Sammlung"),
        "kind": _("Art"),
        "organisation": _("Stadt oder Stelle"),
        "year": _("Erschienen"),
        "language": _("Sprache"),
        "tag": _("Schlagwort"),
        "practice": _("Stand der Umsetzung"),
        "practised": _("Eingesetzt in"),
        "file": _("Datei"),
    }


def sort_titles() -> list[tuple[str, str]]:
    """The orders in which hits can stand."""
    return [
        ("relevance", _("Beste Treffer")),
        ("newest", _("Neueste zuerst")),
        ("year", _("Erscheinungsjahr")),
        ("title", _("Titel")),
    ]


def value_label(facet: str, value: str) -> str:
    """The name of one value; an unknown one is its own name."""
    return value_labels(facet, [value])[0]


def value_labels(facet: str, values: Iterable[str]) -> list[str]:
    """The names of values, in their order."""
    if facet == "file":
        return [value.upper() for value in values]
    if facet in _NAMES:
        return [str(_NAMES[facet].get(value, value)) for value in values]
    stored = _stored()[1].get("organisation" if facet == "practised" else facet, {})
    return [stored.get(value, value) for value in values]


def known_values(facet: str) -> list[str]:
    """All values of the facets that show their zeros, in order; empty for the others."""
    if facet == "kind":
        return [str(kind) for kind in Kind]
    if facet in ("collection", "practised"):
        return list(_stored()[1][facet])
    return []


def collections() -> list[CollectionLabel]:
    """All collections in their order."""
    return _stored()[0]


def _stored() -> tuple[list[CollectionLabel], dict[str, dict[str, str]]]:
    return cached("search labels", _read)


@cache
def _question() -> CompoundSelect[str, str, str, str, str, int]:
    """All in one, for a page after a change asks many already."""
    none = literal("")
    collections_ = select(
        literal("collection").label("facet"), Collection.slug, Collection.title, Collection.icon, Collection.colour,
        Collection.position,
    )  # fmt: skip
    organisations = select(
        literal("organisation"), cast(Organisation.id, String), Organisation.label, none, none, literal(0)
    )
    practising = (
        select(literal("practised"), cast(Organisation.id, String), Organisation.label, none, none, literal(0))
        .join(Practice, Practice.organisation_id == Organisation.id)
        .where(is_practised(in_sight=True))
    )
    return union_all(collections_, organisations, practising.distinct()).order_by("position", "title")


def _read() -> tuple[list[CollectionLabel], dict[str, dict[str, str]]]:
    found: list[CollectionLabel] = []
    names: dict[str, dict[str, str]] = {"collection": {}, "organisation": {}, "practised": {}}
    for facet, value, title, icon, colour, _position in db.session.execute(_question()):
        names[facet][value] = title
        if facet == "collection":
            found.append(CollectionLabel(value, title, icon, colour))
    return found, names
