"""Checks of the settings."""

import ipaddress
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import AUDIT_DAYS, LOOPBACK_HOSTS
from hub.checking.model import Level, check

LEAST_BCRYPT = 12
LEAST_AUDIT = 180
TEST_DOMAINS = (".example", ".example.org", ".example.com", ".example.net", ".test", ".invalid")
WITHOUT = "Bitte starten Sie ohne diese Einstellung."


def is_near(app: Flask) -> bool:
    """Whether only this machine reaches the hub."""
    return urlsplit(app.config["BASE_URL"]).hostname in LOOPBACK_HOSTS


@check("S01", Level.STOP, "Bitte starten Sie ohne FLASK_DEBUG.")
def debug(app: Flask) -> str:
    return "Die Fehlersuche ist an und zeigt Fremden den Programmtext" if app.debug else ""


@check("S02", Level.STOP, WITHOUT)
def testing(app: Flask) -> str:
    is_on = app.testing or app.config.get("PROPAGATE_EXCEPTIONS")
    return "Die Einstellungen der Tests (TESTING, PROPAGATE_EXCEPTIONS) sind an" if is_on else ""


@check(
    "S03",
    Level.STOP,
    "Bitte tragen Sie in HUB_BASE_URL eine https-Adresse ein und stellen Sie einen Zugang mit TLS davor.",
)
def https(app: Flask) -> str:
    is_safe = app.config["BASE_URL"].startswith("https://") or is_near(app)
    return "" if is_safe else "Die Adresse ist von anderen Rechnern aus ohne TLS zu erreichen"


@check("S04", Level.STOP, "Bitte tragen Sie die öffentliche Adresse in HUB_BASE_URL ein; die Namen folgen daraus.")
def hosts(app: Flask) -> str:
    host, trusted = urlsplit(app.config["BASE_URL"]).hostname or "", app.config["TRUSTED_HOSTS"]
    if trusted is None:
        return "" if is_near(app) and ":" in host else "Der Wissensspeicher antwortet unter jedem Namen"
    odd = [name for name in trusted if "*" in name or name.startswith(".") or not name]
    return f"Er antwortet unter fremden Namen ({', '.join(odd)})" if odd or host not in trusted else ""


@check("S05", Level.STOP, "Bitte nehmen Sie die Änderung an den Cookie-Einstellungen zurück.")
def cookies(app: Flask) -> str:
    config = app.config
    is_right = config["SESSION_COOKIE_HTTPONLY"] and config["SESSION_COOKIE_SAMESITE"] == "Lax"
    if config["SECURE"]:
        is_right = is_right and config["SESSION_COOKIE_SECURE"] and config["SESSION_COOKIE_NAME"].startswith("__Host-")
    return "" if is_right else "Cookies sind nicht so geschützt wie vorgesehen"


@check("S06", Level.STOP, "Bitte setzen Sie BCRYPT_COST wieder auf 12 oder mehr.")
def hashing(app: Flask) -> str:
    return "" if app.config["BCRYPT_COST"] >= LEAST_BCRYPT else "Passwörter werden zu schwach geschützt"


@check("S07", Level.STOP, "Bitte stellen Sie die Grenzen für Anfragen wieder her.")
def request_limits(app: Flask) -> str:
    names = ("MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE", "MAX_FORM_PARTS")
    missing = [name for name in names if not app.config.get(name)]
    return f"Anfragen dürfen beliebig groß sein ({', '.join(missing)})" if missing else ""


@check("S08", Level.STOP, "Bitte tragen Sie in HUB_MAIL_FROM die Adresse ein, von der die E-Mails kommen.")
def mail_sender(app: Flask) -> str:
    is_half = app.config["MAIL_URL"] and not app.config["MAIL_FROM"]
    return "E-Mail ist eingerichtet, aber ohne Absender" if is_half else ""


@check("S09", Level.STOP, "Bitte nehmen Sie die Änderung an SQLALCHEMY_ENGINE_OPTIONS zurück.")
def hidden_values(app: Flask) -> str:
    is_hidden = app.config["SQLALCHEMY_ENGINE_OPTIONS"].get("hide_parameters")
    return "" if is_hidden else "Werte aus der Datenbank könnten in Fehlermeldungen stehen"


@check("S10", Level.STOP, "Bitte nehmen Sie die Änderung in hub/__init__.py zurück.")
def proxy(app: Flask) -> str:
    is_behind = not app.config["SECURE"] or isinstance(app.wsgi_app, ProxyFix)
    return "" if is_behind else "Die Adressen der Anfragenden sind nicht zu erkennen"


@check("S11", Level.WARNING, "Bitte richten Sie mit HUB_MAIL_URL und HUB_MAIL_FROM einen Mailserver ein.")
def mail(app: Flask) -> str:
    return "" if is_near(app) or app.config["MAIL_URL"] else "E-Mails gehen nicht hinaus, Links müssen Sie weitergeben"


@check("S12", Level.ERROR, "Bitte tragen Sie in HUB_MAIL_FROM eine Adresse ein, die Antworten empfängt.")
def mail_domain(app: Flask) -> str:
    domain = str(app.config["MAIL_FROM"] or "").rpartition("@")[2].rstrip("> ")
    return f"{domain} ist eine Adresse für Beispiele" if f".{domain}".endswith(TEST_DOMAINS) else ""


@check(
    "S13",
    Level.WARNING,
    "Bitte tragen Sie in HUB_MAIL_AUTHSERV den Namen ein, den Ihr Mailserver in Authentication-Results schreibt.",
)
def mail_in(app: Flask) -> str:
    is_open = app.config["MAIL_IN"] and not app.config["MAIL_AUTHSERV"]
    return "Beiträge per E-Mail werden auch von gefälschten Absendern angenommen" if is_open else ""


@check("S14", Level.WARNING, f"Bitte setzen Sie HUB_AUDIT_DAYS auf {LEAST_AUDIT} oder mehr; üblich sind {AUDIT_DAYS}.")
def audit_period(app: Flask) -> str:
    days = app.config["AUDIT_DAYS"]
    if days == 0:
        return "Das Protokoll wird nie gekürzt"
    return "Das Protokoll wird nach kurzer Zeit gelöscht" if days < LEAST_AUDIT else ""


@check(
    "S15",
    Level.ERROR,
    "Bitte tragen Sie in HUB_BASE_URL den Namen ein, unter dem die Mitglieder den Wissensspeicher erreichen.",
)
def public_name(app: Flask) -> str:
    host = urlsplit(app.config["BASE_URL"]).hostname or ""
    if is_near(app):
        return ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return f"{host} ist ein Name für Beispiele" if f".{host}".endswith(TEST_DOMAINS) else ""
    return f"{host} ist eine Zahl und kein Name; Zertifikate und Passkeys brauchen einen Namen"


@check(
    "S16", Level.HINT, "Für andere Rechner tragen Sie in HUB_BASE_URL die https-Adresse ein, sonst ist nichts zu tun."
)
def near(app: Flask) -> str:
    return "Nur dieser Rechner erreicht den Wissensspeicher" if is_near(app) else ""
