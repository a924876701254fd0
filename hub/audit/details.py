"""What an event keeps beside who, what and when, in words; the table and its CSV keep the codes."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

DETAILS = {
    "asks_all": _l("fragt alle"),
    "audience": _l("gefragt"),
    "author": _l("von Konto Nr."),
    "collection": _l("Sammlung"),
    "count": _l("Anzahl"),
    "created": _l("neu"),
    "detail": _l("Einzelheit"),
    "domains": _l("Mail-Domains"),
    "entries": _l("Einträge"),
    "entry_id": _l("Eintrag Nr."),
    "field": _l("Feld"),
    "files": _l("Dateien"),
    "hash": _l("Prüfwert"),
    "into": _l("zusammengeführt mit Eintrag Nr."),
    "key": _l("Begriff"),
    "kind": _l("Art"),
    "language": _l("Sprache"),
    "left_alone": _l("unverändert gelassen"),
    "months": _l("Monate"),
    "number": _l("Nr."),
    "other": _l("anderer Eintrag Nr."),
    "outcome": _l("Ergebnis"),
    "passkey": _l("Passkey Nr."),
    "provider": _l("Anmeldedienst Nr."),
    "purpose": _l("Zweck"),
    "reason": _l("Grund"),
    "role": _l("Rolle"),
    "sessions": _l("Sitzungen"),
    "slug": _l("Adresse"),
    "status": _l("Status"),
    "successor": _l("Nachfolge: Konto Nr."),
    "terms": _l("Nutzungsbedingungen, Fassung"),
    "to": _l("an Konto Nr."),
    "undo": _l("Aktion Nr."),
    "updated": _l("geändert"),
    "url": _l("Link"),
    "user": _l("Konto Nr."),
    "version": _l("Fassung"),
    "waiting": _l("wartet auf Freigabe"),
    "way": _l("Weg"),
}


def detail_in_words(detail: Mapping[str, Any] | None) -> str:
    """The details of an event in one line; a key that has no words stands as it is."""
    return "; ".join(f"{DETAILS.get(key, key)}: {_in_words(value)}" for key, value in (detail or {}).items())


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
