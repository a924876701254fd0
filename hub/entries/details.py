"""Which further details each kind carries, as the practitioners' databases record them (field lists of the office)."""

from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from hub.core.text import clean_line
from hub.entries.models import Kind


@dataclass(frozen=True, slots=True)
class Detail:
    """One field of a kind; a list field takes several values, one a line."""

    name: str
    label: LazyString
    is_list: bool = False


DETAILS: dict[Kind, tuple[Detail, ...]] = {
    Kind.DOKUMENT: (
        Detail("document_type", _l("Dokumenttyp")),
        Detail("edition", _l("Fassung")),
    ),
    Kind.METHODE: (
        Detail("aim", _l("Ziel")),
        Detail("approach", _l("Ansatz")),
        Detail("setting", _l("Ort")),
        Detail("target_group", _l("Zielgruppe")),
    ),
    Kind.PROJEKT: (
        Detail("acronym", _l("Kurzname")),
        Detail("full_name", _l("Voller Name")),
        Detail("runtime_from", _l("Laufzeit von")),
        Detail("runtime_to", _l("Laufzeit bis")),
        Detail("funders", _l("Fördergeber"), is_list=True),
        Detail("programme", _l("Programm")),
        Detail("lead", _l("Federführung")),
        Detail("partners", _l("Partner"), is_list=True),
        Detail("member_cities", _l("Beteiligte Mitgliedsstädte"), is_list=True),
        Detail("defus_role", _l("Rolle des Netzwerks")),
    ),
    Kind.FACHARTIKEL: (
        Detail("authors", _l("Verfasst von"), is_list=True),
        Detail("journal", _l("Zeitschrift, Buch oder Verlag")),
        Detail("doi", _l("DOI")),
    ),
    Kind.MEDIENARTIKEL: (
        Detail("medium", _l("Medium")),
        Detail("author", _l("Verfasst von")),
    ),
}
LONGEST_VALUE = 500
MOST_VALUES = 60


def clean_details(kind: Kind, given: dict[str, Any]) -> dict[str, Any] | None:
    """The details of this kind as they are stored; unknown names and empty values are left out."""
    kept: dict[str, Any] = {}
    for detail in DETAILS[kind]:
        value = given.get(detail.name)
        if detail.is_list:
            values = value if isinstance(value, list) else str(value or "").splitlines()
            lines = [clean_line(str(line))[:LONGEST_VALUE] for line in values[:MOST_VALUES]]
            if any(lines):
                kept[detail.name] = [line for line in lines if line]
        elif value is not None and (line := clean_line(str(value))[:LONGEST_VALUE]):
            kept[detail.name] = line
    return kept or None


def unknown_details(kind: Kind, given: dict[str, Any]) -> list[str]:
    """Names that this kind does not know, for imports."""
    return sorted(set(given) - {detail.name for detail in DETAILS[kind]})


def shown_details(kind: Kind, details: dict[str, Any] | None) -> list[tuple[str, list[str]]]:
    """Label and values of what is there, in the order of the form."""
    found = []
    for detail in DETAILS[kind]:
        value = (details or {}).get(detail.name)
        if value:
            found.append((str(detail.label), list(value) if isinstance(value, list) else [str(value)]))
    return found
