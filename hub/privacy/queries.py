"""Everything the hub knows of a person, in one statement whatever the number of tables and rows."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Integer, Text, cast, func, literal, null, select, union_all

from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import UtcDateTime, db
from hub.privacy.inventory import HOLDINGS, Holding

_WIDEST = max(len(holding.columns) for holding in HOLDINGS)


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one holding, newest first; ``total`` counts those beyond the limit too."""

    holding: Holding
    total: int
    rows: list[dict[str, Any]]


def find_data(actor: Actor, limit: int | None = None) -> list[Section]:
    """What concerns the actor, by holding; ``limit`` rows of each at most."""
    found = db.session.execute(_everything(actor, limit)).all()
    sections = []
    for place, holding in enumerate(HOLDINGS):
        rows = [row for row in found if row.place == place]
        types = [getattr(holding.model, name).type for name in holding.columns]
        read = [
            {name: _read(value, kind) for name, value, kind in zip(holding.columns, row[2:], types, strict=False)}
            for row in rows
        ]
        sections.append(Section(holding, rows[0].total if rows else 0, read))
    return sections


def as_json(actor: Actor) -> str:
    """The same as one JSON text, complete."""
    told = {
        section.holding.name: {"label": str(section.holding.label), "rows": section.rows}
        for section in find_data(actor)
    }
    about = {"number": actor.id, "organisation": actor.organisation_name, "at": clock.now()}
    return json.dumps({"about": about, "data": told}, ensure_ascii=False, indent=1, default=_as_text)


def _everything(actor: Actor, limit: int | None) -> Any:
    """All tables side by side: their columns as text, filled up to the widest."""
    parts = []
    for place, holding in enumerate(HOLDINGS):
        columns = [cast(getattr(holding.model, name), Text) for name in holding.columns]
        filled = [*columns, *([cast(null(), Text)] * (_WIDEST - len(columns)))]
        named = [column.label(f"c{number}") for number, column in enumerate(filled)]
        newest = [key.desc() for key in holding.model.__table__.primary_key.columns]
        rows = (
            select(literal(place).label("place"), func.count().over().label("total"), *named)
            .where(holding.of(actor.id or 0, actor.email))
            .order_by(*newest)
            .limit(limit)
        )
        parts.append(select(*rows.subquery().columns))
    return union_all(*parts)


def _read(value: str | None, kind: Any) -> Any:
    """The value as it was before it became text."""
    if value is None:
        return None
    if isinstance(kind, UtcDateTime):
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=clock.UTC) if moment.tzinfo is None else moment.astimezone(clock.UTC)
    if isinstance(kind, Boolean):
        return value in ("1", "true")
    if isinstance(kind, Integer):
        return int(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return json.loads(value) if isinstance(kind, JSON) else value


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
