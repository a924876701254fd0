"""What a check is, and running them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from importlib import import_module

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from config import SettingError

log = logging.getLogger("hub.checking")
SUBJECTS = ("settings", "keys", "data", "people", "running")


class Level(IntEnum):
    """``STOP`` keeps the server from starting and must be cheap; ``ERROR`` and above make the command fail."""

    HINT = 10
    WARNING = 20
    ERROR = 30
    STOP = 40


LABELS = {Level.HINT: "Hinweis", Level.WARNING: "Warnung", Level.ERROR: "Fehler", Level.STOP: "Halt"}
Test = Callable[[Flask], str]


@dataclass(frozen=True, slots=True)
class Check:
    """``test`` gives what is wrong as a short text, or nothing; ``remedy`` is one sentence for the operator."""

    id: str
    level: Level
    remedy: str
    test: Test


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that did not pass."""

    id: str
    level: Level
    what: str
    remedy: str


_checks: dict[str, Check] = {}


def check(id_: str, level: Level, remedy: str) -> Callable[[Test], Test]:
    """Register a check."""

    def keep(test: Test) -> Test:
        if id_ in _checks and _checks[id_].test.__qualname__ != test.__qualname__:
            raise ValueError(id_)
        _checks[id_] = Check(id_, level, remedy, test)
        return test

    return keep


def all_checks() -> list[Check]:
    """Every check by its id."""
    for subject in SUBJECTS:
        import_module(f"hub.checking.{subject}")
    return [_checks[id_] for id_ in sorted(_checks)]


def find(app: Flask, least: Level = Level.HINT) -> list[Finding]:
    """What is wrong, the worst first. A check that fails by itself counts as not passed."""
    found = []
    for one in all_checks():
        if one.level < least:
            continue
        try:
            what = one.test(app)
        except (OSError, SQLAlchemyError, ValueError, LookupError) as error:
            log.warning("check %s failed", one.id, exc_info=True)
            what = f"ließ sich nicht prüfen ({type(error).__name__})"
        if what:
            found.append(Finding(one.id, one.level, what, one.remedy))
    return sorted(found, key=lambda finding: (-finding.level, finding.id))


def refuse_start(app: Flask) -> None:
    """Raise SettingError with every hard finding, so that no server starts that must not."""
    with app.app_context():
        found = find(app, Level.STOP)
        _let_go()
    if found:
        lines = [f"{finding.id}: {finding.what}. {finding.remedy}" for finding in found]
        raise SettingError("\n".join(["Der Wissensspeicher startet nicht:", *lines]))


def _let_go() -> None:
    """Workers are forked from here: they open connections of their own."""
    from hub.core.db import db

    db.session.remove()
    db.engine.dispose()
