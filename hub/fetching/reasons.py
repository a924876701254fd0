"""Why a page told nothing, in words for the person who pasted its link; each says how to go on."""

from flask_babel import gettext as _

LATER = {"timeout", "no_answer", "status_5xx", "broken", "unknown_host"}


def reason_text(code: str) -> str:
    """The sentence for a code that ``FetchedPage.reason`` or ``FetchError.reason`` holds."""
    by_hand = _("Bitte tragen Sie Titel und Beschreibung selbst ein; der Link bleibt erhalten.")
    texts = {
        "not_link": _("Das ist keine Internet-Adresse. Sie beginnt mit https:// oder http://."),
        "port": _("Adressen mit eigener Portnummer liest der Wissensspeicher nicht."),
        "inner": _("Diese Adresse liegt in einem internen Netz und lässt sich von hier nicht lesen."),
        "own": _("Das ist eine Seite des Wissensspeichers selbst."),
        "unknown_host": _("Unter diesem Namen ist keine Website zu finden. Bitte prüfen Sie die Schreibweise."),
        "no_answer": _("Die Website ist gerade nicht zu erreichen."),
        "timeout": _("Die Website hat nicht rechtzeitig geantwortet."),
        "tls": _("Die Verbindung zu dieser Website ist nicht sicher: Ihr Zertifikat lässt sich nicht prüfen."),
        "redirects": _("Die Adresse leitet zu oft oder ins Leere weiter."),
        "downgrade": _(
            "Die Adresse leitet auf eine ungesicherte Seite weiter; dorthin folgt der Wissensspeicher nicht."
        ),
        "too_big": _("Die Datei ist größer als 25 MB und wird nicht gelesen."),
        "broken": _("Die Antwort der Website ist nicht zu lesen."),
        "status_404": _("Diese Seite gibt es dort nicht (mehr). Bitte prüfen Sie die Adresse."),
        "status_403": _("Die Website zeigt diese Seite nicht jedem."),
        "status_4xx": _("Die Website gibt diese Seite nicht heraus."),
        "status_5xx": _("Auf der Website ist gerade ein Fehler aufgetreten."),
        "login": _("Die Seite verlangt eine Anmeldung."),
        "other_type": _("Hinter dem Link liegt keine Seite, sondern eine Datei."),
        "later": _("Das Lesen der Seite dauert noch."),
        "silent": _("Die Seite sagt nichts über sich."),
    }
    sentence = texts.get(code, texts["broken"])
    return sentence if code == "not_link" else f"{sentence} {by_hand}"
