"""What the search index sees of an entry. Only published entries are in the index."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, union
from sqlalchemy.orm import joinedload, selectinload

from hub.accounts.models import Organisation
from hub.collections.models import Collection, Section
from hub.core.db import db, only_asked
from hub.core.text import plain_from_markdown
from hub.entries.models import (
    PRACTISING,
    Attachment,
    DocumentPage,
    DocumentText,
    Entry,
    EntryBody,
    EntryCollection,
    EntryTag,
    MergedEntry,
    Practice,
    PracticeState,
    Status,
    Tag,
    TextState,
)
from hub.entries.queries.visibility import practice_stands
from hub.indexing import changelog
from hub.indexing.document import Document
from hub.indexing.service import Source

LinkTexts = Callable[[list[str]], Mapping[str, str]]
_link_texts: list[LinkTexts] = []
WordsAsked = Callable[[list[int]], Mapping[int, str]]
_words_asked: list[WordsAsked] = []
# In German whoever reads: the index has one language for them.
_STATES = {
    PracticeState.PLANNED: "geplant",
    PracticeState.RUNNING: "läuft",
    PracticeState.FINISHED: "beendet",
    PracticeState.DROPPED: "verworfen",
}

# Asked after every change: SQLAlchemy takes longer over a new statement than SQLite over its answer.
_IDS: Any = bindparam("ids", expanding=True)
_PUBLISHED = (
    select(Entry)
    .where(Entry.id.in_(_IDS), only_asked(Entry.status == Status.PUBLISHED))
    .options(
        joinedload(Entry.organisation),
        selectinload(Entry.places).options(joinedload(EntryCollection.collection), joinedload(EntryCollection.section)),
        selectinload(Entry.tag_links).joinedload(EntryTag.tag),
        selectinload(Entry.files),
    )
    .execution_options(populate_existing=True)
)
_PRACTICES = (
    select(Practice.entry_id, Practice.state, Organisation.id, Organisation.label, Practice.experience)
    .join(Organisation, Organisation.id == Practice.organisation_id)
    .where(Practice.entry_id.in_(_IDS), practice_stands())
    .order_by(Practice.id)
)
_FORMER = (
    select(MergedEntry.into_id, MergedEntry.titles)
    .where(MergedEntry.into_id.in_(_IDS))
    .order_by(MergedEntry.entry_id)
)
_IMPORTED = select(EntryBody.entry_id, EntryBody.body).where(EntryBody.entry_id.in_(_IDS))
_PAGES = (
    select(Attachment.entry_id, DocumentPage.text)
    .join(DocumentPage, DocumentPage.attachment_id == Attachment.id)
    .join(DocumentText, DocumentText.attachment_id == Attachment.id)
    .where(Attachment.entry_id.in_(_IDS), DocumentText.state == TextState.DONE)
    .order_by(Attachment.id, DocumentPage.number)
)


class Stated(NamedTuple):
    """What an organisation says it does with an entry, in the words that are searched."""

    state: str
    organisation_id: int
    words: str


def on_link_texts(read: LinkTexts) -> None:
    """Register who knows the texts behind links: ``read(urls)`` gives those it has, by address."""
    _link_texts[:] = [read]


def on_words_asked(read: WordsAsked) -> None:
    """Register who knows the words of questions that entries answer: ``read(entry_ids)`` gives those it has."""
    _words_asked[:] = [read]


def watch_changes() -> None:
    """Tell the change log which rows are searchable, and which entries they concern."""
    changelog.watch(Entry, lambda row: [("entry", row.id)])
    for part in (EntryCollection, EntryTag, EntryBody, Practice):
        changelog.watch(part, lambda row: [("entry", row.entry_id)])
    changelog.watch(MergedEntry, lambda row: [("entry", row.into_id)])
    changelog.watch(Attachment, lambda row: [("entry", row.entry_id)] if row.entry_id else [])
    changelog.watch(Tag, lambda row: [("tag", row.id)])
    changelog.watch(Collection, lambda row: [("collection", row.id)])
    changelog.watch(Section, lambda row: [("section", row.id)])
    changelog.watch(Organisation, lambda row: [("organisation", row.id)])


def documents(ids: list[int]) -> list[Document]:
    """The documents of those of the entries that are published."""
    found = db.session.scalars(_PUBLISHED, {"ids": ids}).all()
    bodies = long_texts([entry.id for entry in found])
    linked = texts_behind([entry.url for entry in found if entry.url])
    practices = _practices([entry.id for entry in found])
    for number, words in _asked_of([entry.id for entry in found]).items():
        bodies[number].append(words)
    former = _former_titles([entry.id for entry in found])
    return [
        _document(
            entry,
            "\n".join([*bodies[entry.id], linked.get(entry.url or "", "")]),
            practices[entry.id],
            former[entry.id],
        )
        for entry in found
    ]


def _asked_of(ids: list[int]) -> Mapping[int, str]:
    """What was asked and these entries answer."""
    return _words_asked[0](ids) if ids and _words_asked else {}


def texts_behind(urls: list[str]) -> Mapping[str, str]:
    """The articles behind those links that were read."""
    return _link_texts[0](urls) if urls and _link_texts else {}


def _practices(ids: list[int]) -> dict[int, list[Stated]]:
    """By entry, what organisations say they do with it."""
    practices: dict[int, list[Stated]] = defaultdict(list)
    for entry_id, state, organisation_id, label, experience in db.session.execute(_PRACTICES, {"ids": ids}):
        words = f"{label} {_STATES[PracticeState(state)]}: {experience}"
        practices[entry_id].append(Stated(state, organisation_id, words))
    return practices


def _former_titles(ids: list[int]) -> dict[int, list[str]]:
    """By entry, what those it became one with and it itself were called before."""
    former: dict[int, list[str]] = defaultdict(list)
    for entry_id, titles in db.session.execute(_FORMER, {"ids": ids}):
        former[entry_id].extend(title for title in titles if title not in former[entry_id])
    return former


def long_texts(ids: list[int]) -> dict[int | None, list[str]]:
    """Long texts by entry: what was imported, then the pages of its files."""
    bodies: dict[int | None, list[str]] = defaultdict(list)
    for statement in (_IMPORTED, _PAGES):
        for entry_id, text in db.session.execute(statement, {"ids": ids}):
            bodies[entry_id].append(text)
    return bodies


def all_ids() -> list[int]:
    """Every entry that belongs into the index."""
    return list(db.session.scalars(select(Entry.id).where(Entry.status == Status.PUBLISHED).order_by(Entry.id)))


def affected(kind: str, thing_id: int) -> Iterable[int]:
    """The entries whose documents a logged change concerns; pictures, the order
    on a board and what the start page shows first are on no document, only lists show them."""
    if kind == "entry":
        return [thing_id]
    if kind in ("preview", "order", "front"):
        return []
    statements: dict[str, Any] = {
        "collection": select(EntryCollection.entry_id).where(EntryCollection.collection_id == thing_id),
        "section": select(EntryCollection.entry_id).where(EntryCollection.section_id == thing_id),
        "tag": select(EntryTag.entry_id).where(EntryTag.tag_id == thing_id),
        "organisation": union(
            select(Entry.id).where(Entry.organisation_id == thing_id),
            select(Practice.entry_id).where(Practice.organisation_id == thing_id),
        ),
    }
    return list(db.session.scalars(statements[kind]))


SOURCE = Source(documents=documents, all_ids=all_ids, affected=affected)


def _document(entry: Entry, body: str, practices: list[Stated], former: list[str]) -> Document:
    places = entry.places
    return Document(
        id=entry.id,
        title=entry.title,
        summary=entry.summary,
        note=entry.note,
        text=plain_from_markdown(entry.text) if entry.text else "",
        body=body,
        tags=tuple(entry.tags),
        publisher=entry.publisher,
        organisation=entry.organisation.label,
        organisation_id=entry.organisation_id,
        collections=tuple(place.collection.slug for place in places),
        collection_titles=tuple(place.collection.title for place in places),
        section=" ".join(place.section.title for place in places if place.section),
        kind=entry.kind,
        year=entry.year,
        language=entry.language,
        details="\n".join([*former, searchable_details(entry.details)]).strip(),
        identifier=entry.identifier,
        media=tuple(sorted({file.extension for file in entry.files})),
        published_at=entry.published_at,
        practice=" · ".join(stated.words for stated in practices),
        practice_states=tuple(sorted({stated.state for stated in practices})),
        practised_by=tuple(sorted(one.organisation_id for one in practices if one.state in PRACTISING)),
        outdated=entry.is_outdated,
    )


def searchable_details(details: dict[str, Any] | None) -> str:
    """The words of the kind's details, lists and all, in one line."""
    words: list[str] = []
    for value in (details or {}).values():
        words.extend(map(str, value) if isinstance(value, list) else [str(value)])
    return ", ".join(word for word in words if word)
