"""The names of facets and of their values, as people read them."""

from dataclasses import dataclass

from flask_babel import gettext as _

from hub.accounts.queries import find_organisation_choices
from hub.collections.queries import find_collections
from hub.entries.models import KIND_LABELS, LANGUAGE_LABELS, Kind
from hub.indexing.generation import cached


@dataclass(frozen=True, slots=True)
class CollectionLabel:
    """How a collection is shown in a list."""

    slug: str
    title: str
    icon: str
    colour: str


_KINDS = {str(kind): label for kind, label in KIND_LABELS.items()}


def facet_titles() -> dict[str, str]:
    """The facets in the order of the page, with their headings."""
    return {
        "collection": _("Sammlung"),
        "kind": _("Art"),
        "organisation": _("Stadt oder Stelle"),
        "year": _("Erschienen"),
        "language": _("Sprache"),
        "tag": _("Schlagwort"),
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
    if facet == "kind":
        return str(_KINDS.get(value, value))
    if facet == "language":
        return str(LANGUAGE_LABELS.get(value, value))
    if facet == "file":
        return value.upper()
    return _stored()[1].get(facet, {}).get(value, value)


def known_values(facet: str) -> list[str]:
    """All values of the facets that show their zeros, in order; empty for the others."""
    if facet == "kind":
        return [str(kind) for kind in Kind]
    if facet == "collection":
        return list(_stored()[1]["collection"])
    return []


def collections() -> list[CollectionLabel]:
    """All collections in their order."""
    return _stored()[0]


def _stored() -> tuple[list[CollectionLabel], dict[str, dict[str, str]]]:
    return cached("search labels", _read)


def _read() -> tuple[list[CollectionLabel], dict[str, dict[str, str]]]:
    found = [CollectionLabel(row.slug, row.title, row.icon, row.colour) for row in find_collections()]
    return found, {
        "collection": {collection.slug: collection.title for collection in found},
        "organisation": {str(number): label for number, label in find_organisation_choices()},
    }
