"""What a provider says of itself, in words for an administrator."""

from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from hub.federating.models import IdentityProvider
from hub.federating.protocol import allowed_algorithms, auth_method


def describe(provider: IdentityProvider) -> list[tuple[str, str]]:
    """Name and sentence for each fact; empty before the first check."""
    told = provider.told
    if not told:
        return []
    keys = (provider.keys or {}).get("keys", [])
    return [
        (_("Anmeldeseite"), _host(told, "authorization_endpoint")),
        (_("Schlüssel"), _("%(number)s, geholt bei %(host)s", number=len(keys), host=_host(told, "jwks_uri"))),
        (_("Unterschriften"), ", ".join(allowed_algorithms(told))),
        (_("Schutz des Codes (PKCE)"), _pkce(told)),
        (_("Nennt sich in jeder Antwort"), _yes(told.get("authorization_response_iss_parameter_supported"))),
        (_("Ausweis des Wissensspeichers"), _auth(told, provider.sealed_secret is not None)),
        (_("Angaben zur Person"), _userinfo(told)),
        (_("Meldet uns Abmeldungen"), _yes(told.get("backchannel_logout_supported"))),
        (_("Stufen der Anmeldung (acr)"), ", ".join(told.get("acr_values_supported") or []) or _("keine genannt")),
    ]


def fault_text(code: str) -> str:
    """Why a provider cannot be used, and what to do."""
    texts = {
        "issuer": _(
            "Der Dienst nennt sich anders als hier eingetragen. Der Aussteller muss Zeichen für Zeichen stimmen, "
            "auch beim Schrägstrich am Ende."
        ),
        "authorization_endpoint": _("Der Dienst nennt keine Anmeldeseite mit https."),
        "token_endpoint": _("Der Dienst nennt keine Adresse mit https, die Codes einlöst."),
        "jwks_uri": _("Der Dienst nennt keine Adresse mit https für seine Schlüssel."),
        "code": _("Der Dienst kennt den Ablauf mit Code nicht. Bitte erlauben Sie dort „Authorization Code“."),
        "pkce": _("Der Dienst kennt PKCE mit S256 nicht. Bitte schalten Sie es dort ein."),
        "algorithms": _(
            "Der Dienst unterschreibt nur auf Arten, die nicht sicher genug sind. Nötig ist RS256, PS256 oder ES256."
        ),
        "auth_method": _(
            "Der Dienst nimmt das Client-Secret auf keinem Weg an, den wir kennen (client_secret_basic oder _post)."
        ),
        "keys": _("Der Dienst veröffentlicht keinen brauchbaren Schlüssel (RSA ab 2048 Bit oder elliptische Kurve)."),
        "secret": _("Das gespeicherte Client-Secret lässt sich nicht mehr öffnen. Bitte tragen Sie es neu ein."),
        "inner": _("Die Adresse liegt in einem internen Netz. Der Wissensspeicher erreicht nur öffentliche Adressen."),
        "port": _("Adressen mit eigener Portnummer ruft der Wissensspeicher nicht auf. Nötig ist der Port 443."),
        "own": _("Das ist die Adresse des Wissensspeichers selbst."),
        "unknown_host": _("Unter diesem Namen ist nichts zu finden. Bitte prüfen Sie die Schreibweise."),
        "tls": _("Das Zertifikat des Dienstes lässt sich nicht prüfen."),
        "timeout": _("Der Dienst hat nicht rechtzeitig geantwortet."),
        "no_answer": _("Der Dienst ist gerade nicht zu erreichen."),
        "redirects": _("Die Adresse leitet weiter. Bitte tragen Sie die endgültige ein."),
        "busy": _("Gerade wird schon geprüft. Bitte versuchen Sie es gleich noch einmal."),
        "no JSON": _("Unter dem Aussteller antwortet etwas, aber kein Anmeldedienst."),
        "status 404": _("Unter dem Aussteller ist keine Beschreibung zu finden (/.well-known/openid-configuration)."),
    }
    return texts.get(code, _("Der Dienst antwortet nicht so, wie OpenID Connect es verlangt (%(code)s).", code=code))


def _host(told: dict[str, Any], name: str) -> str:
    return urlsplit(told.get(name) or "").netloc


def _yes(value: Any) -> str:
    return _("ja") if value else _("nein")


def _pkce(told: dict[str, Any]) -> str:
    if "code_challenge_methods_supported" in told:
        return _("ja, S256")
    return _("nicht genannt; wir senden ihn trotzdem mit")


def _auth(told: dict[str, Any], has_secret: bool) -> str:
    names = {
        "client_secret_basic": _("Client-Secret im Kopf der Anfrage"),
        "client_secret_post": _("Client-Secret im Formular"),
        "none": _("keiner (öffentlicher Client), nur PKCE"),
    }
    return names.get(auth_method(told, has_secret) or "", "–")


def _userinfo(told: dict[str, Any]) -> str:
    if told.get("userinfo_endpoint"):
        return _("im Ausweis, sonst von %(host)s", host=_host(told, "userinfo_endpoint"))
    return _("nur im Ausweis")
