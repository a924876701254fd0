"""Reading entries from a JSON Lines file: the example content and what the office brings along.

A line that cannot be read stops the import with its number before anything is written; the same identifier again
updates the entry.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from hub.accounts.models import Organisation
from hub.accounts.service.organisations import find_by_name, find_or_create
from hub.audit.service import record
from hub.collections.models import Collection, Section
from hub.collections.service import CollectionDetails, create_collection, slug_of
from hub.core import clock
from hub.core.actor import SYSTEM, Actor
from hub.core.db import db
from hub.core.text import clean_line, clean_text
from hub.core.unit_of_work import unit_of_work
from hub.entries.details import unknown_details
from hub.entries.models import (
    COVERAGE_LABELS,
    TEXT_LENGTH,
    TITLE_LENGTH,
    URL_LENGTH,
    YEARS,
    Entry,
    EntryBody,
    EntryCollection,
    EntryTag,
    Kind,
    MergedEntry,
    Status,
    Tag,
)
from hub.entries.queries.merged import find_same_things
from hub.entries.service.contributing import EntryDetails, write_details

FIELDS = {
    "id", "title", "summary", "tags", "kind", "collection", "collections", "section", "organisation", "publisher",
    "year", "language", "coverage", "url", "text", "note", "details", "body",
}  # fmt: skip
BATCH = 250
BODY_LENGTH = 5_000_000


class LineRefused(Exception):
    """A line that cannot be taken; says which and why."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"Zeile {number}: {reason}")


@dataclass(frozen=True, slots=True)
class Line:
    """One checked line."""

    number: int
    data: dict[str, Any]

    @property
    def collections(self) -> list[str]:
        """Collections by address or title, the first one leads."""
        many = self.data.get("collections") or []
        one = self.data.get("collection")
        return list(dict.fromkeys(([one] if one else []) + list(many)))


@dataclass(frozen=True, slots=True)
class Imported:
    """How many entries an import made and updated; ``twins``: titles of new ones beside what may be the same."""

    created: int
    updated: int
    twins: tuple[tuple[str, str], ...] = ()


def import_entries(
    lines: Iterable[str],
    create_missing: bool,
    progress: Callable[[int, int], None] | None = None,
    actor: Actor = SYSTEM,
) -> Imported:
    """Check every line first, then write in batches; raises LineRefused before anything is written."""
    checked = [line for number, text in enumerate(lines, 1) if (line := read_line(number, text))]
    places = _Places(actor, create_missing)
    with unit_of_work():
        for line in checked:
            places.check(line)
    created = updated = 0
    twins: list[tuple[str, str]] = []
    for start in range(0, len(checked), BATCH):
        new: list[int] = []
        with unit_of_work():
            for line in checked[start : start + BATCH]:
                entry_id, is_new = _import_line(actor, places, line)
                if is_new:
                    created += 1
                    new.append(entry_id)
                else:
                    updated += 1
            twins += find_same_things(new)
            record(actor, "entry.imported", None, created=created, updated=updated)
        db.session.expunge_all()
        places.forget_rows()
        if progress is not None:
            progress(min(start + BATCH, len(checked)), len(checked))
    return Imported(created, updated, tuple(twins))


def read_line(number: int, text: str) -> Line | None:
    """A line with known fields of the right shape; blank lines are skipped."""
    if not text.strip():
        return None
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise LineRefused(number, f"kein JSON ({error.msg}).") from error
    if not isinstance(data, dict):
        raise LineRefused(number, "kein JSON-Objekt.")
    unknown = sorted(set(data) - FIELDS)
    if unknown:
        raise LineRefused(number, f"unbekannte Felder: {', '.join(unknown)}.")
    line = Line(number, {name: value for name, value in data.items() if value is not None})
    _check_values(line)
    return line


def _check_values(line: Line) -> None:
    data, number = line.data, line.number
    for name in FIELDS - {"tags", "collections", "details", "year", "id"}:
        if not isinstance(data.get(name, ""), str):
            raise LineRefused(number, f"{name} ist kein Text.")
    for name in ("tags", "collections"):
        if not isinstance(data.get(name, []), list) or not all(isinstance(v, str) for v in data.get(name, [])):
            raise LineRefused(number, f"{name} ist keine Liste von Texten.")
    title = clean_line(data.get("title"))
    if not title and not data.get("url"):
        raise LineRefused(number, "title fehlt; ohne title braucht es eine url.")
    if len(title) > TITLE_LENGTH:
        raise LineRefused(number, f"title hat mehr als {TITLE_LENGTH} Zeichen.")
    if data.get("kind") not in set(Kind):
        raise LineRefused(number, f"kind {data.get('kind')!r} gibt es nicht; möglich sind {', '.join(Kind)}.")
    if not isinstance(data.get("details", {}), dict):
        raise LineRefused(number, "details ist kein Objekt.")
    unknown = unknown_details(Kind(data["kind"]), data.get("details", {}))
    if unknown:
        raise LineRefused(number, f"unbekannte Angaben in details: {', '.join(unknown)}.")
    _check_facts(line)


def _check_facts(line: Line) -> None:
    data, number = line.data, line.number
    year = data.get("year")
    if year is not None and (not isinstance(year, int) or isinstance(year, bool) or year not in YEARS):
        raise LineRefused(number, "year ist keine Jahreszahl zwischen 1800 und 2100.")
    url = data.get("url", "")
    if url and (urlsplit(url).scheme not in ("http", "https") or len(url) > URL_LENGTH):
        raise LineRefused(number, "url ist keine Adresse mit http oder https.")
    if data.get("coverage") and data["coverage"] not in COVERAGE_LABELS:
        raise LineRefused(number, f"coverage gibt es so nicht; möglich sind {', '.join(COVERAGE_LABELS)}.")
    if len(data.get("language", "")) > 8:
        raise LineRefused(number, "language ist kein Sprachcode.")
    if len(data.get("text", "")) > TEXT_LENGTH or len(data.get("body", "")) > BODY_LENGTH:
        raise LineRefused(number, "text oder body ist zu lang.")
    if len(str(data.get("id", ""))) > 120:
        raise LineRefused(number, "id hat mehr als 120 Zeichen.")
    if not line.collections:
        raise LineRefused(number, "collection oder collections fehlt.")


class _Places:
    """Collections, sections and organisations by the names a file uses."""

    def __init__(self, actor: Actor, create_missing: bool) -> None:
        self.actor = actor
        self.create_missing = create_missing
        self.collections = {row.slug: row.id for row in db.session.execute(select(Collection.slug, Collection.id))}
        self.titles = {row.title: row.id for row in db.session.execute(select(Collection.title, Collection.id))}
        self.sections = {
            (row.collection_id, row.title): row.id
            for row in db.session.execute(select(Section.collection_id, Section.title, Section.id))
        }
        self.organisations: dict[str, int] = {}
        self.tags: dict[str, Tag] = {}

    def check(self, line: Line) -> None:
        """Make sure that everything the line names is there, or make it."""
        for name in line.collections:
            if self._collection(name) is None:
                self._make_collection(line, name)
        section = clean_line(line.data.get("section"))
        lead = self._collection(line.collections[0])
        if section and lead is not None and (lead, section) not in self.sections:
            self._make_section(line, lead, section)
        name = clean_line(line.data.get("organisation"))
        if name and name not in self.organisations:
            found = find_by_name(name)
            if found is None and not self.create_missing:
                raise LineRefused(line.number, f"die Organisation {name!r} gibt es nicht (siehe --create-missing).")
            self.organisations[name] = (found or find_or_create(self.actor, name)).id

    def details(self, line: Line) -> EntryDetails:
        """The line in the shape the service takes."""
        data = line.data
        return EntryDetails(
            title=data.get("title", ""),
            kind=Kind(data["kind"]),
            collection_ids=[number for name in line.collections if (number := self._collection(name)) is not None],
            url=data.get("url") or None,
            summary=data.get("summary", ""),
            text=data.get("text", ""),
            note=data.get("note", ""),
            section=data.get("section", ""),
            tags=data.get("tags", []),
            publisher=data.get("publisher", ""),
            organisation_id=self.organisation_id(line),
            year=data.get("year"),
            language=data.get("language") or "de",
            coverage=data.get("coverage") or None,
            details=data.get("details", {}),
        )

    def organisation_id(self, line: Line) -> int:
        """The organisation the line names; without one, the office."""
        name = clean_line(line.data.get("organisation"))
        if name:
            return self.organisations[name]
        if "" not in self.organisations:
            office = db.session.scalar(select(Organisation.id).where(Organisation.kind == "office").limit(1))
            self.organisations[""] = office or find_or_create(self.actor, "Geschäftsstelle").id
        return self.organisations[""]

    def forget_rows(self) -> None:
        """Rows of a finished batch are no longer attached to the session."""
        self.tags.clear()

    def _collection(self, name: str) -> int | None:
        return self.collections.get(name) or self.titles.get(name)

    def _make_collection(self, line: Line, name: str) -> None:
        if not self.create_missing:
            raise LineRefused(line.number, f"die Sammlung {name!r} gibt es nicht (siehe --create-missing).")
        title = name if " " in name or name != name.lower() else name.replace("-", " ").capitalize()
        slug = name if name == slug_of(name) else slug_of(name)
        made = create_collection(self.actor, CollectionDetails(title=title, colour=""), slug=slug)
        self.collections[made.slug] = self.titles[name] = made.id

    def _make_section(self, line: Line, collection_id: int, title: str) -> None:
        if not self.create_missing:
            raise LineRefused(line.number, f"den Abschnitt {title!r} gibt es in dieser Sammlung nicht.")
        with unit_of_work() as session:
            made = Section(collection_id=collection_id, title=title, position=len(self.sections) + 1)
            session.add(made)
            session.flush()
            self.sections[(collection_id, title)] = made.id


def _import_line(actor: Actor, places: _Places, line: Line) -> tuple[int, bool]:
    """Write one entry; its number, and whether it is new."""
    moment = clock.now()
    identifier = str(line.data["id"]) if "id" in line.data else None
    entry = _find(identifier)
    is_new = entry is None
    if entry is None:
        entry = Entry(identifier=identifier, status=Status.DRAFT, places=[], tag_links=[], created_at=moment)
        entry.contributor_id = actor.id
    entry.organisation_id = places.organisation_id(line)
    write_details(entry, places.details(line), moment, known_tags=places.tags)
    if entry.status != Status.PUBLISHED:
        entry.status = Status.DRAFT
        entry.move_to(Status.PUBLISHED, moment)
    db.session.add(entry)
    _keep_body(entry, clean_text(line.data.get("body")))
    return entry.id, is_new


def _find(identifier: str | None) -> Entry | None:
    """The entry of this identifier, or the one it has become part of."""
    if identifier is None:
        return None
    named = select(func.coalesce(MergedEntry.into_id, Entry.id)).select_from(Entry)
    named = named.outerjoin(MergedEntry, MergedEntry.entry_id == Entry.id)
    number = named.where(Entry.identifier == identifier).scalar_subquery()
    return db.session.scalar(
        select(Entry)
        .where(Entry.id == number)
        .options(
            selectinload(Entry.places).joinedload(EntryCollection.section),
            selectinload(Entry.tag_links).joinedload(EntryTag.tag),
            joinedload(Entry.organisation),
        )
    )


def _keep_body(entry: Entry, body: str) -> None:
    db.session.flush()
    kept = db.session.get(EntryBody, entry.id)
    if kept is not None:
        if body:
            kept.body = body
        else:
            db.session.delete(kept)
    elif body:
        db.session.add(EntryBody(entry_id=entry.id, body=body))
