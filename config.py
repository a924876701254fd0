"""Settings of the hub: every one comes from a HUB_* variable or from the instance folder."""

import os
import re
import secrets
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
SECRET_BYTES = 48
SHORTEST_SECRET = 32
LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "::1"}
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
AUDIT_DAYS, SHORTEST_AUDIT, LONGEST_AUDIT = 730, 30, 36_500
MAX_UPLOAD_BYTES = 25 * 1024 * 1024


class SettingError(Exception):
    """A setting cannot be used; the text says which and what to do."""


def load_settings(environment: "os._Environ[str] | dict[str, str]") -> dict[str, object]:
    """All settings as Flask configuration; makes the instance folder and the key files on the first run.

    Raises SettingError with one plain German sentence when a value cannot be used.
    """
    instance = Path(environment.get("HUB_INSTANCE") or ROOT / "instance").resolve()
    make_folder(instance)
    base_url = read_base_url(environment)
    return {
        "INSTANCE": instance,
        "FILES_FOLDER": instance / "files",
        "INDEX_FOLDER": instance / "index",
        "MIGRATIONS_FOLDER": ROOT / "hub" / "migrations",
        "SQLALCHEMY_DATABASE_URI": read_database_url(environment, instance),
        # Errors of the database go to the log: without the values that were sent.
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True, "pool_use_lifo": True, "hide_parameters": True},
        "SECRET_KEY": read_secret(environment, instance, "secret_key", "HUB_SECRET_KEY"),
        "PASSWORD_PEPPER": read_secret(environment, instance, "pepper", None),
        "SEALING_KEYS": read_sealing_keys(environment, instance),
        "BASE_URL": base_url,
        "SECURE": base_url.startswith("https://"),
        "TRUSTED_HOSTS": trusted_hosts(base_url),
        "TITLE": environment.get("HUB_TITLE") or "DEFUS Wissensspeicher",
        "OPERATOR": environment.get("HUB_OPERATOR") or "Deutsch-Europäisches Forum für Urbane Sicherheit e. V.",
        "EXAMPLES": environment.get("HUB_EXAMPLES", "1") != "0",
        "MAIL_URL": read_mail_url(environment),
        "MAIL_FROM": read_mail_from(environment),
        "MAIL_IN": read_mail_in(environment),
        "MAIL_AUTHSERV": environment.get("HUB_MAIL_AUTHSERV") or None,
        "AUDIT_DAYS": read_audit_days(environment),
        "SECOND_FACTOR": read_second_factor(environment),
        "LINK_CHECK": read_link_check(environment),
        "LINK_CONTACT": read_link_contact(environment),
        "IS_LOOPBACK": urlsplit(base_url).hostname in LOOPBACK_HOSTS,
        "MAX_CONTENT_LENGTH": MAX_UPLOAD_BYTES * 4 + 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 200,
        "BCRYPT_COST": 12,
        "SESSION_COOKIE_NAME": "__Host-hub_page" if base_url.startswith("https://") else "hub_page",
        "SESSION_COOKIE_SECURE": base_url.startswith("https://"),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "BABEL_DEFAULT_LOCALE": "de",
        "BABEL_DEFAULT_TIMEZONE": "Europe/Berlin",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "hub" / "translations"),
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 4,
        "COMPRESS_LEVEL": 5,
        "COMPRESS_MIMETYPES": ["text/html", "text/plain", "application/json"],
    }


def make_folder(folder: Path) -> None:
    """Make the folder of all data, readable by its owner only."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingError(
            f"Der Datenordner {folder} lässt sich nicht beschreiben ({error.strerror}). "
            "Bitte geben Sie mit HUB_INSTANCE=/anderer/ordner einen Ordner an, in den Sie schreiben dürfen."
        ) from error


def read_database_url(environment: "os._Environ[str] | dict[str, str]", instance: Path) -> str:
    """The database: SQLite in the instance folder unless HUB_DATABASE_URL names another."""
    url = environment.get("HUB_DATABASE_URL") or f"sqlite:///{instance / 'hub.sqlite3'}"
    if url.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    return url


def read_base_url(environment: "os._Environ[str] | dict[str, str]") -> str:
    """The address under which people reach the hub; plain http only on this machine itself."""
    url = (environment.get("HUB_BASE_URL") or f"http://127.0.0.1:{environment.get('PORT') or '8000'}").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise SettingError(
            f"HUB_BASE_URL={url} ist keine Adresse wie https://wissen.example.org. Bitte berichtigen Sie sie."
        )
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise SettingError(
            f"HUB_BASE_URL={url} beginnt mit http. Außerhalb dieses Rechners ist https nötig: Bitte stellen Sie einen "
            "Zugang mit TLS davor und tragen Sie dessen https-Adresse ein."
        )
    return url


def read_mail_url(environment: "os._Environ[str] | dict[str, str]") -> str | None:
    """The mail server that takes our letters; None when none leave."""
    url = (environment.get("HUB_MAIL_URL") or "").strip()
    if not url:
        return None
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_fine = False
    if not is_fine or parts.path.strip("/") or parts.query or bool(parts.username) != bool(parts.password):
        raise SettingError(
            "HUB_MAIL_URL ist keine Adresse wie smtp://name:passwort@mail.example.org:587 (STARTTLS) oder "
            "smtps://name:passwort@mail.example.org. Bitte berichtigen Sie sie; Sonderzeichen im Passwort schreiben "
            "Sie als %-Folge."
        )
    return url


def read_mail_from(environment: "os._Environ[str] | dict[str, str]") -> str | None:
    """The address that letters come from; needed as soon as letters leave."""
    given = (environment.get("HUB_MAIL_FROM") or "").strip()
    address = parseaddr(given)[1]
    if given and (not given.isprintable() or not MAIL_ADDRESS.fullmatch(address)):
        raise SettingError(
            f"HUB_MAIL_FROM={given} ist keine Adresse wie wissen@example.org oder "
            "Wissensspeicher <wissen@example.org>. Bitte berichtigen Sie sie."
        )
    if not given and (environment.get("HUB_MAIL_URL") or "").strip():
        raise SettingError(
            "HUB_MAIL_URL ist gesetzt und HUB_MAIL_FROM fehlt. Bitte geben Sie an, von welcher Adresse Briefe kommen."
        )
    return given or None


def read_mail_in(environment: "os._Environ[str] | dict[str, str]") -> str | None:
    """The mail address that takes contributions; None when there is none."""
    address = (environment.get("HUB_MAIL_IN") or "").strip().lower()
    if not address:
        return None
    local, _at, domain = address.partition("@")
    if not local or "." not in domain or any(sign in address for sign in ' +<>"') or "@" in domain or len(local) > 24:
        raise SettingError(
            f"HUB_MAIL_IN={address} ist keine Adresse wie beitrag@wissen.example.org. Bitte berichtigen Sie sie."
        )
    return address


def read_audit_days(environment: "os._Environ[str] | dict[str, str]") -> int:
    """How many days the audit log is kept; 0 keeps everything."""
    text = environment.get("HUB_AUDIT_DAYS") or str(AUDIT_DAYS)
    days = int(text[:6]) if text.isascii() and text.isdigit() else -1
    if days != 0 and not SHORTEST_AUDIT <= days <= LONGEST_AUDIT:
        raise SettingError(
            f"HUB_AUDIT_DAYS={text} ist keine Frist; erlaubt sind {SHORTEST_AUDIT} bis {LONGEST_AUDIT} Tage oder 0 für "
            "unbegrenzt."
        )
    return days


def read_second_factor(environment: "os._Environ[str] | dict[str, str]") -> str:
    """Who must have a second factor: ``optional`` leaves it to members, ``required`` demands it of everybody."""
    value = (environment.get("HUB_SECOND_FACTOR") or "optional").strip().lower()
    if value not in ("optional", "required"):
        raise SettingError(f"HUB_SECOND_FACTOR={value} gibt es nicht. Möglich sind optional und required.")
    return value


def read_link_check(environment: "os._Environ[str] | dict[str, str]") -> bool | None:
    """Whether the links of entries are tried; None leaves it to where the hub runs."""
    value = (environment.get("HUB_LINK_CHECK") or "").strip()
    if value not in ("", "0", "1"):
        raise SettingError(f"HUB_LINK_CHECK={value} gibt es nicht. Möglich sind 1 (an) und 0 (aus).")
    return value == "1" if value else None


def read_link_contact(environment: "os._Environ[str] | dict[str, str]") -> str:
    """A mail address for those whose websites are asked; it is sent along with each request."""
    contact = (environment.get("HUB_LINK_CONTACT") or "").strip()
    if contact and not MAIL_ADDRESS.fullmatch(contact):
        raise SettingError(
            f"HUB_LINK_CONTACT={contact} ist keine Adresse wie wissen@example.org. Bitte berichtigen Sie sie."
        )
    return contact


def trusted_hosts(base_url: str) -> list[str] | None:
    """Hosts that are answered: the configured one and this machine. None (any) for an IPv6 literal on loopback,
    which Werkzeug's list cannot name."""
    host = urlsplit(base_url).hostname or ""
    return None if ":" in host else sorted({host, "127.0.0.1", "localhost"})


def read_secret(
    environment: "os._Environ[str] | dict[str, str]", instance: Path, name: str, variable: str | None
) -> str:
    """A key from its variable or its file; the file is made once, by exclusive create, readable by its owner only."""
    given = environment.get(variable) if variable else None
    if given:
        return checked_secret(given, str(variable))
    path, mark = instance / name, instance / f".{name}.made"
    if mark.exists() and not path.exists():
        raise SettingError(
            f"Die Schlüsseldatei {path} fehlt; ohne sie sind gespeicherte Daten nicht zu gebrauchen. Bitte legen Sie "
            f"sie aus der Sicherung zurück. Ist sie verloren, entfernen Sie {mark}; dann entsteht ein neuer Schlüssel."
        )
    mark.touch(mode=0o600)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            raise SettingError(
                f"Die Schlüsseldatei {path} ist für andere lesbar. Bitte führen Sie aus: chmod 600 {path}"
            ) from None
        return checked_secret(path.read_text(encoding="ascii", errors="replace").strip(), str(path))
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        secret = secrets.token_urlsafe(SECRET_BYTES)
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret


def read_sealing_keys(environment: "os._Environ[str] | dict[str, str]", instance: Path) -> tuple[str, ...]:
    """The key that seals secrets in the database, and former ones (``sealing_key.old``, a line each)."""
    newest = read_secret(environment, instance, "sealing_key", None)
    former = instance / "sealing_key.old"
    if not former.exists():
        return (newest,)
    if former.stat().st_mode & 0o077:
        raise SettingError(
            f"Die Schlüsseldatei {former} ist für andere lesbar. Bitte führen Sie aus: chmod 600 {former}"
        )
    lines = former.read_text(encoding="ascii", errors="replace").split()
    return (newest, *(checked_secret(line, str(former)) for line in lines))


def checked_secret(value: str, source: str) -> str:
    """Refuse a key that can be guessed."""
    if len(value) < SHORTEST_SECRET or len(set(value)) < 10:
        raise SettingError(f"Der Schlüssel in {source} ist zu kurz. Nötig sind mindestens 32 zufällige Zeichen.")
    return value
