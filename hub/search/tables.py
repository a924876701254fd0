"""The search without an index: all words by LIKE over the published entries, newest first.

Slower and plainer than the index, and always there: it answers while the index is missing or being rebuilt.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, literal, or_, select, union_all

from hub.collections.models import Collection
from hub.core.db import db
from hub.entries.models import Attachment, Entry, EntryCollection, EntryTag, Practice, Status, Tag
from hub.entries.queries import holds, is_practised, practice_stands
from hub.indexing.terms import Terms
from hub.indexing.wanted import FACETS, Found, Wanted
from hub.indexing.words import STOP_WORDS, fold

MOST_WORDS = 12
MOST_ROWS = 5000
_WORD = re.compile(r"(?<!\w)-?\w[\w#+&*/:.-]*")
_SIGNS = "#+&*/:.-"
LONGEST_TEXT = 200
_SINGLE = ("kind", "organisation", "year", "language")
_MANY = ("collection", "tag", "file", "practice", "practised")


@dataclass(slots=True)
class _Hit:
    """A matching entry with its value per facet."""

    id: int
    title: str
    year: int
    values: dict[str, tuple[str, ...]]

    def fits(self, filters: Mapping[str, tuple[str, ...]], without: str = "") -> bool:
        """Whether every choice (but one) holds one of the entry's values."""
        return all(
            not set(chosen).isdisjoint(self.values[facet]) for facet, chosen in filters.items() if facet != without
        )


def find(wanted: Wanted) -> Found:
    """One page of hits, marked as fallback. At most the newest MOST_ROWS entries with all the words are looked at."""
    words, excluded = split_words(wanted.text)
    hits = _matching(words, excluded)
    left = _sorted([hit for hit in hits if hit.fits(wanted.filters)], wanted.sort)
    first = (wanted.page - 1) * wanted.per_page
    page = left[first : first + wanted.per_page]
    return Found(
        ids=tuple(hit.id for hit in page),
        scores=(0.0,) * len(page),
        total=len(left),
        unfiltered_total=len(hits),
        facets={facet: _count(hits, facet, wanted.filters) for facet in FACETS},
        filter_totals={facet: sum(hit.fits(wanted.filters, without=facet) for hit in hits) for facet in wanted.filters},
        terms=Terms(prefixes=tuple(fold(word) for word in words)),
        fallback=True,
    )


def count_each(words: Sequence[str]) -> list[int]:
    """How many published entries hold each word, in their order; one question for all."""
    counts = [func.count(case((_holds_anywhere(word), 1))) for word in words]
    return list(db.session.execute(select(*counts).where(Entry.status == Status.PUBLISHED)).one())


def split_words(text: str) -> tuple[list[str], list[str]]:
    """The words of a text, and those to be left out (written with a minus)."""
    found = [part.rstrip(_SIGNS) for part in _WORD.findall(text[:LONGEST_TEXT])][:MOST_WORDS]
    excluded = [word[1:] for word in found if word.startswith("-")]
    return [word for word in found if word[0] != "-" and fold(word) not in STOP_WORDS], excluded


def conditions(filters: Mapping[str, tuple[str, ...]]) -> list[ColumnElement[bool]]:
    """The choices as conditions on entries; a value that is no number fits no number."""
    tagged = select(EntryTag.entry_id).join(Tag, Tag.id == EntryTag.tag_id)
    placed = select(EntryCollection.entry_id).join(Collection, Collection.id == EntryCollection.collection_id)
    made: dict[str, Callable[[tuple[str, ...]], ColumnElement[bool]]] = {
        "collection": lambda values: Entry.id.in_(placed.where(Collection.slug.in_(values))),
        "kind": Entry.kind.in_,
        "organisation": lambda values: cast(Entry.organisation_id, String).in_(values),
        "year": lambda values: cast(Entry.year, String).in_(values),
        "language": Entry.language.in_,
        "tag": lambda values: Entry.id.in_(tagged.where(Tag.name.in_(values))),
        "file": lambda values: Entry.id.in_(select(Attachment.entry_id).where(Attachment.extension.in_(values))),
        "practice": lambda values: Entry.id.in_(
            select(Practice.entry_id).where(Practice.state.in_(values), practice_stands())
        ),
        "practised": lambda values: Entry.id.in_(
            select(Practice.entry_id).where(cast(Practice.organisation_id, String).in_(values), is_practised())
        ),
    }
    return [made[facet](values) for facet, values in filters.items()]


def _holds_anywhere(word: str) -> ColumnElement[bool]:
    tagged = select(EntryTag.entry_id).join(Tag, Tag.id == EntryTag.tag_id).where(holds(word, Tag.name))
    return or_(holds(word, Entry.title, Entry.summary, Entry.text), Entry.id.in_(tagged))


def _matching(words: list[str], excluded: list[str]) -> list[_Hit]:
    statement = select(Entry.id, Entry.title, Entry.kind, Entry.organisation_id, Entry.year, Entry.language).where(
        Entry.status == Status.PUBLISHED,
        *(_holds_anywhere(word) for word in words),
        *(~_holds_anywhere(word) for word in excluded),
    )
    rows = db.session.execute(statement.order_by(Entry.published_at.desc(), Entry.id.desc()).limit(MOST_ROWS)).all()
    many = _many([row.id for row in rows])
    return [_hit(row, many) for row in rows]


def _hit(row: Any, many: dict[str, dict[int, tuple[str, ...]]]) -> _Hit:
    single = dict(zip(_SINGLE, (row.kind, row.organisation_id, row.year, row.language), strict=True))
    values: dict[str, tuple[str, ...]] = {
        facet: (str(value),) if value is not None else () for facet, value in single.items()
    }
    values |= {facet: by_id.get(row.id, ()) for facet, by_id in many.items()}
    return _Hit(row.id, row.title, row.year or 0, values)


def _many(ids: list[int]) -> dict[str, dict[int, tuple[str, ...]]]:
    """Per facet of which an entry may have several values: the values by entry, asked for all at once."""
    placed = select(literal("collection"), EntryCollection.entry_id, Collection.slug).join(
        Collection, Collection.id == EntryCollection.collection_id
    )
    tagged = select(literal("tag"), EntryTag.entry_id, Tag.name).join(Tag, Tag.id == EntryTag.tag_id)
    filed = select(literal("file"), Attachment.entry_id, Attachment.extension).distinct()
    practised = select(literal("practice"), Practice.entry_id, Practice.state).distinct()
    somewhere = select(literal("practised"), Practice.entry_id, cast(Practice.organisation_id, String))
    statement: Any = union_all(
        placed.where(EntryCollection.entry_id.in_(ids)),
        tagged.where(EntryTag.entry_id.in_(ids)),
        filed.where(Attachment.entry_id.in_(ids)),
        practised.where(Practice.entry_id.in_(ids), practice_stands()),
        somewhere.where(Practice.entry_id.in_(ids), is_practised()),
    )
    found: dict[str, dict[int, tuple[str, ...]]] = {facet: defaultdict(tuple) for facet in _MANY}
    for facet, entry_id, value in db.session.execute(statement) if ids else ():
        found[facet][entry_id] += (value,)
    return found


def _sorted(hits: list[_Hit], sort: str) -> list[_Hit]:
    if sort == "year":
        return sorted(hits, key=lambda hit: -hit.year)
    if sort == "title":
        return sorted(hits, key=lambda hit: hit.title.casefold())
    return hits


def _count(hits: Iterable[_Hit], facet: str, filters: Mapping[str, tuple[str, ...]]) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for hit in hits:
        if hit.fits(filters, without=facet):
            counts.update(hit.values[facet])
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
