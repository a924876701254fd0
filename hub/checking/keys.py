"""Checks of the keys."""

import os
import stat
from functools import lru_cache
from pathlib import Path

from flask import Flask

from config import ROOT, SHORTEST_SECRET
from hub.checking import marks
from hub.checking.model import Level, check

KEY_FILES = ("secret_key", "pepper", "sealing_key", "sealing_key.old")
PUBLISHED = ("README.md", "CHANGELOG.md", "docs/*.md", "docs/*.csv", "tests/conftest.py")
NEW_KEY = "Bitte entfernen Sie die Einstellung; dann entsteht beim Start ein eigener Schlüssel"


def keys(app: Flask) -> dict[str, str]:
    """Every key in use by its name."""
    sealing = {f"sealing_key {number}": key for number, key in enumerate(app.config["SEALING_KEYS"], 1)}
    return {"secret_key": app.config["SECRET_KEY"], "pepper": app.config["PASSWORD_PEPPER"]} | sealing


@check("K01", Level.STOP, f"{NEW_KEY}, oder nehmen Sie mindestens {SHORTEST_SECRET} zufällige Zeichen.")
def length(app: Flask) -> str:
    short = [name for name, key in keys(app).items() if len(key) < SHORTEST_SECRET or len(set(key)) < 10]
    return f"Zu kurz oder leicht zu erraten: {', '.join(short)}" if short else ""


@check("K02", Level.STOP, f"{NEW_KEY}.")
def published(app: Flask) -> str:
    known = _published_text()
    found = [name for name, key in keys(app).items() if key in known]
    return f"In der Dokumentation steht der Wert von: {', '.join(found)}" if found else ""


@check("K03", Level.STOP, "Bitte nehmen Sie für jeden Zweck einen eigenen Schlüssel.")
def different(app: Flask) -> str:
    values = list(keys(app).values())
    return "Mehrere Schlüssel haben denselben Wert" if len(set(values)) < len(values) else ""


@check("K04", Level.STOP, "Bitte führen Sie im Datenordner aus: chmod 600 secret_key pepper sealing_key*")
def rights(app: Flask) -> str:
    loose = [path.name for path in _files(app) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    return f"Für andere lesbar: {', '.join(loose)}" if loose else ""


@check("K05", Level.STOP, "Bitte führen Sie im Datenordner als root aus: chown BENUTZER secret_key pepper sealing_key*")
def owner(app: Flask) -> str:
    foreign = [path.name for path in _files(app) if path.stat().st_uid != os.geteuid()]
    return f"Gehört einem anderen Benutzer: {', '.join(foreign)}" if foreign else ""


@check("K06", Level.STOP, "Bitte legen Sie die Schlüsseldateien aus der Sicherung in den Datenordner zurück.")
def fitting(app: Flask) -> str:
    foreign = marks.find_foreign(app)
    return f"Passt nicht zu dieser Datenbank: {', '.join(foreign)}" if foreign else ""


@check(
    "K07",
    Level.WARNING,
    "Bitte lassen Sie HUB_SECRET_KEY weg; dann liegt der Schlüssel in einer Datei, die nur Sie lesen.",
)
def in_environment(app: Flask) -> str:
    return "Der Schlüssel steht in der Umgebung des Prozesses" if os.environ.get("HUB_SECRET_KEY") else ""


@check(
    "K08",
    Level.WARNING,
    "Bitte tragen Sie den früheren Schlüssel aus sealing_key.old aus, wenn alles neu versiegelt ist.",
)
def former(app: Flask) -> str:
    return "Frühere Siegelschlüssel sind noch in Gebrauch" if len(app.config["SEALING_KEYS"]) > 1 else ""


def _files(app: Flask) -> list[Path]:
    paths = [Path(app.config["INSTANCE"]) / name for name in KEY_FILES]
    return [path for path in paths if path.exists()]


@lru_cache(maxsize=1)
def _published_text() -> str:
    paths = [path for pattern in PUBLISHED for path in ROOT.glob(pattern)]
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in paths)
