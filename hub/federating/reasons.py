"""Why a sign-in through a provider failed: codes for log and audit, sentences for people."""

from flask_babel import gettext as _


class SignOnFailed(Exception):
    """Nobody was signed in; ``code`` is one of ``reason_text``, ``detail`` is for the log only (no secrets)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


STATUS = {"busy": 503, "unreachable": 502, "answer": 502, "token": 502, "too_often": 429}


def reason_text(code: str) -> str:
    """The sentence for the person who wanted to come in; it says how to go on."""
    texts = {
        "state": _(
            "Diese Anmeldung gehört nicht zu diesem Browser, wurde schon benutzt oder dauerte länger als zehn Minuten. "
            "Bitte beginnen Sie noch einmal."
        ),
        "cancelled": _("Die Anmeldung wurde dort abgebrochen. Sie können es noch einmal versuchen."),
        "off": _("Dieser Zugang ist zurzeit abgeschaltet. Bitte wenden Sie sich an die Geschäftsstelle."),
        "busy": _("Gerade melden sich viele Menschen auf diesem Weg an. Bitte versuchen Sie es gleich noch einmal."),
        "too_often": _("Von Ihrem Anschluss wurden sehr viele Anmeldungen begonnen. Bitte warten Sie zehn Minuten."),
        "unreachable": _(
            "Der Anmeldedienst hat nicht rechtzeitig oder nicht verständlich geantwortet. "
            "Bitte versuchen Sie es später."
        ),
        "answer": _("Der Anmeldedienst hat die Anmeldung nicht bestätigt. Bitte beginnen Sie noch einmal."),
        "token": _(
            "Die Antwort des Anmeldedienstes ließ sich nicht prüfen. Deshalb haben wir Sie nicht angemeldet. "
            "Bitte beginnen Sie noch einmal; bleibt es dabei, hilft die Geschäftsstelle."
        ),
        "blocked": _("Ihr Konto ist gesperrt. Bitte wenden Sie sich an die Geschäftsstelle."),
        "address_taken": _(
            "Zu Ihrer E-Mail-Adresse gibt es hier schon ein Konto. Bitte melden Sie sich einmal wie bisher an und "
            "verbinden Sie beides unter „Mein Konto“ → „Anmelden über Ihre Organisation“."
        ),
        "no_address": _(
            "Der Anmeldedienst hat uns keine E-Mail-Adresse genannt. Ohne sie können wir kein Konto anlegen. "
            "Bitte wenden Sie sich an Ihre IT oder an die Geschäftsstelle."
        ),
        "declined": _("Ihre Anfrage wurde abgelehnt. Fragen beantwortet die Koordination Ihrer Organisation."),
        "other_account": _("Diese Anmeldung ist schon mit einem anderen Konto verbunden."),
        "other_identity": _("Ihr Konto ist schon mit einer anderen Anmeldung dieses Dienstes verbunden."),
        "not_again": _(
            "Der Anmeldedienst hat Sie nicht neu nach einem Nachweis gefragt. Bitte melden Sie sich ab und wieder an."
        ),
    }
    return texts.get(code, texts["token"])
