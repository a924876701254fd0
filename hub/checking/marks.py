"""Marks of the keys: what the database remembers of them says nothing about them."""

import hashlib
import hmac

from flask import Flask
from sqlalchemy import select

from hub.checking.models import KeyMark
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work

_PURPOSE = b"hub key mark"


def mark_of(key: str) -> str:
    """The same for the same key; the key cannot be found from it."""
    return hmac.new(key.encode("utf-8"), _PURPOSE, hashlib.sha256).hexdigest()


def keys_of(app: Flask) -> dict[str, tuple[str, ...]]:
    """Keys that data depend on, the newest first."""
    return {"pepper": (app.config["PASSWORD_PEPPER"],), "sealing_key": tuple(app.config["SEALING_KEYS"])}


def remember_keys(app: Flask) -> None:
    """Note the keys of a database that has no marks yet; part of `hub prepare`."""
    with unit_of_work() as session:
        known = set(session.scalars(select(KeyMark.name)))
        for name, keys in keys_of(app).items():
            if name not in known:
                session.add(KeyMark(name=name, mark=mark_of(keys[0])))


def find_foreign(app: Flask) -> list[str]:
    """Names of keys that are not those of this database."""
    marks = {row.name: row.mark for row in db.session.execute(select(KeyMark.name, KeyMark.mark))}
    return [
        name for name, keys in keys_of(app).items() if name in marks and marks[name] not in [mark_of(k) for k in keys]
    ]
