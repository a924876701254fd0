"""Checks of database, files and index."""

import os
import shutil
import stat
from pathlib import Path

from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import make_url

from config import LOOPBACK_HOSTS, ROOT
from hub.audit import chain
from hub.checking.model import Level, check
from hub.checking.settings import is_near
from hub.core import schema
from hub.core.db import db
from hub.indexing import service as indexing
from hub.indexing.errors import IndexUnusable

LEAST_SHARE, LEAST_FREE = 0.05, 1024**3
PREPARE = "Bitte führen Sie .venv/bin/flask hub prepare aus."
ONLY_OWNER = "Bitte führen Sie aus: chmod -R go-rwx DATENORDNER"


@check("D01", Level.STOP, ONLY_OWNER)
def folder_rights(app: Flask) -> str:
    return "" if is_near(app) else _open_folder(app)


@check("D02", Level.STOP, "Bitte starten Sie den Wissensspeicher als der Benutzer, dem der Datenordner gehört.")
def folder_owner(app: Flask) -> str:
    is_ours = _instance(app).stat().st_uid == os.geteuid()
    return "" if is_ours else f"Der Datenordner {_instance(app)} gehört einem anderen Benutzer"


@check("D03", Level.STOP, "Bitte wählen Sie mit HUB_INSTANCE einen Ordner außerhalb von static und templates.")
def folder_place(app: Flask) -> str:
    served = [ROOT / name for name in ("static", "templates", "hub", "docs")]
    is_served = any(_instance(app).is_relative_to(folder) for folder in served)
    return "Der Datenordner liegt bei den Dateien des Programms" if is_served else ""


@check(
    "D04",
    Level.STOP,
    "Bitte nehmen Sie die neuere Version des Wissensspeichers oder die Sicherung von vor der Umstellung.",
)
def newer_schema(app: Flask) -> str:
    found = schema.found_version()
    is_known = found is None or found in schema.known_versions(app.config["MIGRATIONS_FOLDER"])
    return "" if is_known else f"Die Datenbank ({found}) ist von einer neueren Version als dieses Programm"


@check("D05", Level.STOP, PREPARE)
def older_schema(app: Flask) -> str:
    known = schema.known_versions(app.config["MIGRATIONS_FOLDER"])
    found = schema.found_version()
    return "Die Datenbank ist noch nicht auf dem Stand dieser Version" if found in (None, *known[:-1]) else ""


@check("D06", Level.STOP, "Bitte nehmen Sie die Änderung an hub/core/db.py zurück.")
def durability(app: Flask) -> str:
    if db.engine.dialect.name != "sqlite":
        return ""
    wanted = {"PRAGMA journal_mode": "wal", "PRAGMA synchronous": 2, "PRAGMA foreign_keys": 1}
    wrong = [question.removeprefix("PRAGMA ") for question, value in wanted.items() if _ask(question) != value]
    return f"Die Datenbank läuft ohne {', '.join(wrong)}" if wrong else ""


@check("D07", Level.ERROR, ONLY_OWNER)
def content_rights(app: Flask) -> str:
    folders = [Path(app.config[name]) for name in ("FILES_FOLDER", "INDEX_FOLDER")]
    paths = [*folders, *_instance(app).glob("hub.sqlite3*")]
    # Inside a folder that only we may enter nobody else reaches them; on a wrong umask they say so first.
    loose = [path.name for path in paths if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o022]
    return f"Für andere beschreibbar: {', '.join(loose)}" if loose else ""


@check("D08", Level.WARNING, "Bitte schaffen Sie Platz auf dem Datenträger des Datenordners.")
def space(app: Flask) -> str:
    disk = shutil.disk_usage(_instance(app))
    is_tight = disk.free < LEAST_FREE or disk.free < disk.total * LEAST_SHARE
    return f"Auf dem Datenträger sind nur noch {disk.free // 1024**2} MiB frei" if is_tight else ""


@check("D09", Level.ERROR, "Bitte spielen Sie die letzte Sicherung ein und heben Sie die beschädigte Datenbank auf.")
def integrity(app: Flask) -> str:
    is_sound = db.engine.dialect.name != "sqlite" or _ask("PRAGMA quick_check") == "ok"
    return "" if is_sound else "Die Datenbankdatei ist beschädigt"


@check("D10", Level.ERROR, "Bitte hängen Sie ?sslmode=verify-full an HUB_DATABASE_URL an.")
def database_encryption(app: Flask) -> str:
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    is_far = url.drivername.startswith("postgresql") and (url.host or "localhost") not in LOOPBACK_HOSTS
    is_far = is_far and not str(url.host).startswith("/")
    is_safe = url.query.get("sslmode") in ("require", "verify-ca", "verify-full")
    return "Die Verbindung zur Datenbank ist nicht verschlüsselt" if is_far and not is_safe else ""


@check(
    "D11", Level.WARNING, "Bitte geben Sie dem Wissensspeicher einen eigenen Datenbankbenutzer ohne Verwaltungsrechte."
)
def database_rights(app: Flask) -> str:
    if db.engine.dialect.name != "postgresql":
        return ""
    is_super = db.session.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
    return "Der Datenbankbenutzer darf alles auf dem Datenbankserver" if is_super else ""


@check(
    "D12",
    Level.ERROR,
    "Bitte heben Sie Datenbank und Journal auf und klären Sie, wer Zugriff hatte (flask audit verify).",
)
def audit_chain(app: Flask) -> str:
    broken = chain.find_break(db.session())
    return f"Das Protokoll ist nicht vollständig: Zeile {broken.number} {broken.reason}" if broken else ""


@check("D13", Level.WARNING, "Bitte führen Sie .venv/bin/flask search rebuild aus.")
def index(app: Flask) -> str:
    try:
        missing, extra = indexing.check()
    except IndexUnusable:
        return "Der Suchindex fehlt oder ist beschädigt"
    return (
        f"Der Suchindex weicht von der Datenbank ab ({len(missing) + len(extra)} Einträge)" if missing or extra else ""
    )


@check("D14", Level.WARNING, ONLY_OWNER)
def folder_rights_here(app: Flask) -> str:
    return _open_folder(app) if is_near(app) else ""


def _open_folder(app: Flask) -> str:
    is_open = stat.S_IMODE(_instance(app).stat().st_mode) & 0o077
    return f"Der Datenordner {_instance(app)} ist für andere zugänglich" if is_open else ""


def _instance(app: Flask) -> Path:
    return Path(app.config["INSTANCE"])


def _ask(question: str) -> object:
    return db.session.scalar(text(question))
