"""Entries, their places in collections, tags, files, extracted text, previews and bookmarks."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from hub.accounts.models import Organisation, User
from hub.collections.models import Collection, Section
from hub.core.address import NoAddress, doi_of, find_doi, normalise
from hub.core.clock import now
from hub.core.db import db
from hub.core.errors import Conflict

TITLE_LENGTH, SUMMARY_LENGTH, TEXT_LENGTH, URL_LENGTH, LINE_LENGTH = 300, 2000, 50_000, 2000, 300
EXPERIENCE_LENGTH, CONTACT_LENGTH = 600, 160
DOI_LENGTH, TERM_LENGTH = 200, 120
YEARS = range(1800, 2101)
PINNED = 1_000_000


class Kind(StrEnum):
    """The five kinds of entries."""

    DOKUMENT = "dokument"
    METHODE = "methode"
    PROJEKT = "projekt"
    FACHARTIKEL = "fachartikel"
    MEDIENARTIKEL = "medienartikel"


KIND_LABELS = {
    Kind.DOKUMENT: _l("Dokument"),
    Kind.METHODE: _l("Methode"),
    Kind.PROJEKT: _l("Projektinformation"),
    Kind.FACHARTIKEL: _l("Fachartikel"),
    Kind.MEDIENARTIKEL: _l("Medienartikel"),
}
KIND_ICONS = {
    Kind.DOKUMENT: "file-text",
    Kind.METHODE: "tool",
    Kind.PROJEKT: "clipboard-list",
    Kind.FACHARTIKEL: "notebook",
    Kind.MEDIENARTIKEL: "news",
}
LANGUAGE_LABELS = {
    "de": _l("Deutsch"),
    "en": _l("Englisch"),
    "fr": _l("Französisch"),
    "es": _l("Spanisch"),
    "it": _l("Italienisch"),
    "nl": _l("Niederländisch"),
    "pl": _l("Polnisch"),
}
COVERAGE_LABELS = {
    "kommunal": _l("Kommune"),
    "land": _l("Land"),
    "bund": _l("Bund"),
    "eu": _l("Europäische Union"),
    "international": _l("International"),
}


class Status(StrEnum):
    """Where an entry is in its life."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REJECTED = "rejected"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"


STATUS_LABELS = {
    Status.DRAFT: _l("Entwurf"),
    Status.SUBMITTED: _l("Wartet auf Freigabe"),
    Status.RETURNED: _l("Zurückgegeben"),
    Status.REJECTED: _l("Abgelehnt"),
    Status.PUBLISHED: _l("Veröffentlicht"),
    Status.WITHDRAWN: _l("Archiviert"),
    Status.DELETED: _l("Gelöscht"),
}
MOVES: dict[Status, set[Status]] = {
    Status.DRAFT: {Status.SUBMITTED, Status.PUBLISHED, Status.DELETED},
    Status.SUBMITTED: {Status.PUBLISHED, Status.RETURNED, Status.REJECTED, Status.WITHDRAWN, Status.DELETED},
    Status.RETURNED: {Status.SUBMITTED, Status.PUBLISHED, Status.WITHDRAWN, Status.REJECTED, Status.DELETED},
    Status.REJECTED: {Status.SUBMITTED, Status.WITHDRAWN, Status.DELETED},
    Status.PUBLISHED: {Status.WITHDRAWN, Status.SUBMITTED, Status.DELETED},
    Status.WITHDRAWN: {Status.PUBLISHED, Status.SUBMITTED, Status.DELETED},
    Status.DELETED: set(Status) - {Status.DELETED},
}


TAG_LENGTH = 80


def tag_key(name: str) -> str:
    """Under which a keyword is unique: case does not matter."""
    return name.casefold()[:TAG_LENGTH]


class Tag(db.Model):
    """A keyword; spelled as it was first written, unique regardless of case.

    One that stands for another is a synonym: no entry carries it, and whoever writes it gets the other. A keyword that
    has synonyms is never one itself. ``group_name`` orders the office's list.
    """

    __tablename__ = "tag"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name_length"),
        CheckConstraint("stands_for_id <> id", name="stands_for_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(80), unique=True)
    group_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    stands_for_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id", ondelete="SET NULL"), index=True)


class Term(db.Model):
    """A term of a fixed list (``field``: the name of a detail); entries hold the word itself.

    A retired term is offered no more; entries that carry it keep it.
    """

    __tablename__ = "term"
    __table_args__ = (
        UniqueConstraint("field", "label"),
        CheckConstraint("length(label) BETWEEN 1 AND 120", name="label_length"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(TERM_LENGTH))
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]


class EntryTag(db.Model):
    """Which entry carries which keyword."""

    __tablename__ = "entry_tag"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True)
    tag: Mapped[Tag] = relationship(lazy="raise_on_sql")


class EntryCollection(db.Model):
    """The place of an entry in a collection; ``position`` 0 is the collection it was filed in first.

    ``published_at`` repeats the entry's, null while it is not published: the index on it serves the lists.
    ``rank`` is where the office put the entry in its section: the higher stands earlier, from ``PINNED`` on it stays on
    top; 0 was never put anywhere and stands by date, after those that were. An index reads backwards along all of it.
    """

    __tablename__ = "entry_collection"
    __table_args__ = (
        Index("ix_entry_collection_newest", "collection_id", "published_at", "entry_id"),
        Index("ix_entry_collection_section", "section_id", "published_at"),
        Index("ix_entry_collection_rank", "collection_id", "rank", "published_at", "entry_id"),
    )

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="RESTRICT"), primary_key=True)
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id", ondelete="SET NULL"))
    position: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int] = mapped_column(default=0, server_default="0")
    published_at: Mapped[datetime | None]
    collection: Mapped[Collection] = relationship(lazy="raise_on_sql")
    section: Mapped[Section | None] = relationship(lazy="raise_on_sql")

    @validates("section_id")
    def _leave_rank(self, _name: str, section_id: int | None) -> int | None:
        """A place in the order belongs to the section: in another one the entry was never put anywhere."""
        if self.rank and section_id != self.section_id:
            self.rank = 0
        return section_id


class EntryBody(db.Model):
    """Extracted text of files and linked pages: indexed, never shown as the entry's text."""

    __tablename__ = "entry_body"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class Attachment(db.Model):
    """A stored file. Without an entry it is held for a form that has not been taken yet."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("length(checksum) = 64", name="checksum"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    uploader_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    extension: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    checksum: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)

    text: Mapped["DocumentText | None"] = relationship(lazy="raise_on_sql", viewonly=True)
    previews: Mapped[list["Preview"]] = relationship(order_by="Preview.page", lazy="raise_on_sql", viewonly=True)


class TextState(StrEnum):
    """Where the reading of a file's text is; ``none``: the file is sound and holds no text."""

    WAITING = "waiting"
    DONE = "done"
    NONE = "none"
    FAILED = "failed"


WITHOUT_TEXT = (TextState.NONE, TextState.FAILED)


class DocumentText(db.Model):
    """What is known of the text of a file; pictures have no such row. ``reason`` is a code of the reader.

    Title, author and day are what the document says of itself.
    """

    __tablename__ = "document_text"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'none', 'failed')", name="state"),
        Index("ix_document_text_state", "state"),
    )

    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(8), default=TextState.WAITING)
    reason: Mapped[str] = mapped_column(String(20), default="")
    tries: Mapped[int] = mapped_column(default=0)
    page_count: Mapped[int] = mapped_column(default=0)
    is_cut: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(8), default="")
    title: Mapped[str] = mapped_column(String(LINE_LENGTH), default="")
    author: Mapped[str] = mapped_column(String(LINE_LENGTH), default="")
    dated_on: Mapped[date | None]
    read_at: Mapped[datetime | None]


class DocumentPage(db.Model):
    """The text of one page, slide or portion of a file; empty pages have no row."""

    __tablename__ = "document_page"

    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)


class Preview(db.Model):
    """A picture (WebP) that stands for a page of a file, or for an entry that has only a link.

    Without an owner it is held for an entry that has not been saved yet; ``address_hash`` says for which link (SHA-256
    of ``Entry.address``). Without a checksum there is no picture, for
    the ``reason`` given, and none is tried again. Numbers are never used twice: browsers keep what they have seen.
    """

    __tablename__ = "preview"
    __table_args__ = (
        UniqueConstraint("attachment_id", "page"),
        UniqueConstraint("entry_id", "page"),
        CheckConstraint("attachment_id IS NULL OR entry_id IS NULL", name="owner"),
        CheckConstraint("page > 0", name="page"),
        CheckConstraint(
            "(checksum IS NULL AND reason <> '') OR (length(checksum) = 64 AND reason = '')", name="checksum"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id", ondelete="CASCADE"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"))
    page: Mapped[int] = mapped_column(default=1)
    checksum: Mapped[str | None] = mapped_column(String(64), index=True)
    address_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(20), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class Bookmark(db.Model):
    """An entry on a person's Merkliste."""

    __tablename__ = "bookmark"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class EntryOpening(db.Model):
    """How often an entry was opened in a month (its first day); never by whom."""

    __tablename__ = "entry_opening"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True, index=True)
    count: Mapped[int]


class PracticeState(StrEnum):
    """How far an organisation is with a method or project."""

    PLANNED = "planned"
    RUNNING = "running"
    FINISHED = "finished"
    DROPPED = "dropped"


PRACTICE_LABELS = {
    PracticeState.PLANNED: _l("geplant"),
    PracticeState.RUNNING: _l("läuft"),
    PracticeState.FINISHED: _l("beendet"),
    PracticeState.DROPPED: _l("verworfen"),
}
PRACTISING = (PracticeState.PLANNED, PracticeState.RUNNING, PracticeState.FINISHED)
PRACTISED_KINDS = (Kind.METHODE, Kind.PROJEKT)


class Practice(db.Model):
    """What an organisation does with a method or project: how far it is, what it learned, whom to ask there.

    ``removed_at``: taken out and kept for a while, so that it can be put back.
    """

    __tablename__ = "practice"
    __table_args__ = (
        UniqueConstraint("entry_id", "organisation_id"),
        CheckConstraint("state IN ('planned', 'running', 'finished', 'dropped')", name="state"),
        CheckConstraint("since_year BETWEEN 1900 AND 2100", name="since_year"),
        CheckConstraint("since_month IS NULL OR (since_month BETWEEN 1 AND 12)", name="since_month"),
        CheckConstraint("length(contact) > 0", name="contact"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    state: Mapped[str] = mapped_column(String(8))
    since_year: Mapped[int]
    since_month: Mapped[int | None]
    experience: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(CONTACT_LENGTH))
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    review_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(default=now)
    stated_at: Mapped[datetime] = mapped_column(default=now)
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class MailToken(db.Model):
    """The secret part of a person's own address for contributions by mail; only its hash is kept."""

    __tablename__ = "mail_token"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class EntryRevision(db.Model):
    """What an entry said after a change: ``number`` counts from 1, ``action`` is the audit event of the change.

    ``fields`` is the snapshot as ``queries.revisions`` makes it.
    """

    __tablename__ = "entry_revision"
    __table_args__ = (UniqueConstraint("entry_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"))
    number: Mapped[int]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(12))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)


class PendingChange(db.Model):
    """What a member wants a published entry to say; the entry stays as it is until the office has agreed.

    ``changes`` holds the fields that differ, in the shape of the service's details; ``held`` the files to be added,
    ``removed`` those to go. ``is_returned``: the office gave it back with ``note``.
    """

    __tablename__ = "pending_change"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    held: Mapped[list[Any]] = mapped_column(JSON)
    removed: Mapped[list[Any]] = mapped_column(JSON)
    is_returned: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ReviewRule(db.Model):
    """Whether what people of a role change in published entries waits for the office; without a row it does."""

    __tablename__ = "review_rule"

    role: Mapped[str] = mapped_column(String(12), primary_key=True)
    waits: Mapped[bool]


class BinnedEntry(db.Model):
    """An entry in the bin: since when, by whom, and where it stood before."""

    __tablename__ = "binned_entry"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    deleted_at: Mapped[datetime] = mapped_column(default=now, index=True)
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    status_before: Mapped[str] = mapped_column(String(12))


class MergedEntry(db.Model):
    """An entry that became one with another (``into_id``); its addresses, identifier and titles lead there.

    ``titles``: what both were called before, so that the one that is left is found by either.
    """

    __tablename__ = "merged_entry"
    __table_args__ = (CheckConstraint("entry_id <> into_id", name="not_itself"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    titles: Mapped[list[Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(default=now)


TOGETHER, APART = "together", "apart"


class Relation(db.Model):
    """What the office has said about two entries: they belong together, or are not to be proposed any more."""

    __tablename__ = "entry_relation"
    __table_args__ = (
        CheckConstraint("one_id < other_id", name="order"),
        CheckConstraint("state IN ('together', 'apart')", name="state"),
    )

    one_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, index=True)
    state: Mapped[str] = mapped_column(String(8))


class SavedForm(db.Model):
    """A form as far as somebody has typed it; ``entry_id`` is empty for a new entry or one that is gone.

    ``key`` names the form, ``tab`` the page that saved it last with its ``step``, ``turn`` counts how often another
    page has gone on. A finished one waits for the sweep, so that a late save does not bring it back.
    """

    __tablename__ = "saved_form"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id", ondelete="SET NULL"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    entry_version: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    fields: Mapped[list[Any]] = mapped_column(JSON)
    held: Mapped[list[Any]] = mapped_column(JSON)
    tab: Mapped[str] = mapped_column(String(64), default="")
    step: Mapped[int] = mapped_column(default=0)
    turn: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(default=now, index=True)
    finished_at: Mapped[datetime | None]


class Handover(db.Model):
    """A person left and this entry went to a successor; kept for a while, so that it can be undone."""

    __tablename__ = "handover"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)


class RemovedFile(db.Model):
    """A file that was taken off an entry; kept for a while so that setting back brings it back."""

    __tablename__ = "removed_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    extension: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    checksum: Mapped[str] = mapped_column(String(64), index=True)
    removed_at: Mapped[datetime] = mapped_column(default=now, index=True)


class ReviewPreset(db.Model):
    """After how many months an entry of a kind is looked at again; without months never, unless its day is set."""

    __tablename__ = "review_preset"
    __table_args__ = (CheckConstraint("months IS NULL OR (months BETWEEN 1 AND 120)", name="months"),)

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    months: Mapped[int | None]


class Entry(db.Model):
    """One contribution: a link, files or a text, with what helps to find and judge it.

    ``address`` and ``doi`` follow from link and details; they find the same thing under another spelling.
    ``has_stopgap_title``: nobody named the entry; the title may be replaced by what page or document say of themselves.
    ``review_on`` is when somebody is to look at it again; ``responsible_id`` the organisation that is asked then, the
    entry's own when empty. ``outdated_at`` and ``superseded_by_id`` mark what is overtaken and by what.
    """

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint("kind IN ('dokument', 'methode', 'projekt', 'fachartikel', 'medienartikel')", name="kind"),
        CheckConstraint(
            "status IN ('draft', 'submitted', 'returned', 'rejected', 'published', 'withdrawn', 'deleted')",
            name="status",
        ),
        CheckConstraint("length(title) BETWEEN 1 AND 300", name="title_length"),
        CheckConstraint("year IS NULL OR (year BETWEEN 1800 AND 2100)", name="year"),
        CheckConstraint("status <> 'published' OR published_at IS NOT NULL", name="published_at"),
        CheckConstraint("url IS NULL OR url LIKE 'http://%' OR url LIKE 'https://%'", name="url_scheme"),
        CheckConstraint("superseded_by_id <> id", name="superseded_by_another"),
        Index("ix_entry_status_published_at", "status", "published_at"),
        Index("ix_entry_contributor_id_status", "contributor_id", "status"),
        Index("ix_entry_status_review_on", "status", "review_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    identifier: Mapped[str | None] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    has_stopgap_title: Mapped[bool] = mapped_column(default=False)
    summary: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str | None] = mapped_column(String(URL_LENGTH), index=True)
    address: Mapped[str | None] = mapped_column(String(URL_LENGTH), index=True)
    doi: Mapped[str | None] = mapped_column(String(DOI_LENGTH), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    publisher: Mapped[str] = mapped_column(String(LINE_LENGTH), default="")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True)
    contributor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    year: Mapped[int | None]
    published_on: Mapped[date | None]
    language: Mapped[str] = mapped_column(String(8), default="de")
    coverage: Mapped[str | None] = mapped_column(String(20))
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(12), default=Status.SUBMITTED)
    status_note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    review_on: Mapped[date | None]
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"), index=True)
    outdated_at: Mapped[datetime | None]
    outdated_note: Mapped[str] = mapped_column(Text, default="")
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id", ondelete="SET NULL"), index=True)

    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id], lazy="raise_on_sql")
    responsible: Mapped[Organisation | None] = relationship(foreign_keys=[responsible_id], lazy="raise_on_sql")
    places: Mapped[list[EntryCollection]] = relationship(
        order_by=EntryCollection.position, cascade="all, delete-orphan", lazy="raise_on_sql"
    )
    tag_links: Mapped[list[EntryTag]] = relationship(cascade="all, delete-orphan", lazy="raise_on_sql")
    files: Mapped[list[Attachment]] = relationship(order_by=Attachment.id, lazy="raise_on_sql")
    contributor: Mapped[User | None] = relationship(lazy="raise_on_sql", viewonly=True, foreign_keys=[contributor_id])
    pending: Mapped[PendingChange | None] = relationship(lazy="raise_on_sql", viewonly=True, uselist=False)
    previews: Mapped[list[Preview]] = relationship(lazy="raise_on_sql", viewonly=True)

    __mapper_args__ = {"version_id_col": version}

    @validates("url", "details")
    def _follow(self, name: str, value: Any) -> Any:
        """Keep address and DOI in step with what they follow from."""
        url = value if name == "url" else self.url
        details = value if name == "details" else self.details
        self.address = address_of(url)
        self.doi = known_doi(url, details)
        return value

    def move_to(self, status: Status, moment: datetime) -> None:
        """Take a step in the life of an entry; raises Conflict when it leads nowhere from here."""
        if status not in MOVES[Status(self.status)]:
            raise Conflict
        if status == Status.SUBMITTED:
            self.submitted_at = moment
        if status == Status.PUBLISHED and self.published_at is None:
            self.published_at = moment
        self.status = status
        self.updated_at = moment
        shown_at = self.published_at if status == Status.PUBLISHED else None
        for place in self.places:
            place.published_at = shown_at

    @property
    def is_published(self) -> bool:
        """Whether every member sees it."""
        return self.status == Status.PUBLISHED

    @property
    def is_outdated(self) -> bool:
        """Whether it is marked as overtaken."""
        return self.outdated_at is not None

    @property
    def tags(self) -> list[str]:
        """Keywords by name."""
        return sorted((link.tag.name for link in self.tag_links), key=str.casefold)


def address_of(url: str | None) -> str | None:
    """The one spelling of a link under which entries are compared."""
    try:
        return normalise(url) if url else None
    except NoAddress:
        return None


def known_doi(url: str | None, details: dict[str, Any] | None) -> str | None:
    """The DOI that the details name or the link leads to."""
    doi = find_doi(str((details or {}).get("doi") or "")) or (doi_of(url) if url else None)
    return doi[:DOI_LENGTH] if doi else None
