"""The table of rights in words, for the page that shows the office who may do what."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask_babel import lazy_gettext as _l

from hub.accounts.models import ROLE_LABELS
from hub.core.permissions import RIGHTS, Permission, Reach, Right, Role

ACTIONS = {
    Permission.ENTRY_READ: _l("Einträge lesen"),
    Permission.ENTRY_SUBMIT: _l("Einträge beitragen"),
    Permission.ENTRY_EDIT: _l("Einträge bearbeiten"),
    Permission.ENTRY_HISTORY: _l("Frühere Fassungen lesen"),
    Permission.ENTRY_PLACE: _l("In weitere Sammlungen aufnehmen"),
    Permission.ENTRY_WITHDRAW: _l("Einträge archivieren"),
    Permission.ENTRY_RESTORE: _l("Archivierte Einträge zurückholen"),
    Permission.ENTRY_BIN: _l("In den Papierkorb legen"),
    Permission.ENTRY_PUBLISH: _l("Ohne Freigabe veröffentlichen"),
    Permission.ENTRY_REVIEW: _l("Freigeben, zurückgeben, ablehnen; Papierkorb"),
    Permission.ENTRY_CHECK: _l("Prüfen: stimmt noch, Ersatz, überholt"),
    Permission.PRACTICE_RECORD: _l("Angeben, was eine Organisation macht"),
    Permission.REPORT_SEND: _l("Fehler melden und Änderungen vorschlagen"),
    Permission.REPORT_SETTLE: _l("Meldungen zu Einträgen erledigen"),
    Permission.BOOKMARK_KEEP: _l("Einträge merken"),
    Permission.QUESTION_ASK: _l("Das Netzwerk fragen und antworten"),
    Permission.QUESTION_TEND: _l("Fragen weitergeben, entfernen und im eigenen Namen stellen"),
    Permission.ACCOUNT_OWN: _l("Eigenes Konto führen"),
    Permission.ACCOUNT_TEND: _l("Konten betreuen: einladen, Link geben, sperren, schließen"),
    Permission.ACCOUNT_MANAGE: _l("Rolle und Mitglied von Konten ändern"),
    Permission.RIGHTS_SEE: _l("Diese Tabelle ansehen"),
    Permission.ORGANISATION_EDIT: _l("Organisationen pflegen"),
    Permission.COLLECTION_EDIT: _l("Sammlungen ordnen"),
    Permission.PAGE_EDIT: _l("Seitentexte ändern"),
    Permission.VOCABULARY_EDIT: _l("Feste Listen pflegen"),
    Permission.SEARCH_INSPECT: _l("Suche untersuchen"),
    Permission.THESAURUS_EDIT: _l("Wortschatz der Suche pflegen"),
    Permission.INSIGHT_READ: _l("Sehen, was das Netzwerk braucht"),
    Permission.JOB_INSPECT: _l("Aufgaben im Hintergrund ansehen"),
    Permission.LETTER_MANAGE: _l("Postausgang führen"),
    Permission.AUDIT_READ: _l("Protokoll ansehen"),
    Permission.PROVIDER_EDIT: _l("Anmeldedienste einrichten"),
}
ENTRY_STATES = {
    "draft": _l("Entwurf"),
    "submitted": _l("Wartet auf Freigabe"),
    "returned": _l("Zurückgegeben"),
    "rejected": _l("Abgelehnt"),
    "published": _l("Veröffentlicht"),
    "withdrawn": _l("Archiviert"),
    "deleted": _l("Gelöscht"),
}
REACHES = {
    Reach.NOTHING: _l("nein"),
    Reach.OWN: _l("eigene"),
    Reach.ORGANISATION: _l("eigene Organisation"),
    Reach.ALL: _l("alle"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the page: for which states, and how far each role gets."""

    key: str
    states: str
    reaches: list[tuple[Reach, str]]


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done, with a row for each group of states that are alike."""

    label: str
    lines: list[Line]


def tell_rights() -> Iterator[Action]:
    """The table of ``hub.core.permissions`` as it is in force, in words."""
    for action, rights in groupby(RIGHTS, key=lambda right: right.action):
        yield Action(str(ACTIONS.get(action, action)), [_line(right) for right in rights])


def _line(right: Right) -> Line:
    reaches = [right.reach_of(role) for role in Role]
    states = ", ".join(str(_state_label(state)) for state in right.states)
    return Line(f"{right.action} {' '.join(right.states)}".strip(), states, [(r, _word(r, right)) for r in reaches])


def _state_label(state: str) -> Any:
    """The state of an account is its role."""
    return ENTRY_STATES.get(state) or ROLE_LABELS[Role(state)]


def _word(reach: Reach, right: Right) -> str:
    if reach == Reach.ALL and not right.states:
        return str(_l("ja"))
    if reach == Reach.OWN and not right.states:
        return str(_l("das eigene"))
    return str(REACHES[reach])
