"""Which further details each kind carries, as the practitioners' databases record them (field lists of the office)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from hub.core.text import clean_line, clean_text
from hub.entries.models import Kind


class Shape(StrEnum):
    """What a field takes: one line, several lines with one value each, a text, one or several terms of a list."""

    LINE = "line"
    LINES = "lines"
    TEXT = "text"
    TERM = "term"
    TERMS = "terms"


@dataclass(frozen=True, slots=True)
class Detail:
    """One field of a kind. ``example`` stands under the label."""

    name: str
    label: LazyString
    shape: Shape = Shape.LINE
    example: LazyString | str = ""

    @property
    def is_list(self) -> bool:
        """Whether it takes several values."""
        return self.shape in (Shape.LINES, Shape.TERMS)

    @property
    def has_terms(self) -> bool:
        """Whether the office keeps the list it is chosen from."""
        return self.shape in (Shape.TERM, Shape.TERMS)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields of a kind that stand together; the first group of a kind is its core."""

    name: str
    label: LazyString
    details: tuple[Detail, ...]


_REUSE = _l("Nutzung und Fassung")
GROUPS: dict[Kind, tuple[Group, ...]] = {
    Kind.DOKUMENT: (
        Group(
            "dokument",
            _l("Zum Dokument"),
            (
                Detail("document_type", _l("Dokumenttyp"), Shape.TERM),
                Detail("issuing_body", _l("Verfassende Stelle"), example=_l("Amt und Stadt, nicht nur die Stadt")),
                Detail("edition", _l("Fassung")),
            ),
        ),
        Group(
            "nutzung",
            _REUSE,
            (
                Detail("replaces", _l("Ersetzt"), example=_l("Titel oder Fassung, die nicht mehr gilt")),
                Detail("reusable", _l("Als Vorlage nutzbar"), Shape.TERM),
                Detail("accessible", _l("Barrierefrei"), Shape.TERM),
                Detail("rights", _l("Rechtehinweis oder Lizenz")),
            ),
        ),
    ),
    Kind.METHODE: (
        Group(
            "methode",
            _l("Zur Methode"),
            (
                Detail("aim", _l("Ziel"), example=_l("Delikt, Konflikt oder Unsicherheit, um die es geht")),
                Detail("approach", _l("Ansatz"), Shape.TERMS),
                Detail("setting", _l("Ort"), Shape.TERMS),
            ),
        ),
        Group(
            "zielgruppe",
            _l("Zielgruppe und Ebene"),
            (
                Detail("target_group", _l("Zielgruppe"), Shape.TERMS),
                Detail("secondary_target_group", _l("Weitere Zielgruppe"), Shape.TERMS),
                Detail("level", _l("Ebene"), Shape.TERMS),
                Detail("risk_factors", _l("Risikofaktoren"), Shape.LINES),
                Detail("protective_factors", _l("Schutzfaktoren"), Shape.LINES),
            ),
        ),
        Group(
            "wirkung",
            _l("Wirkung und Umsetzung (EMMIE)"),
            (
                Detail("effect", _l("Wirkung"), Shape.TEXT, _l("Was hat sich nachweislich verändert, was nicht?")),
                Detail("mechanism", _l("So funktioniert es (Wirkannahme)"), Shape.TEXT),
                Detail("moderators", _l("Wann wirkt es, wann nicht"), Shape.TEXT),
                Detail(
                    "implementation",
                    _l("Umsetzung"),
                    Shape.TEXT,
                    _l("Schritte, Dauer, Personal, Voraussetzungen, Stolpersteine"),
                ),
                Detail("effort", _l("Aufwand"), Shape.TERM),
                Detail("economics", _l("Kosten und Nutzen"), Shape.TEXT, _l("Euro, Stellenanteile, was es erspart")),
            ),
        ),
        Group(
            "bewertung",
            _l("Bewertung durch andere"),
            (
                Detail(
                    "rating_level",
                    _l("Stufe im Wortlaut"),
                    example=_l("Genau wie andere es bewertet haben. Leer bedeutet: nicht bewertet."),
                ),
                Detail("rating_scale", _l("Skala"), Shape.TERM),
                Detail("rating_by", _l("Bewertet von")),
                Detail("rating_year", _l("Jahr der Bewertung")),
                Detail("rating_url", _l("Link zur Bewertung")),
                Detail("rating_outcomes", _l("Bewertung je Ergebnis"), Shape.LINES),
            ),
        ),
        Group(
            "folgen",
            _l("Folgen und Material"),
            (
                Detail("side_effects", _l("Unerwünschte Folgen, Grundrechte, Beteiligung"), Shape.TEXT),
                Detail("material", _l("Material, Schulung, Anbieter"), Shape.TEXT),
            ),
        ),
    ),
    Kind.PROJEKT: (
        Group(
            "projekt",
            _l("Zum Projekt"),
            (
                Detail("acronym", _l("Kurzname")),
                Detail("full_name", _l("Voller Name")),
                Detail("runtime_from", _l("Laufzeit von"), example=_l("Monat/Jahr, zum Beispiel 03/2022")),
                Detail("runtime_to", _l("Laufzeit bis")),
                Detail("project_status", _l("Projektstand"), Shape.TERM),
                Detail("aims", _l("Ziele"), Shape.TEXT),
            ),
        ),
        Group(
            "beteiligte",
            _l("Beteiligte"),
            (
                Detail("lead", _l("Federführung")),
                Detail("partners", _l("Partner"), Shape.LINES),
                Detail("member_cities", _l("Beteiligte Mitgliedsstädte"), Shape.LINES),
                Detail("defus_role", _l("Rolle des Netzwerks"), Shape.TERM),
                Detail("join_until", _l("Mitmachen möglich bis")),
                Detail(
                    "contact_office", _l("Ansprechstelle"), example=_l("Amt und Funktionspostfach, keine Privatperson")
                ),
            ),
        ),
        Group(
            "foerderung",
            _l("Förderung"),
            (
                Detail("funders", _l("Fördergeber"), Shape.LINES),
                Detail("programme", _l("Programm")),
                Detail("grant_number", _l("Förderkennzeichen")),
                Detail("budget", _l("Fördersumme")),
            ),
        ),
        Group(
            "verlauf",
            _l("Verlauf und Ergebnisse"),
            (
                Detail("starting_point", _l("Ausgangslage"), Shape.TEXT),
                Detail("procedure", _l("Vorgehen"), Shape.TEXT),
                Detail("results", _l("Ergebnisse"), Shape.TEXT),
                Detail("evaluation", _l("Evaluation"), Shape.TERM),
                Detail("evaluated_by", _l("Evaluiert durch")),
            ),
        ),
    ),
    Kind.FACHARTIKEL: (
        Group(
            "fachartikel",
            _l("Zum Fachartikel"),
            (
                Detail("authors", _l("Verfasst von"), Shape.LINES),
                Detail("journal", _l("Zeitschrift, Buch oder Verlag")),
                Detail("key_message", _l("Kernaussage für die Praxis"), Shape.TEXT, _l("Zwei Sätze reichen.")),
                Detail("access", _l("Zugang"), Shape.TERM),
            ),
        ),
        Group(
            "nachweis",
            _l("Nachweis"),
            (
                Detail("article_type", _l("Art des Textes"), Shape.TERM),
                Detail("volume", _l("Band")),
                Detail("issue", _l("Heft")),
                Detail("pages", _l("Seiten")),
                Detail("isbn", _l("ISBN oder ISSN")),
                Detail("doi", _l("DOI")),
            ),
        ),
        Group(
            "untersuchung",
            _l("Untersuchung"),
            (
                Detail("study_design", _l("Vorgehen der Untersuchung")),
                Detail("study_region", _l("Region der Untersuchung")),
            ),
        ),
    ),
    Kind.MEDIENARTIKEL: (
        Group(
            "medienartikel",
            _l("Zum Medienartikel"),
            (
                Detail("medium", _l("Medium")),
                Detail("appeared_on", _l("Erschienen am"), example=_l("Zum Beispiel 3.11.2026")),
                Detail("author", _l("Verfasst von")),
                Detail("paywall", _l("Bezahlschranke"), Shape.TERM),
            ),
        ),
        Group(
            "anlass",
            _l("Ort und Anlass"),
            (
                Detail("desk", _l("Ressort oder Region")),
                Detail("city", _l("Betroffene Stadt")),
                Detail("occasion", _l("Anlass")),
                Detail("readable_until", _l("Lesbar bis")),
            ),
        ),
    ),
}
DETAILS: dict[Kind, tuple[Detail, ...]] = {
    kind: tuple(detail for group in groups for detail in group.details) for kind, groups in GROUPS.items()
}
# The five boxes of EMMIE; the last one takes effort and money together.
EVIDENCE = (("effect",), ("mechanism",), ("moderators",), ("implementation",), ("effort", "economics"))
EVIDENCE_NAMES = {name for box in EVIDENCE for name in box}
NOT_RATED = _l("nicht bewertet")
# The levels of the Grüne Liste Prävention, word for word; other scales have their own words.
RATING_LEVELS = (
    NOT_RATED,
    "Effektivität theoretisch gut begründet",
    "Effektivität wahrscheinlich",
    "Effektivität nachgewiesen",
)
NOT_RATED_WORDS = {"nicht bewertet", "not rated"}
LONGEST_VALUE, LONGEST_TEXT = 500, 3000
MOST_VALUES = 60


def every_detail() -> Iterator[tuple[Kind, Detail]]:
    """Each field with its kind, in the order of the forms."""
    for kind, details in DETAILS.items():
        for detail in details:
            yield kind, detail


def find_vocabulary(name: str) -> tuple[Kind, Detail] | None:
    """The field of this name whose terms the office keeps."""
    return next((pair for pair in every_detail() if pair[1].name == name and pair[1].has_terms), None)


def clean_details(kind: Kind, given: dict[str, Any]) -> dict[str, Any] | None:
    """The details of this kind as they are stored; unknown names and empty values are left out.

    "Nicht bewertet" is what an empty level means, so it is not stored.
    """
    kept: dict[str, Any] = {}
    for detail in DETAILS[kind]:
        value = given.get(detail.name)
        if detail.is_list:
            values = value if isinstance(value, list) else str(value or "").splitlines()
            lines = [clean_line(str(line))[:LONGEST_VALUE] for line in values[:MOST_VALUES]]
            if any(lines):
                kept[detail.name] = list(dict.fromkeys(line for line in lines if line))
        elif value is not None and (text := _cleaned(detail, str(value))):
            kept[detail.name] = text
    if str(kept.get("rating_level", "")).casefold() in NOT_RATED_WORDS:
        del kept["rating_level"]
    return kept or None


def _cleaned(detail: Detail, value: str) -> str:
    if detail.shape == Shape.TEXT:
        return clean_text(value)[:LONGEST_TEXT]
    return clean_line(value)[:LONGEST_VALUE]


def unknown_details(kind: Kind, given: dict[str, Any]) -> list[str]:
    """Names that this kind does not know, for imports."""
    return sorted(set(given) - {detail.name for detail in DETAILS[kind]})


def values_of_detail(details: dict[str, Any] | None, name: str) -> list[str]:
    """The values of one field, however they were stored."""
    value = (details or {}).get(name)
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group as the page of an entry shows it: label and values of what is there; ``is_text`` for long ones."""

    name: str
    label: str
    rows: list[tuple[str, list[str]]]


def shown_groups(kind: Kind, details: dict[str, Any] | None) -> list[ShownGroup]:
    """What is there, in the order of the form. The evidence of a method is shown by ``shown_evidence`` instead."""
    groups = []
    for group in GROUPS[kind]:
        if group.name == "bewertung":
            continue
        rows = [
            (str(detail.label), values)
            for detail in group.details
            if not (kind == Kind.METHODE and detail.name in EVIDENCE_NAMES)
            and (values := values_of_detail(details, detail.name))
        ]
        if rows:
            groups.append(ShownGroup(group.name, str(group.label), rows))
    return groups


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the effect of a method: five boxes (None: unknown) and how others rated it, word for word."""

    boxes: list[tuple[str, str | None]]
    level: str
    source: str
    url: str
    outcomes: list[str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known at all."""
        return not (self.level or self.source or self.outcomes or any(text for _label, text in self.boxes))


def shown_evidence(kind: Kind, details: dict[str, Any] | None) -> Evidence | None:
    """The evidence card of a method; None for other kinds."""
    if kind != Kind.METHODE:
        return None
    known = details or {}
    labels = {detail.name: str(detail.label) for detail in DETAILS[kind]}
    boxes = [(", ".join(labels[name] for name in box), _joined(known, box) or None) for box in EVIDENCE]
    told = ("rating_scale", "rating_by", "rating_year")
    source = ", ".join(value for name in told for value in values_of_detail(known, name))
    url = str(known.get("rating_url") or "")
    return Evidence(
        boxes,
        str(known.get("rating_level") or ""),
        source,
        url if url.startswith(("https://", "http://")) else "",
        values_of_detail(known, "rating_outcomes"),
    )


def _joined(details: dict[str, Any], names: Sequence[str]) -> str:
    return "\n".join(value for name in names for value in values_of_detail(details, name))


def shown_details(kind: Kind, details: dict[str, Any] | None) -> list[tuple[str, list[str]]]:
    """Label and values of everything that is there, in the order of the form."""
    rows = ((str(detail.label), values_of_detail(details, detail.name)) for detail in DETAILS[kind])
    return [row for row in rows if row[1]]
