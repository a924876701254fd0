"""Checks of the program and of what runs around it."""

import hashlib
import os
import re
import shutil
import sys
import tomllib
from datetime import timedelta
from importlib import metadata

from flask import Flask
from sqlalchemy import func, select

from config import ROOT
from hub.checking.model import Level, check
from hub.checking.settings import is_near
from hub.core import clock
from hub.core.db import db
from hub.core.permissions import Permission
from hub.jobs import registry
from hub.jobs.models import Job, JobWorker, State
from hub.linkcare import queries as link_queries
from hub.mailing.models import Letter
from hub.mailing.models import State as LetterState
from hub.web.filters import minute
from hub.web.headers import CONTENT_SECURITY_POLICY

ALIVE = timedelta(minutes=30)
LETTER_WAITS = timedelta(hours=1)
DUTIES = ("prune_audit", "sweep_people", "sweep_forms", "sweep_uploads", "empty_bin", "sweep_removed", "sweep_search")
SUPPORTED = ((3, 11), (3, 14))


@check("B01", Level.STOP, "Bitte geben Sie jeder Seite mit @requires ihr Recht.")
def closed_by_default(app: Flask) -> str:
    views = app.view_functions.items()
    loose = [
        name
        for name, view in views
        if not getattr(view, "is_public", False) and not isinstance(getattr(view, "permission", None), Permission)
    ]
    return f"Seiten ohne Recht: {', '.join(loose)}" if loose else ""


@check("B02", Level.STOP, "Bitte nehmen Sie die Änderung in hub/web/headers.py zurück.")
def policy(app: Flask) -> str:
    is_strict = CONTENT_SECURITY_POLICY.startswith("default-src 'none'") and "unsafe" not in CONTENT_SECURITY_POLICY
    return "" if is_strict and "http" not in CONTENT_SECURITY_POLICY else "Seiten dürfen fremde Inhalte laden"


@check("B03", Level.WARNING, "Bitte starten Sie den Wissensspeicher als eigener Benutzer ohne besondere Rechte.")
def root(app: Flask) -> str:
    return "Der Wissensspeicher läuft als root" if os.geteuid() == 0 else ""


@check("B04", Level.WARNING, "Bitte nehmen Sie eine Python-Version von 3.11 bis 3.14.")
def python(app: Flask) -> str:
    is_known = SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]
    return "" if is_known else f"Python {sys.version.split()[0]} ist nicht erprobt"


@check("B05", Level.ERROR, "Bitte holen Sie die Dateien unter static/vendor aus der Versionsverwaltung zurück.")
def vendored_files(app: Flask) -> str:
    folder = ROOT / "static" / "vendor"
    told = tomllib.loads((folder / "VENDOR.toml").read_text(encoding="utf-8"))
    changed = [
        name
        for name, wanted in _checksums(told)
        if not (folder / name).exists() or hashlib.sha256((folder / name).read_bytes()).hexdigest() != wanted
    ]
    return f"Verändert: {', '.join(changed[:5])}" if changed else ""


@check("B06", Level.ERROR, "Bitte führen Sie aus: .venv/bin/pip install --require-hashes -r requirements.txt")
def packages(app: Flask) -> str:
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)==([^ \\]+)", (ROOT / "requirements.txt").read_text(), re.M)
    other = [name for name, version in pinned if _installed(name) not in (version, None)]
    return f"In anderer Fassung eingerichtet: {', '.join(other[:5])}" if other else ""


@check("B07", Level.WARNING, "Bitte starten Sie den Server, oder mit HUB_WORKER=0 anderswo flask jobs work.")
def worker(app: Flask) -> str:
    seen_at = db.session.scalar(select(func.max(JobWorker.seen_at)))
    is_alive = seen_at is not None and clock.now() - seen_at < ALIVE
    waits = _count(Job, Job.state == State.OPEN, Job.due_at < clock.now() - ALIVE)
    return "" if is_alive or not waits else f"{waits} Aufgaben warten, und niemand erledigt sie"


@check("B08", Level.WARNING, "Bitte sehen Sie unter Aufgaben im Hintergrund nach, woran es liegt.")
def failed_jobs(app: Flask) -> str:
    count = _count(Job, Job.state == State.FAILED)
    return f"{count} Aufgaben wurden aufgegeben" if count else ""


@check("B09", Level.WARNING, "Bitte sehen Sie im Postausgang nach, was der Mailserver sagt.")
def letters(app: Flask) -> str:
    waits = Letter.state == LetterState.WAITING
    count = _count(Letter, waits, Letter.created_at < clock.now() - LETTER_WAITS) if app.config["MAIL_URL"] else 0
    return f"{count} E-Mails warten seit mehr als einer Stunde" if count else ""


@check("B10", Level.STOP, "Bitte nehmen Sie die Änderung in hub/wiring.py zurück.")
def duties(app: Flask) -> str:
    missing = set(DUTIES) - {kind.name for kind in registry.duties()}
    return f"Fristen werden nicht eingehalten: {', '.join(sorted(missing))}" if missing else ""


@check("B11", Level.HINT, "Für die Suche in eingescannten Dateien: sudo apt install tesseract-ocr tesseract-ocr-deu")
def scans(app: Flask) -> str:
    return "" if shutil.which("tesseract") else "Schrift in Scans wird nicht erkannt"


@check("B12", Level.WARNING, "Bitte geben Sie dem Dienst die umask 0077.")
def umask(app: Flask) -> str:
    before = os.umask(0o077)
    os.umask(before)
    return (
        f"Neue Dateien sind für andere lesbar (umask {before:04o})"
        if before & 0o007 != 0o007 and not is_near(app)
        else ""
    )


@check("B13", Level.WARNING, "Bitte sehen Sie unter Aufgaben im Hintergrund nach, ob „Links prüfen“ erledigt wird.")
def links(app: Flask) -> str:
    since = link_queries.stopped_since()
    return f"Seit {minute(since)} wurde kein Link mehr geprüft" if since else ""


def _count(model: type, *conditions: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0  # type: ignore[arg-type]


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _checksums(told: object) -> list[tuple[str, str]]:
    """Every pair of file and checksum, wherever it stands in the list."""
    if isinstance(told, list):
        return [pair for part in told for pair in _checksums(part)]
    if not isinstance(told, dict):
        return []
    if "sha256" in told and isinstance(told["sha256"], str):
        return [(str(told.get("file") or told.get("path") or told.get("name")), told["sha256"])]
    return [pair for part in told.values() for pair in _checksums(part)]
