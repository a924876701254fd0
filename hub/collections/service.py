"""Making and changing collections and their sections."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from hub.audit.service import record
from hub.collections import policy
from hub.collections.models import COLOURS, Collection, Section
from hub.core.actor import SYSTEM, Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Missing, Refused
from hub.core.text import clean_line, clean_text
from hub.core.unit_of_work import unit_of_work

STARTING_COLLECTIONS = Path(__file__).parent / "data" / "collections.toml"
LARGEST_ID = 2**31 - 1
_TRANSCRIPTION = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class CollectionDetails:
    """What the office says about a collection."""

    title: str
    introduction: str = ""
    icon: str = "folder"
    colour: str = COLOURS[0]
    sections: list[str] = field(default_factory=list)


def slug_of(title: str) -> str:
    """A short address from a title: ASCII, words joined by hyphens, at most 60 characters."""
    plain = clean_line(title).lower().translate(_TRANSCRIPTION)
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "sammlung"


def create_collection(actor: Actor, details: CollectionDetails, slug: str | None = None) -> Collection:
    """Add a collection at the end; raises Refused when title or address are taken."""
    require(policy.may_edit_collections(actor))
    title = clean_line(details.title)
    with unit_of_work() as session:
        count, last = session.execute(select(func.count(), func.max(Collection.position))).one()
        slug = slug or slug_of(title)
        _refuse_taken(title, slug, None)
        collection = Collection(
            slug=slug,
            title=title,
            introduction=clean_text(details.introduction),
            icon=details.icon,
            colour=details.colour or COLOURS[count % len(COLOURS)],
            position=(last or 0) + 1,
            sections=[Section(title=clean_line(name), position=i) for i, name in enumerate(details.sections, 1)],
        )
        session.add(collection)
        session.flush()
        record(actor, "collection.created", collection.id)
    return collection


def change_collection(actor: Actor, slug: str, details: CollectionDetails, version: int) -> None:
    """Change title, introduction, icon and colour; the address stays. Raises Conflict on a stale version."""
    require(policy.may_edit_collections(actor))
    title = clean_line(details.title)
    with unit_of_work():
        collection = _get(slug)
        _refuse_taken(title, slug, collection.id)
        if collection.version != version:
            raise Conflict(_("Diese Sammlung wurde inzwischen von jemand anderem geändert."))
        collection.title, collection.introduction = title, clean_text(details.introduction)
        collection.icon, collection.colour = details.icon, details.colour
        collection.version += 1
        record(actor, "collection.changed", collection.id)


def move_collection(actor: Actor, slug: str, step: int) -> None:
    """Move a collection one place up (-1) or down (+1)."""
    require(policy.may_edit_collections(actor))
    with unit_of_work() as session:
        rows = list(session.scalars(select(Collection).order_by(Collection.position, Collection.id)))
        _move(next((i for i, row in enumerate(rows) if row.slug == slug), -1), step, rows)
        record(actor, "collection.moved", slug=slug)


def add_section(actor: Actor, slug: str, title: str) -> None:
    """Add a section at the end; raises Refused when it exists."""
    require(policy.may_edit_collections(actor))
    title = clean_line(title)
    with unit_of_work() as session:
        collection = _get(slug)
        _refuse_taken_section(collection.id, title, None)
        last = session.scalar(select(func.max(Section.position)).where(Section.collection_id == collection.id)) or 0
        session.add(Section(collection_id=collection.id, title=title, position=last + 1))
        record(actor, "section.added", collection.id)


def rename_section(actor: Actor, slug: str, section_id: int, title: str) -> None:
    """Rename a section; its entries stay in it."""
    require(policy.may_edit_collections(actor))
    title = clean_line(title)
    with unit_of_work():
        section = _get_section(slug, section_id)
        _refuse_taken_section(section.collection_id, title, section.id)
        section.title = title
        record(actor, "section.renamed", section.id)


def move_section(actor: Actor, slug: str, section_id: int, step: int) -> None:
    """Move a section one place up (-1) or down (+1)."""
    require(policy.may_edit_collections(actor))
    with unit_of_work() as session:
        section = _get_section(slug, section_id)
        rows = list(
            session.scalars(
                select(Section).where(Section.collection_id == section.collection_id).order_by(Section.position)
            )
        )
        _move(rows.index(section), step, rows)
        record(actor, "section.moved", section.id)


def remove_section(actor: Actor, slug: str, section_id: int) -> None:
    """Remove a section; its entries stay in the collection without a section."""
    require(policy.may_edit_collections(actor))
    with unit_of_work() as session:
        section = _get_section(slug, section_id)
        session.delete(section)
        record(actor, "section.removed", section_id)


def load_starting_collections() -> None:
    """The collections the hub starts with; those that exist are left alone."""
    rows = tomllib.loads(STARTING_COLLECTIONS.read_text(encoding="utf-8"))["collections"]
    with unit_of_work() as session:
        known = set(session.scalars(select(Collection.slug)))
        for row in rows:
            if row["slug"] not in known:
                details = CollectionDetails(
                    row["title"], row["introduction"], row["icon"], row["colour"], row["sections"]
                )
                create_collection(SYSTEM, details, slug=row["slug"])


def _get(slug: str) -> Collection:
    collection = db.session.scalar(select(Collection).where(Collection.slug == slug))
    if collection is None:
        raise Missing
    return collection


def _get_section(slug: str, section_id: int) -> Section:
    section = None
    if section_id <= LARGEST_ID:
        section = db.session.scalar(
            select(Section).join(Section.collection).where(Section.id == section_id, Collection.slug == slug)
        )
    if section is None:
        raise Missing
    return section


def _move(index: int, step: int, rows: list[Any]) -> None:
    if index < 0:
        raise Missing
    target = min(max(index + step, 0), len(rows) - 1)
    rows.insert(target, rows.pop(index))
    for position, row in enumerate(rows, 1):
        row.position = position


def _refuse_taken(title: str, slug: str, own_id: int | None) -> None:
    taken = select(Collection.id).where((Collection.title == title) | (Collection.slug == slug))
    if any(found != own_id for found in db.session.scalars(taken)):
        raise Refused(_("Eine Sammlung mit diesem Titel gibt es schon."))


def _refuse_taken_section(collection_id: int, title: str, own_id: int | None) -> None:
    taken = select(Section.id).where(Section.collection_id == collection_id, Section.title == title)
    if any(found != own_id for found in db.session.scalars(taken)):
        raise Refused(_("Einen Abschnitt mit diesem Titel gibt es in dieser Sammlung schon."))
