"""What a reader may propose to change in an entry, as plain values by field, and how it differs from what stands."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.entries.differences import Change, changed_fields
from hub.entries.models import LANGUAGE_LABELS, Entry, Kind
from hub.entries.service.contributing import EntryDetails
from hub.entries.service.holding import present_values

Values = Mapping[str, Any]
LABELS: dict[str, Any] = {
    "title": _l("Titel"),
    "url": _l("Link"),
    "summary": _l("Worum geht es?"),
    "publisher": _l("Herausgegeben von"),
    "year": _l("Erschienen im Jahr"),
    "language": _l("Sprache"),
    "tags": _l("Schlagwörter"),
}


def values_of(entry: Entry) -> dict[str, Any]:
    """What stands in the entry; texts, and a list of keywords."""
    return {
        "title": entry.title,
        "url": entry.url or "",
        "summary": entry.summary,
        "publisher": entry.publisher,
        "year": str(entry.year or ""),
        "language": entry.language,
        "tags": entry.tags,
    }


def changed(before: Values, after: Values) -> dict[str, Any]:
    """The values that differ, as they would be; case and order of keywords do not count."""
    return {name: after[name] for name in LABELS if name in after and _key(after[name]) != _key(before[name])}


def differences(before: Values, changes: Values) -> list[Change]:
    """Before and after in pieces that a page can mark, with labels instead of codes."""
    left = changed(before, changes)
    old = {name: _readable(name, before[name]) for name in left}
    new = {name: _readable(name, value) for name, value in left.items()}
    return changed_fields(old, new, LABELS, shortened=False)


def details_with(entry: Entry, changes: Values, waiting: Values = MappingProxyType({})) -> EntryDetails:
    """All that is said about the entry, with these values in place of what stands; ``waiting`` is a change that has
    not been written yet, in the shape of the details."""
    wanted = {name: value for name, value in changes.items() if name in LABELS}
    if "year" in wanted:
        wanted["year"] = int(wanted["year"]) if wanted["year"] else None
    values = present_values(entry) | dict(waiting) | wanted
    return EntryDetails(**{**values, "kind": Kind(values["kind"]), "url": values["url"] or None})


def _key(value: Any) -> Any:
    return sorted(name.casefold() for name in value) if isinstance(value, list) else value


def _readable(name: str, value: Any) -> Any:
    return str(LANGUAGE_LABELS.get(value, value)) if name == "language" else value
