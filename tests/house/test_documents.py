"""What docs/ tells the operator is what the code does: limits, types, periods, logs, connections to others."""

import re
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask

from config import AUDIT_DAYS, MAX_UPLOAD_BYTES
from hub.accounts import half_open, limits, passwords, sessions
from hub.accounts.service.signing_in import LIFETIMES
from hub.audit.events import EVENTS
from hub.core import filetypes, storage
from hub.core.actor import FRESH_FOR
from hub.fetching import safe_fetch
from hub.fetching.extract import running
from hub.mailing.service import PATIENCE
from hub.privacy import retention
from hub.privacy.inventory import FATES, HOLDINGS
from hub.web.headers import CONTENT_SECURITY_POLICY
from hub.web.logs import FIELDS, JOURNAL_EVENTS

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
MIB = 1024 * 1024
OPENING = "socket ssl smtplib imaplib urllib3 http.client urllib.request dns requests httpx authlib".split()
NETWORK = re.compile(rf"^\s*(?:import|from) (?:{'|'.join(map(re.escape, OPENING))})\b", re.MULTILINE)


def table(document: str, heading: str) -> dict[str, str]:
    """First and second column of the table under a heading."""
    text = (DOCS / document).read_text(encoding="utf-8")
    part = re.split(rf"^#+ {re.escape(heading)}$", text, flags=re.MULTILINE)[1]
    part = re.split(r"^#", part, flags=re.MULTILINE)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    rows = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1] for row in rows[2:]}


def words(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    for size, one, many in ((86_400, "Tag", "Tage"), (3600, "Stunde", "Stunden"), (60, "Minute", "Minuten")):
        if (seconds % size == 0 and seconds > size) or seconds == size:
            return f"{seconds // size} {one if seconds == size else many}"
    return f"{seconds} Sekunden"


def expected_limits() -> dict[str, str]:
    return {
        "Datei": f"{storage.MAX_FILE_BYTES // MIB} MiB",
        "Datei, entpackt": f"{filetypes.MAX_UNPACKED_BYTES // MIB} MiB",
        "Teile einer Office-Datei": str(filetypes.MAX_MEMBERS),
        "Bild": f"{filetypes.MAX_PIXELS // 10**6} Millionen Bildpunkte",
        "Anfrage mit Dateien": f"{(MAX_UPLOAD_BYTES * 4 + MIB) // MIB} MiB",
        "Passwort": f"{passwords.SHORTEST} bis {passwords.LONGEST} Zeichen",
        "Fehlversuche je Konto": f"{limits.PER_ACCOUNT} in {words(limits.WINDOW)}",
        "Fehlversuche je Netzadresse": f"{limits.PER_ADDRESS} in {words(limits.WINDOW)}",
        "Fehlversuche insgesamt": f"{limits.OVERALL} in {words(limits.WINDOW)}",
        "Fehlversuche beim zweiten Faktor": ", ".join(f"{n} in {words(time)}" for n, time in limits.SECOND_FACTOR),
        "Verlinkte Seite": f"{safe_fetch.PAGE_BYTES // MIB} MiB, {safe_fetch.TOTAL_SECONDS:.0f} Sekunden",
        "Verlinkte Datei": f"{safe_fetch.FILE_BYTES // MIB} MiB, {safe_fetch.TOTAL_SECONDS:.0f} Sekunden",
        "Weiterleitungen": str(safe_fetch.MOST_REDIRECTS),
        "Lesen einer Datei": f"{running.WALL_SECONDS:.0f} Sekunden",
    }


def expected_lifetimes() -> dict[str, str]:
    return {
        "Sitzung ohne Aktivität": words(sessions.IDLE),
        "Sitzung ohne Aktivität, Redaktion und Verwaltung": words(sessions.IDLE_OFFICE),
        "Sitzung, längstens": words(sessions.ABSOLUTE),
        "Sitzung mit „angemeldet bleiben“": words(sessions.KEPT),
        "Neuer Nachweis vor heiklen Schritten nach": words(FRESH_FOR),
        "Zweiter Schritt der Anmeldung": words(half_open.LIFETIME),
        "Anmelde-Link": words(LIFETIMES["sign_in"]),
        "Einladungs-Link": words(LIFETIMES["invitation"]),
        "Link der ersten Verwaltung": words(LIFETIMES["first_admin"]),
        "Versuche, eine E-Mail zu senden": words(PATIENCE),
    }


def expected_types() -> dict[str, str]:
    return {f".{extension}": kind.media_type for extension, kind in filetypes.TYPES.items()}


def expected_periods() -> dict[str, str]:
    return {str(period.what): retention.in_words(period) for period in retention.periods()}


def expected_events() -> dict[str, str]:
    return {code: str(event.label) for code, event in EVENTS.items() if event.is_security}


def expected_data() -> dict[str, str]:
    return {str(holding.label): str(FATES[holding.fate]) for holding in HOLDINGS}


def opening_modules() -> set[str]:
    """Files of the hub that can open a connection or look up a name."""
    return {
        str(path.relative_to(ROOT))
        for path in (ROOT / "hub").rglob("*.py")
        if NETWORK.search(path.read_text(encoding="utf-8"))
    }


def test_limits_are_those_of_the_code():
    assert table("grenzen.md", "Grenzen") == expected_limits()
    assert table("grenzen.md", "Fristen der Anmeldung") == expected_lifetimes()


def test_file_types_are_those_of_the_code():
    assert table("grenzen.md", "Dateitypen") == expected_types()


def test_periods_are_those_of_the_code(app: Flask):
    with app.test_request_context("/"):
        assert table("datenschutz.md", "Aufbewahrung") == expected_periods()
    assert str(AUDIT_DAYS) in table("datenschutz.md", "Aufbewahrung")["Protokoll"]


def test_what_is_kept_of_a_person_is_the_inventory(app: Flask):
    with app.test_request_context("/"):
        assert table("datenschutz.md", "Welche Daten einer Person wo liegen") == expected_data()


def test_the_log_inventory_is_that_of_the_code(app: Flask):
    assert tuple(table("protokolle.md", "Felder einer Zeile im Journal")) == FIELDS
    assert table("protokolle.md", "Ereignisse nur im Journal") == JOURNAL_EVENTS
    with app.test_request_context("/"):
        assert table("protokolle.md", "Sicherheitsereignisse im Protokoll") == expected_events()


def test_connections_to_others_are_all_named():
    told = table("verbindungen.md", "Welche Teile Verbindungen öffnen")
    assert set(told) == opening_modules()
    assert "http" not in CONTENT_SECURITY_POLICY


def test_documents_name_existing_files_settings_and_commands(app: Flask):
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCS.glob("*.md"))
    for name in re.findall(r"`((?:hub|docs|deploy|tests|static)/[\w./-]+)`", text):
        assert (ROOT / name).exists(), name
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\bHUB_[A-Z_]+\b", text)) <= set(re.findall(r"\bHUB_[A-Z_]+\b", readme))
    for group, command in re.findall(r"flask (audit|hub|users|jobs|search|db) ([a-z-]+)", text):
        known = app.cli.commands.get(group)
        assert group == "db" or (isinstance(known, click.Group) and command in known.commands), command
