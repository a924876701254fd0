"""The thesaurus as the office edits it, and searches that led nowhere."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.clock import now
from hub.core.db import db

LANGUAGES = ("de", "en", "fr")
KEY_LENGTH, LABEL_LENGTH, NOTE_LENGTH, MISS_LENGTH = 80, 120, 1000, 100


class Concept(db.Model):
    """A thing of the field that has several names; a deleted one stays a while, so that deleting can be undone."""

    __tablename__ = "concept"
    __table_args__ = (CheckConstraint("length(id) BETWEEN 1 AND 80", name="id_length"),)

    id: Mapped[str] = mapped_column(String(KEY_LENGTH), primary_key=True)
    note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    deleted_at: Mapped[datetime | None]


class ConceptLabel(db.Model):
    """A name of a concept in one language; position 0 is the preferred one."""

    __tablename__ = "concept_label"
    __table_args__ = (
        UniqueConstraint("concept_id", "language", "position"),
        CheckConstraint("language IN ('de', 'en', 'fr')", name="language"),
        CheckConstraint("is_preferred = (position = 0)", name="preferred_first"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    concept_id: Mapped[str] = mapped_column(ForeignKey("concept.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(2))
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH), index=True)
    is_preferred: Mapped[bool]
    position: Mapped[int]


class ConceptRelation(db.Model):
    """A concept is narrower than its target, or related to it."""

    __tablename__ = "concept_relation"
    __table_args__ = (
        CheckConstraint("kind IN ('broader', 'related')", name="kind"),
        CheckConstraint("concept_id <> target_id", name="no_relation_to_itself"),
    )

    concept_id: Mapped[str] = mapped_column(ForeignKey("concept.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(7), primary_key=True)
    target_id: Mapped[str] = mapped_column(ForeignKey("concept.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int]


class ThesaurusState(db.Model):
    """How often the thesaurus was changed; exactly one row. 0: never filled, the delivered one applies."""

    __tablename__ = "thesaurus_state"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(default=0)


class ThesaurusDraft(db.Model):
    """What a person uploaded and has not confirmed yet; the next upload takes its place."""

    __tablename__ = "thesaurus_draft"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    concepts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class SearchMiss(db.Model):
    """A search without a hit, or with one or two (``hits``), never with a person.

    The words are kept only once they were asked for twice.
    """

    __tablename__ = "search_miss"
    __table_args__ = (Index("ix_search_miss_asked", "count", "last_on"),)

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(String(MISS_LENGTH), default="")
    count: Mapped[int] = mapped_column(default=1)
    hits: Mapped[int] = mapped_column(default=0, server_default="0")
    first_on: Mapped[date]
    last_on: Mapped[date]


class SearchMonth(db.Model):
    """How often in a month a search found nothing, and how often one or two entries; without words or persons."""

    __tablename__ = "search_month"

    month: Mapped[date] = mapped_column(primary_key=True)
    without_hits: Mapped[int] = mapped_column(default=0)
    with_few: Mapped[int] = mapped_column(default=0)


class MissMark(db.Model):
    """That somebody's search of this day is counted. A keyed mark without person or words, gone the day after."""

    __tablename__ = "search_miss_mark"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    on: Mapped[date] = mapped_column("day", index=True)
