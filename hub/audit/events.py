"""Every event that the audit table can hold, with its label; a test fails when one is recorded that is not here."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Event:
    """``is_security``: it concerns who may come in or what somebody may do, and has a test of its own."""

    label: Any
    is_security: bool = False


def _security(label: Any) -> Event:
    return Event(label, is_security=True)


THINGS = {
    "audit": _l("Protokoll"),
    "collection": _l("Sammlung"),
    "concept": _l("Wortschatz der Suche"),
    "entry": _l("Eintrag"),
    "job": _l("Aufgabe im Hintergrund"),
    "letter": _l("E-Mail im Postausgang"),
    "mail_address": _l("Adresse für Beiträge"),
    "organisation": _l("Organisation"),
    "page": _l("Seitentext"),
    "practice": _l("Angabe „Wer macht das schon?“"),
    "report": _l("Meldung"),
    "review_rule": _l("Regel für Änderungen"),
    "search_miss": _l("Suche ohne Treffer"),
    "section": _l("Abschnitt"),
    "session": _l("Sitzung"),
    "term": _l("Wert einer festen Liste"),
    "terms": _l("Nutzungsbedingungen"),
    "thesaurus": _l("Wortschatz der Suche"),
    "user": _l("Konto"),
}
EVENTS: dict[str, Event] = {
    "session.started": _security(_l("Angemeldet")),
    "session.refused": _security(_l("Anmeldung abgewiesen")),
    "session.ended": _security(_l("Abgemeldet")),
    "session.confirmed": _security(_l("Sich noch einmal ausgewiesen")),
    "session.others_ended": _security(_l("Überall sonst abgemeldet")),
    "session.second_step_refused": _security(_l("Zweiten Schritt der Anmeldung abgewiesen")),
    "session.all_ended": _security(_l("Überall abgemeldet durch die Verwaltung")),
    "session.copied": _security(_l("Alte Kennung einer Sitzung kam wieder, überall abgemeldet")),
    "user.created": _security(_l("Konto angelegt")),
    "user.changed": _security(_l("Konto geändert")),
    "user.blocked": _security(_l("Konto gesperrt")),
    "user.unblocked": _security(_l("Konto wieder geöffnet")),
    "user.erased": _security(_l("Konto gelöscht")),
    "user.renamed": Event(_l("Eigenen Namen geändert")),
    "user.email_asked": _security(_l("Neue E-Mail-Adresse eingetragen")),
    "user.email_changed": _security(_l("E-Mail-Adresse geändert")),
    "user.password_set": _security(_l("Passwort festgelegt")),
    "user.time_code_added": _security(_l("App für Einmal-Codes eingerichtet")),
    "user.time_code_removed": _security(_l("App für Einmal-Codes entfernt")),
    "user.recovery_codes_renewed": _security(_l("Wiederherstellungscodes erneuert")),
    "user.passkey_added": _security(_l("Passkey hinzugefügt")),
    "user.passkey_renamed": Event(_l("Passkey umbenannt")),
    "user.passkey_removed": _security(_l("Passkey entfernt")),
    "user.factors_reset": _security(_l("Zweiten Faktor zurückgesetzt")),
    "user.link_made": _security(_l("Einmal-Link erzeugt")),
    "user.invited": _security(_l("Eingeladen")),
    "user.invitation_withdrawn": _security(_l("Einladung zurückgenommen")),
    "user.invitation_accepted": _security(_l("Einladung angenommen")),
    "user.left": _security(_l("Gegangen, Konto geschlossen")),
    "user.stays": Event(_l("Als weiter zugehörig bestätigt")),
    "user.terms_accepted": Event(_l("Nutzungsbedingungen zugestimmt")),
    "audit.pruned": _security(_l("Alte Zeilen des Protokolls gelöscht")),
    "audit.exported": _security(_l("Protokoll als Tabelle geholt")),
    "organisation.created": Event(_l("Organisation angelegt")),
    "organisation.changed": Event(_l("Organisation geändert")),
    "collection.created": Event(_l("Sammlung angelegt")),
    "collection.changed": Event(_l("Sammlung geändert")),
    "collection.moved": Event(_l("Sammlung verschoben")),
    "section.added": Event(_l("Abschnitt angelegt")),
    "section.renamed": Event(_l("Abschnitt umbenannt")),
    "section.moved": Event(_l("Abschnitt verschoben")),
    "section.removed": Event(_l("Abschnitt entfernt")),
    "terms.published": Event(_l("Nutzungsbedingungen veröffentlicht")),
    "page.changed": Event(_l("Seitentext geändert")),
    "page.restored": Event(_l("Ursprünglichen Seitentext zurückgeholt")),
    "entry.drafted": Event(_l("Entwurf gespeichert")),
    "entry.submitted": Event(_l("Eintrag eingereicht")),
    "entry.revised": Event(_l("Eintrag geändert")),
    "entry.placed": Event(_l("Eintrag in eine weitere Sammlung gestellt")),
    "entry.unplaced": Event(_l("Eintrag aus einer weiteren Sammlung genommen")),
    "entry.approved": Event(_l("Eintrag freigegeben")),
    "entry.returned": Event(_l("Eintrag zurückgegeben")),
    "entry.rejected": Event(_l("Eintrag abgelehnt")),
    "entry.decision_undone": Event(_l("Entscheidung rückgängig gemacht")),
    "entry.withdrawn": Event(_l("Eintrag archiviert")),
    "entry.restored": Event(_l("Eintrag wieder veröffentlicht")),
    "entry.deleted": Event(_l("Eintrag in den Papierkorb gelegt")),
    "entry.taken_out": Event(_l("Eintrag aus dem Papierkorb geholt")),
    "entry.purged": Event(_l("Eintrag endgültig gelöscht")),
    "entry.set_back": Event(_l("Eintrag auf eine frühere Fassung gesetzt")),
    "entry.named": Event(_l("Eintrag nach seiner Seite benannt")),
    "entry.imported": Event(_l("Einträge übernommen")),
    "entry.mailed": Event(_l("Entwurf per E-Mail angelegt")),
    "entry.term_renamed": Event(_l("Wert im Eintrag umbenannt")),
    "entry.change_proposed": Event(_l("Änderung eingereicht")),
    "entry.change_dropped": Event(_l("Eingereichte Änderung verworfen")),
    "entry.change_approved": Event(_l("Änderung freigegeben")),
    "entry.change_undone": Event(_l("Freigabe der Änderung rückgängig gemacht")),
    "entry.change_returned": Event(_l("Änderung zurückgegeben")),
    "review_rule.changed": _security(_l("Regel geändert, wessen Änderungen warten")),
    "practice.recorded": Event(_l("Angabe der Organisation eingetragen")),
    "practice.changed": Event(_l("Angabe der Organisation geändert")),
    "practice.confirmed": Event(_l("Angabe der Organisation bestätigt")),
    "practice.removed": Event(_l("Angabe der Organisation herausgenommen")),
    "practice.restored": Event(_l("Angabe der Organisation zurückgeholt")),
    "report.sent": Event(_l("Meldung gesendet")),
    "report.accepted": Event(_l("Vorschlag übernommen")),
    "report.settled": Event(_l("Meldung erledigt")),
    "report.declined": Event(_l("Meldung nicht gefolgt")),
    "report.reopened": Event(_l("Meldung wieder geöffnet")),
    "term.added": Event(_l("Wert einer festen Liste hinzugefügt")),
    "term.renamed": Event(_l("Wert einer festen Liste umbenannt")),
    "term.retired": Event(_l("Wert einer festen Liste zurückgezogen")),
    "term.moved": Event(_l("Wert einer festen Liste verschoben")),
    "mail_address.renewed": _security(_l("Eigene Adresse für Beiträge gemacht")),
    "mail_address.ended": _security(_l("Eigene Adresse für Beiträge beendet")),
    "concept.added": Event(_l("Wort der Suche hinzugefügt")),
    "concept.changed": Event(_l("Wort der Suche geändert")),
    "concept.deleted": Event(_l("Wort der Suche gelöscht")),
    "concept.restored": Event(_l("Wort der Suche zurückgeholt")),
    "thesaurus.imported": Event(_l("Wortschatz der Suche eingelesen")),
    "search_miss.dismissed": Event(_l("Suche ohne Treffer abgehakt")),
    "letter.retried": Event(_l("E-Mail noch einmal versucht")),
    "letter.discarded": Event(_l("E-Mail verworfen")),
    "job.retried": Event(_l("Aufgabe noch einmal versucht")),
}


def label_of(action: str) -> str:
    """The event in words; one of a newer version keeps its code."""
    event = EVENTS.get(action)
    return str(event.label) if event else action
