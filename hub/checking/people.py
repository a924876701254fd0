"""Checks of the accounts."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import ColumnElement, func, select

from hub.accounts.models import User
from hub.accounts.passwords import VERSION
from hub.accounts.queries import find_examples
from hub.checking.model import Level, check
from hub.checking.settings import is_near
from hub.core import clock
from hub.core.db import db
from hub.core.permissions import Role

LONG_AWAY = timedelta(days=365)
_OPEN = User.blocked_at.is_(None)
_ADMIN = User.role == Role.ADMIN


@check(
    "A01",
    Level.STOP,
    "Bitte legen Sie mit flask users create eine eigene Verwaltung an und sperren Sie die Beispielkonten mit "
    "flask users close-examples.",
)
def examples(app: Flask) -> str:
    if is_near(app):
        return ""
    count = len(find_examples())
    return f"{count} Beispielkonten sind offen, und andere Rechner erreichen den Wissensspeicher" if count else ""


@check("A02", Level.ERROR, "Bitte legen Sie mit flask users create --role admin eine Verwaltung an.")
def administration(app: Flask) -> str:
    return "" if _count(_OPEN, _ADMIN) else "Niemand kann den Wissensspeicher verwalten"


@check(
    "A03",
    Level.WARNING,
    "Bitte geben Sie einer zweiten Person die Rolle Verwaltung, damit eine die andere vertreten kann.",
)
def second_administration(app: Flask) -> str:
    return "Nur eine Person verwaltet den Wissensspeicher" if _count(_OPEN, _ADMIN) == 1 else ""


@check("A04", Level.WARNING, "Bitte prüfen Sie unter Konten, wer noch dabei ist, und sperren Sie die übrigen.")
def long_away(app: Flask) -> str:
    count = _count(_OPEN, User.last_seen_at < clock.now() - LONG_AWAY)
    return f"{count} offene Konten waren länger als ein Jahr nicht da" if count else ""


@check("A05", Level.ERROR, "Bitte lassen Sie die Personen über einen Passwort-Link ein neues Passwort festlegen.")
def old_hashes(app: Flask) -> str:
    count = _count(_OPEN, User.password_hash.is_not(None), User.password_hash.not_like(f"{VERSION}%"))
    return f"{count} Passwörter sind nach einem früheren Verfahren gespeichert" if count else ""


@check("A06", Level.WARNING, "Bitte prüfen Sie unter Konten, ob so viele Personen die Rolle Verwaltung brauchen.")
def many_administrators(app: Flask) -> str:
    admins, everyone = _count(_OPEN, _ADMIN), _count(_OPEN)
    return f"{admins} von {everyone} Personen dürfen alles" if admins > max(5, everyone // 10) else ""


def _count(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(User).where(*conditions)) or 0
