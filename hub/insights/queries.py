"""Reading the counts, as numbers of entries, searches and questions by month and topic."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import get_locale
from sqlalchemy import ColumnElement, and_, case, exists, func, literal, select, union_all

from hub.asking.models import Question, State
from hub.collections.models import Collection, Section
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db, only_asked
from hub.entries.models import Entry, EntryCollection, EntryOpening, Status
from hub.indexing.analysis import words
from hub.indexing.service import store
from hub.insights import policy
from hub.search.misses import Miss, count_by_month, find_shortages
from hub.search.thesaurus import keep_current

MONTHS, MOST_SHORTAGES, MOST_CONCEPTS, MOST_THIN, MOST_ENTRIES = 12, 200, 15, 30, 25
FEW_ENTRIES, OLD_YEARS = 3, 4
NEW_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Month:
    """What happened in a month; ``first`` is its first day."""

    first: date
    opened: int
    published: int
    without_hits: int
    with_few: int
    asked: int
    settled: int


@dataclass(frozen=True, slots=True)
class Topic:
    """A section of a collection (or all that has none) with the number and the newest year of its entries."""

    collection: str
    slug: str
    section: str
    count: int
    newest_year: int | None

    @property
    def is_old(self) -> bool:
        """Whether everything in it is old."""
        return self.newest_year is not None and self.newest_year <= clock.today().year - OLD_YEARS


@dataclass(frozen=True, slots=True)
class Sought:
    """A concept of the thesaurus by its preferred name, and how often searches for it found little."""

    id: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Used:
    """An entry and how often it was opened."""

    id: int
    title: str
    language: str
    kind: str
    count: int
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Unopened:
    """Entries that nobody has opened since counting began, the oldest first, and how many there are."""

    rows: list[Used]
    total: int


def find_months(actor: Actor) -> list[Month]:
    """The last twelve months, the present one last."""
    require(policy.may_see_needs(actor))
    firsts = _firsts()
    searched, opened = count_by_month(firsts[0]), _opened_by_month(firsts[0])
    published, asked, settled = _happened(firsts)
    return [
        Month(first, opened.get(first, 0), published[at], *searched.get(first, (0, 0)), asked[at], settled[at])
        for at, first in enumerate(firsts)
    ]


def find_missing(actor: Actor) -> list[Miss]:
    """Searches without or with one or two hits, asked for at least twice."""
    require(policy.may_see_needs(actor))
    return find_shortages(MOST_SHORTAGES)


def find_sought(actor: Actor, missing: Sequence[Miss]) -> list[Sought]:
    """The concepts that these searches name, the most sought first."""
    require(policy.may_see_needs(actor))
    keep_current()
    index, names = store(), {}
    counts: Counter[str] = Counter()
    language = str(get_locale() or "de")[:2]
    for miss in missing:
        for concept in index.concepts_named([word.folded for word in words(miss.text)]):
            labels = concept.labels.get(language) or concept.labels.get("de") or next(iter(concept.labels.values()))
            names[concept.id] = labels[0]
            counts[concept.id] += miss.count
    return [Sought(key, names[key], count) for key, count in counts.most_common(MOST_CONCEPTS)]


def find_topics(actor: Actor) -> list[Topic]:
    """Every section with its published entries, in the order of the collections."""
    require(policy.may_see_needs(actor))
    place = and_(EntryCollection.section_id == Section.id, EntryCollection.published_at.is_not(None))
    rows = db.session.execute(
        select(Collection.title, Collection.slug, Section.title, func.count(Entry.id), func.max(Entry.year))
        .join(Section, Section.collection_id == Collection.id)
        .outerjoin(EntryCollection, place)
        .outerjoin(Entry, Entry.id == EntryCollection.entry_id)
        .group_by(
            Collection.id, Collection.title, Collection.slug, Collection.position, Section.id, Section.title,
            Section.position,
        )
        .order_by(Collection.position, Collection.id, Section.position, Section.id)
    )  # fmt: skip
    return [Topic(*row) for row in rows]


def thin_topics(topics: Sequence[Topic]) -> list[Topic]:
    """Those with few entries or only old ones, the emptiest first."""
    thin = [topic for topic in topics if topic.count <= FEW_ENTRIES or topic.is_old]
    return sorted(thin, key=lambda topic: (topic.count, topic.newest_year or 0))[:MOST_THIN]


def find_used(actor: Actor) -> list[Used]:
    """The published entries that were opened most in the last twelve months."""
    require(policy.may_see_needs(actor))
    total = func.sum(EntryOpening.count)
    rows = db.session.execute(
        select(Entry.id, Entry.title, Entry.language, Entry.kind, total, Entry.published_at)
        .join(EntryOpening, EntryOpening.entry_id == Entry.id)
        .where(only_asked(Entry.status == Status.PUBLISHED), EntryOpening.month >= _firsts()[0])
        .group_by(Entry.id, Entry.title, Entry.language, Entry.kind, Entry.published_at)
        .order_by(total.desc(), Entry.id)
        .limit(MOST_ENTRIES)
    )
    return [Used(*row) for row in rows]


def find_unopened(actor: Actor) -> Unopened:
    """Published entries, not quite new ones, that nobody has opened since counting began."""
    require(policy.may_see_needs(actor))
    is_opened = exists().where(EntryOpening.entry_id == Entry.id)
    rows = db.session.execute(
        select(
            Entry.id, Entry.title, Entry.language, Entry.kind, literal(0), Entry.published_at, func.count().over()
        )
        .where(Entry.status == Status.PUBLISHED, Entry.published_at < clock.now() - NEW_FOR, ~is_opened)
        .order_by(Entry.published_at, Entry.id)
        .limit(MOST_ENTRIES)
    ).all()  # fmt: skip
    return Unopened([Used(*row[:6]) for row in rows], rows[0][6] if rows else 0)


def _firsts() -> list[date]:
    """The first days of the last twelve months."""
    first = clock.today().replace(day=1)
    firsts = [first]
    while len(firsts) < MONTHS:
        first = (first - timedelta(days=1)).replace(day=1)
        firsts.append(first)
    return firsts[::-1]


def _opened_by_month(since: date) -> dict[date, int]:
    total = func.sum(EntryOpening.count)
    rows = select(EntryOpening.month, total).where(EntryOpening.month >= since).group_by(EntryOpening.month)
    return {row[0]: row[1] for row in db.session.execute(rows)}


def _happened(firsts: Sequence[date]) -> tuple[list[int], list[int], list[int]]:
    """Entries published, questions asked and questions settled, by month, in one statement."""
    starts = [clock.start_of(first) for first in firsts]

    def sums(column: Any, *conditions: ColumnElement[bool]) -> list[ColumnElement[Any]]:
        spans = zip(starts, [*starts[1:], None], strict=True)
        return [func.coalesce(func.sum(case((_within(column, *span, *conditions), 1), else_=0)), 0) for span in spans]

    published = select(literal(0).label("what"), *sums(Entry.published_at, Entry.status == Status.PUBLISHED))
    asked = select(literal(1), *sums(Question.created_at))
    settled = select(literal(2), *sums(Question.closed_at, Question.state == State.SETTLED))
    rows = {row[0]: list(row[1:]) for row in db.session.execute(union_all(published, asked, settled))}
    return rows[0], rows[1], rows[2]


def _within(
    column: Any, start: datetime, end: datetime | None, *conditions: ColumnElement[bool]
) -> ColumnElement[bool]:
    return and_(column >= start, *([column < end] if end else []), *conditions)
