"""Which value the entry gets that is left of two: proposed here, chosen by people field by field.

A value beats none, a title that a person gave one that stands in for it, https beats http, the longer text the
shorter one; of facts (kind, year, language, coverage) the entry that was changed later knows better. Otherwise the
entry that is kept keeps its own. Notes are put together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.accounts.models import Organisation
from hub.core.db import db
from hub.entries.details import every_detail
from hub.entries.models import COVERAGE_LABELS, KIND_LABELS, LANGUAGE_LABELS, Entry, Kind
from hub.entries.service.holding import present_values
from hub.entries.versions import FIELD_LABELS

KEPT, GONE, BOTH = "kept", "gone", "both"
DETAIL = "detail-"
PLAIN = (
    "title", "url", "summary", "text", "note", "kind", "publisher", "organisation_id", "year", "language", "coverage",
)  # fmt: skip
JOINABLE = frozenset({"summary", "text", "note"})
LONGER_WINS = frozenset({"summary", "text", "publisher"})
NEWER_WINS = frozenset({"kind", "year", "language", "coverage"})


@dataclass(frozen=True, slots=True)
class Line:
    """A field in which the two differ; ``kept`` and ``gone`` as people read them."""

    name: str
    label: Any
    kept: str
    gone: str
    chosen: str
    may_join: bool


def lines(kept: Entry, gone: Entry) -> list[Line]:
    """The fields in which two entries differ, each with the better value chosen."""
    one, other = values_of(kept), values_of(gone)
    choice = proposed(kept, gone)
    return [
        Line(name, label_for(name), shown(name, one.get(name)), shown(name, other.get(name)), choice[name],
             name in JOINABLE and bool(one.get(name)) and bool(other.get(name)))
        for name in choice
    ]  # fmt: skip


def proposed(kept: Entry, gone: Entry) -> dict[str, str]:
    """For each field in which they differ, whose value is better."""
    one, other = values_of(kept), values_of(gone)
    names = [*PLAIN, *sorted(name for name in one.keys() | other.keys() if name.startswith(DETAIL))]
    is_newer = gone.updated_at > kept.updated_at
    found = {}
    for name in names:
        mine, theirs = one.get(name) or None, other.get(name) or None
        if mine != theirs:
            found[name] = _better(name, mine, theirs, is_newer)
    if "title" in found:
        found["title"] = GONE if kept.has_stopgap_title and not gone.has_stopgap_title else KEPT
    return found


def values_of(entry: Entry) -> dict[str, Any]:
    """What an entry says, details beside the other fields."""
    values = present_values(entry)
    details = values.pop("details")
    return {name: values[name] for name in PLAIN} | {DETAIL + name: value for name, value in details.items()}


def joined(kept: Entry, gone: Entry, choice: Mapping[str, str]) -> dict[str, Any]:
    """The values after the choice, in the shape of the service's details; what was not asked stays as proposed."""
    one, other = values_of(kept), values_of(gone)
    wanted = proposed(kept, gone)
    wanted |= {name: side for name, side in choice.items() if name in wanted and side in (KEPT, GONE, BOTH)}
    values = dict(one)
    for name, side in wanted.items():
        if side == GONE:
            values[name] = other.get(name)
        elif side == BOTH and name in JOINABLE:
            values[name] = "\n\n".join(text for text in (one[name], other[name]) if text)
    details = {name.removeprefix(DETAIL): value for name, value in values.items() if name.startswith(DETAIL) and value}
    return {name: value for name, value in values.items() if not name.startswith(DETAIL)} | {"details": details}


def label_for(name: str) -> Any:
    """How the field is called."""
    if name.startswith(DETAIL):
        found = (detail.label for _kind, detail in every_detail() if DETAIL + detail.name == name)
        return next(found, name.removeprefix(DETAIL))
    return FIELD_LABELS["organisation" if name == "organisation_id" else name]


def shown(name: str, value: Any) -> str:
    """A value as people read it."""
    if not value:
        return ""
    if name == "kind":
        return str(KIND_LABELS[Kind(value)])
    if name == "organisation_id":
        found = db.session.get(Organisation, value)
        return found.label if found else ""
    labels = {"language": LANGUAGE_LABELS, "coverage": COVERAGE_LABELS}.get(name, {})
    return ", ".join(map(str, value)) if isinstance(value, list) else str(labels.get(value, value))


def _better(name: str, mine: Any, theirs: Any, is_newer: bool) -> str:
    if mine is None or theirs is None:
        return GONE if mine is None else KEPT
    if name == "note":
        return KEPT if theirs in mine else GONE if mine in theirs else BOTH
    if name == "url":
        return GONE if mine.startswith("http:") and theirs.startswith("https:") else KEPT
    if name in LONGER_WINS or name.startswith(DETAIL):
        return GONE if len(str(theirs)) > len(str(mine)) else KEPT
    return GONE if name in NEWER_WINS and is_newer else KEPT
