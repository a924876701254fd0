"""How long what is kept: the periods of the code as one table, for the people and for docs/aufbewahrung.md."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hub.accounts import half_open, limits, sessions
from hub.accounts.service import inviting, requesting, signing_in
from hub.asking.service import settling as question_settling
from hub.curation import bulk_service
from hub.entries.queries import binning
from hub.entries.service import files, handing_over, openings, practice, revisions, saving
from hub.federating.service import newcomers, signing_on
from hub.jobs import queue
from hub.mailing import sending
from hub.privacy import service
from hub.search.service import misses, thesaurus
from hub.undoing import queries as undoing


@dataclass(frozen=True, slots=True)
class Period:
    """``kept_for`` is None where something stays as long as its reason does; ``remark`` says which."""

    what: Any
    kept_for: timedelta | None
    remark: Any = ""


def periods() -> list[Period]:
    """Every period; the nightly duties keep to the same constants."""
    days = current_app.config["AUDIT_DAYS"]
    return [
        Period(_l("Konto"), None, _l("bis zur Löschung auf Wunsch oder durch die Geschäftsstelle")),
        Period(_l("Veröffentlichte Beiträge"), None, _l("unter dem Namen der Organisation, auch nach dem Ausscheiden")),
        Period(_l("Fassungen eines Eintrags"), None, _l("solange es den Eintrag gibt")),
        Period(_l("Meldungen und Vorschläge"), None, _l("solange es den Eintrag gibt")),
        Period(_l("Fragen und Antworten"), None, _l("solange es den Wissensspeicher gibt")),
        Period(_l("Zurückgezogene oder entfernte Frage"), question_settling.KEPT_AFTER_END),
        Period(_l("Merkliste"), None, _l("bis Sie den Eintrag herausnehmen")),
        Period(_l("Sitzung"), sessions.ABSOLUTE, _l("ohne Aktivität kürzer")),
        Period(_l("Sitzung mit „angemeldet bleiben“"), sessions.KEPT),
        Period(_l("Anmeldung, bei der der zweite Schritt noch fehlt"), half_open.LIFETIME),
        Period(_l("Fehlgeschlagene Anmeldungen"), max(window for _most, window in limits.SECOND_FACTOR)),
        Period(_l("Anmelde-Link"), signing_in.LIFETIMES["sign_in"]),
        Period(_l("Einladungs-Link"), signing_in.LIFETIMES["invitation"]),
        Period(_l("Nie angenommene Einladung"), inviting.KEPT_AFTER_END, _l("nach dem Ende des Links")),
        Period(_l("Antrag auf Zugang, nicht bestätigt"), requesting.CONFIRM_WITHIN),
        Period(_l("Antrag auf Zugang, nicht entschieden"), requesting.KEPT_WAITING),
        Period(_l("Was beim Ausscheiden wem übergeben wurde"), handing_over.KEPT_FOR),
        Period(_l("Abgelaufene Einmal-Links"), service.LINKS_KEPT_FOR),
        Period(_l("Angefangenes Formular"), saving.KEPT_FOR),
        Period(_l("Hochgeladene Datei ohne Eintrag"), files.HELD_FOR),
        Period(_l("Vom Eintrag entfernte Datei"), revisions.FILES_KEPT_FOR),
        Period(_l("Papierkorb"), binning.KEPT_FOR),
        Period(_l("Vorschau einer Änderung vieler Einträge"), bulk_service.KEPT_FOR),
        Period(_l("Was die Geschäftsstelle rückgängig machen kann"), undoing.KEPT_FOR),
        Period(_l("Herausgenommene Angabe einer Organisation"), practice.KEPT_AFTER_REMOVAL),
        Period(_l("Wer eine verlinkte Seite lesen ließ"), service.REQUESTERS_KEPT_FOR),
        Period(_l("Gesendete oder verfallene E-Mail"), sending.KEPT, _l("ihr Text nur bis zum Versand")),
        Period(_l("Suche ohne oder mit wenigen Treffern"), misses.KEPT, _l("ohne Person")),
        Period(_l("Eine solche Suche, die nur einmal vorkam"), misses.KEPT_ONCE, _l("ohne Person und ohne Wörter")),
        Period(_l("Wie oft Suchen im Monat wenig fanden"), misses.MONTHS_KEPT, _l("ohne Person und ohne Wörter")),
        Period(_l("Wie oft ein Eintrag im Monat geöffnet wurde"), openings.KEPT_FOR, _l("ohne Person")),
        Period(_l("Hochgeladener Wortschatz"), thesaurus.KEPT_DRAFTS),
        Period(_l("Gelöschtes Wort der Suche"), thesaurus.KEPT_DELETED),
        Period(_l("Erledigte Aufgabe im Hintergrund"), queue.KEPT_DONE),
        Period(_l("Aufgegebene Aufgabe im Hintergrund"), queue.KEPT_FAILED),
        Period(_l("Begonnene Anmeldung über einen Dienst"), signing_on.OPEN_FOR),
        Period(_l("Anmeldung, die auf eine Zusage wartet"), newcomers.KEPT_FOR, _l("oder bis zur Entscheidung")),
        Period(_l("Protokoll"), timedelta(days=days) if days else None, "" if days else _l("unbegrenzt")),
    ]


def in_words(period: Period) -> str:
    """7 Tage, 24 Stunden, 20 Minuten; with the remark."""
    told = [_length(period.kept_for)] if period.kept_for else []
    return "; ".join([*told, *([str(period.remark)] if period.remark else [])])


def _length(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    if seconds % 86_400 == 0 and seconds > 86_400:
        return ngettext("%(num)s Tag", "%(num)s Tage", seconds // 86_400)
    if seconds % 3600 == 0:
        return ngettext("%(num)s Stunde", "%(num)s Stunden", seconds // 3600)
    return _("%(n)s Minuten", n=seconds // 60)
