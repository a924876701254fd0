"""What a try of a link can end in, and with that what a verdict can say; words for people."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l


class Outcome(StrEnum):
    """What a link is found to be."""

    UNKNOWN = "unknown"
    FINE = "fine"
    GONE = "gone"
    MOVED = "moved"
    REFUSES = "refuses"
    CERTIFICATE = "certificate"
    NO_HOST = "no_host"
    SLOW = "slow"
    SERVER = "server"
    SOFT_GONE = "soft_gone"
    CHANGED = "changed"
    UNTRIED = "untried"


LABELS = {
    Outcome.UNKNOWN: _l("noch kein Befund"),
    Outcome.FINE: _l("in Ordnung"),
    Outcome.GONE: _l("nicht mehr da"),
    Outcome.MOVED: _l("umgezogen"),
    Outcome.REFUSES: _l("lässt sich nicht automatisch prüfen"),
    Outcome.CERTIFICATE: _l("Zertifikat ungültig"),
    Outcome.NO_HOST: _l("Website nicht zu finden"),
    Outcome.SLOW: _l("antwortet nicht"),
    Outcome.SERVER: _l("Fehler auf der Website"),
    Outcome.SOFT_GONE: _l("zeigt „nicht gefunden“"),
    Outcome.CHANGED: _l("Inhalt ist ein anderer"),
    Outcome.UNTRIED: _l("wird nicht geprüft"),
}
# Tones and icons of the badges.
LOOKS = {
    Outcome.UNKNOWN: ("", "hourglass"),
    Outcome.FINE: ("ok", "circle-check"),
    Outcome.GONE: ("error", "link-off"),
    Outcome.MOVED: ("info", "external-link"),
    Outcome.REFUSES: ("", "lock"),
    Outcome.CERTIFICATE: ("warn", "alert-triangle"),
    Outcome.NO_HOST: ("error", "link-off"),
    Outcome.SLOW: ("warn", "hourglass"),
    Outcome.SERVER: ("warn", "alert-triangle"),
    Outcome.SOFT_GONE: ("error", "link-off"),
    Outcome.CHANGED: ("warn", "refresh"),
    Outcome.UNTRIED: ("", "lock"),
}
# A reader who opens such a link does not get what the entry promises.
BROKEN = frozenset(
    {Outcome.GONE, Outcome.SOFT_GONE, Outcome.NO_HOST, Outcome.CERTIFICATE, Outcome.SLOW, Outcome.SERVER}
)
# Something for the office to decide. Who refuses robots is never called broken.
FINDINGS = BROKEN | {Outcome.MOVED, Outcome.CHANGED}
# Could as well be the hub's own network.
DOUBTFUL = frozenset({Outcome.NO_HOST, Outcome.SLOW})
REASONS = {
    "": "",
    "robots": _l("Die Website bittet Programme, diese Seite nicht abzurufen (robots.txt)."),
    "robots_unclear": _l("Die Regeln für Programme (robots.txt) ließen sich nicht lesen."),
    "too_many": _l("Die Website lässt gerade keine weiteren Anfragen zu."),
    "login": _l("Die Seite verlangt eine Anmeldung."),
    "start_page": _l("Leitet auf die Startseite um."),
    "error_page": _l("Leitet auf eine Fehlerseite um."),
    "words": _l("Die Seite sagt, dass sie nicht gefunden wurde."),
    "loop": _l("Leitet im Kreis oder zu oft um."),
    "text": _l("Der Text hat mit dem der ersten Prüfung nichts mehr gemeinsam."),
    "timeout": _l("Keine Antwort innerhalb von zehn Sekunden."),
    "no_answer": _l("Die Verbindung kam nicht zustande."),
    "unknown_host": _l("Unter diesem Namen ist keine Website zu finden."),
    "tls": _l("Das Zertifikat lässt sich nicht prüfen."),
    "broken": _l("Die Antwort ist nicht zu lesen."),
    "downgrade": _l("Leitet auf eine ungesicherte Adresse um; dorthin folgt die Prüfung nicht."),
    "port": _l("Adressen mit eigener Portnummer werden nicht geprüft."),
    "inner": _l("Die Adresse liegt in einem internen Netz."),
    "archive": _l("Eine Archivkopie; das Archiv wird nicht gefragt."),
    "own": _l("Das ist eine Seite des Wissensspeichers selbst."),
    "not_link": _l("Das ist keine Internet-Adresse."),
}
