"""What the index takes in: a document with named texts and facts, or the wish to remove one."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Document:
    """One searchable thing; texts may be empty, `body` is long text that is never shown as the thing's own."""

    id: int
    title: str
    summary: str = ""
    note: str = ""
    text: str = ""
    body: str = ""
    tags: tuple[str, ...] = ()
    publisher: str = ""
    organisation: str = ""
    organisation_id: int | None = None
    collections: tuple[str, ...] = ()
    collection_titles: tuple[str, ...] = ()
    section: str = ""
    kind: str = ""
    year: int | None = None
    language: str = "de"
    details: str = ""
    identifier: str | None = None
    media: tuple[str, ...] = ()
    published_at: datetime | None = None
    practice: str = ""
    practice_states: tuple[str, ...] = ()
    practised_by: tuple[int, ...] = ()
    reviewed: bool = False
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Removal:
    """The document with this id is to disappear from the index."""

    id: int


Change = Document | Removal
