"""A kept version of an entry in the words that people read, and how two of them differ."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.entries.details import shown_details
from hub.entries.differences import Change, changed_fields
from hub.entries.models import COVERAGE_LABELS, KIND_LABELS, LANGUAGE_LABELS, STATUS_LABELS, Kind, Status
from hub.entries.queries.revisions import Revision
from hub.web.filters import day

FIELD_LABELS: dict[str, Any] = {
    "status": _l("Stand"),
    "status_note": _l("Hinweis zum Stand"),
    "title": _l("Titel"),
    "url": _l("Link"),
    "summary": _l("Worum geht es?"),
    "text": _l("Text"),
    "note": _l("Warum es sich lohnt"),
    "kind": _l("Art des Eintrags"),
    "collections": _l("Sammlungen"),
    "tags": _l("Schlagwörter"),
    "organisation": _l("Stadt oder Stelle"),
    "year": _l("Erschienen im Jahr"),
    "language": _l("Sprache"),
    "publisher": _l("Herausgegeben von"),
    "coverage": _l("Geltungsbereich"),
    "files": _l("Dateien"),
    "review_on": _l("Zu prüfen am"),
    "responsible": _l("Zuständig"),
    "outdated_on": _l("Überholt seit"),
    "outdated_note": _l("Warum überholt"),
    "superseded_by": _l("Ersetzt durch"),
}
# Versions of before these marks say nothing of them.
MARKS = ("review_on", "responsible", "outdated_on", "outdated_note", "superseded_by")
DAYS = ("review_on", "outdated_on")
ACTION_LABELS: dict[str, Any] = {
    "entry.taken_in": _l("Erste Fassung"),
    "entry.submitted": _l("Eingereicht"),
    "entry.drafted": _l("Als Entwurf gespeichert"),
    "entry.mailed": _l("Per E-Mail eingegangen"),
    "entry.revised": _l("Bearbeitet"),
    "entry.change_approved": _l("Änderung freigegeben"),
    "entry.change_undone": _l("Freigabe der Änderung rückgängig gemacht"),
    "entry.term_renamed": _l("Begriff einer festen Liste umbenannt"),
    "entry.set_back": _l("Auf eine frühere Fassung zurückgesetzt"),
    "entry.approved": _l("Freigegeben"),
    "entry.returned": _l("Zurückgegeben"),
    "entry.rejected": _l("Abgelehnt"),
    "entry.moved": _l("Sammlung vor der Freigabe geändert"),
    "entry.relinked": _l("Link ersetzt"),
    "entry.decision_undone": _l("Entscheidung rückgängig gemacht"),
    "entry.withdrawn": _l("Archiviert"),
    "entry.restored": _l("Wiederhergestellt"),
    "entry.deleted": _l("In den Papierkorb gelegt"),
    "entry.taken_out": _l("Aus dem Papierkorb geholt"),
    "entry.merged": _l("Mit einem anderen Eintrag zusammengeführt"),
    "entry.parted": _l("Zusammenführung rückgängig gemacht"),
    "entry.bulk_changed": _l("Zusammen mit anderen geändert"),
    "entry.bulk_undone": _l("Gemeinsame Änderung rückgängig gemacht"),
    "entry.imported": _l("Durch Import geändert"),
    "entry.checked": _l("Geprüft: stimmt noch"),
    "entry.outdated": _l("Als überholt markiert"),
    "entry.superseded": _l("Durch einen anderen Eintrag ersetzt"),
    "entry.check_undone": _l("Prüfung rückgängig gemacht"),
}
CHANGED = _l("Geändert")


def action_label(revision: Revision) -> str:
    """What happened, in words."""
    if revision.action == "entry.submitted" and revision.status == Status.PUBLISHED:
        return str(STATUS_LABELS[Status.PUBLISHED])
    return str(ACTION_LABELS.get(revision.action, CHANGED))


def differences(before: Revision, after: Revision, shortened: bool = True) -> list[Change]:
    """What ``after`` says otherwise than ``before``, field by field."""
    old, new = readable(before.fields, before.status), readable(after.fields, after.status)
    for name in MARKS:
        if name not in before.fields or name not in after.fields:
            del old[name], new[name]
    return _changes(old, new, shortened)


def field_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """How the fields of two snapshots differ, whatever their stand."""
    return _changes(readable(before), readable(after), shortened=True)


def _changes(old: Mapping[str, Any], new: Mapping[str, Any], shortened: bool) -> list[Change]:
    details = {name: name.partition(":")[2] for name in [*old, *new] if name.startswith("detail:")}
    return changed_fields(old, new, FIELD_LABELS | details, shortened)


def readable(fields: Mapping[str, Any], status: str = "") -> dict[str, Any]:
    """Texts and lists of texts by field, with labels instead of codes; further details as ``detail:Label``."""
    kind = Kind(fields["kind"])
    found = {name: fields.get(name) or "" for name in FIELD_LABELS} | {
        "status": str(STATUS_LABELS[Status(status)]) if status else "",
        "kind": str(KIND_LABELS[kind]),
        "collections": [_place(place) for place in fields["collections"]],
        "year": str(fields["year"] or ""),
        "language": str(LANGUAGE_LABELS.get(fields["language"], fields["language"])),
        "coverage": str(COVERAGE_LABELS.get(fields["coverage"] or "", "")),
        "files": [file["name"] for file in fields["files"]],
    }
    found |= {name: day(date.fromisoformat(fields[name])) for name in DAYS if fields.get(name)}
    return found | {f"detail:{label}": values for label, values in shown_details(kind, fields["details"])}


def _place(place: Mapping[str, Any]) -> str:
    return f"{place['title']} › {place['section']}" if place["section"] else str(place["title"])
