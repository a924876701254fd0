"""Finding: the index says which entries, the tables say what is shown of them and whether it may be."""

import logging
import time
from collections.abc import Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, func, select

from hub.collections.models import Collection
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.paging import Page
from hub.entries.marking import Sought
from hub.entries.models import Entry, EntryCollection, Status
from hub.entries.queries import WAITING, Row, holds, load_in_order
from hub.indexing.errors import IndexBusy, IndexUnusable
from hub.indexing.generation import cached, discard
from hub.indexing.service import bring_up_to_date, repair, store
from hub.indexing.wanted import OUT_OF_TIME, Found, Wanted
from hub.search import tables
from hub.search.thesaurus import keep_current

log = logging.getLogger("hub.search")
FACET_VALUES = 40
MOST_PAGES = 50
MOST_TRIES = 4
MOST_WAITING = 10
INDEX_FAILURES = (IndexUnusable, IndexBusy, OSError)
_ANY_WAITING = (
    select(Entry.id).where(Entry.contributor_id == bindparam("contributor_id"), Entry.status.in_(WAITING)).limit(1)
)


@dataclass(frozen=True, slots=True)
class Result:
    """One page of entries with what the index said about them.

    ``is_current`` is False while changes are missing in the index, ``key`` names the question and the state of the
    index for answers that are kept.
    """

    found: Found
    rows: list[Row]
    scores: dict[int, float]
    page: Page
    is_current: bool
    key: Hashable


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry of the person that is not published yet."""

    id: int
    title: str
    kind: str
    status: str


def find(actor: Actor, wanted: Wanted) -> Result:
    """The page of hits for the actor: from the index, or from the tables while the index cannot be used."""
    found, is_current, key = _ask(wanted)
    last = min(-(-found.total // wanted.per_page), MOST_PAGES)
    if wanted.page > last > 0:
        return find(actor, replace(wanted, page=last))
    rows = [row for row in load_in_order(actor, found.ids) if row.status == Status.PUBLISHED]
    scores = dict(zip(found.ids, found.scores, strict=True))
    page = Page(wanted.page, wanted.per_page, min(found.total, MOST_PAGES * wanted.per_page))
    return Result(found, rows, scores, page, is_current, key)


def sought_by(text: str) -> Sought:
    """What a search for this text marks in documents, words mended and widened as for its first page of hits."""
    found, _is_current, _key_of_it = _ask(Wanted(text=text))
    searched = found.corrected or text
    return Sought(text, found.terms, tuple(tables.split_words(searched)[0]))


def find_waiting(actor: Actor, wanted: Wanted) -> list[Waiting]:
    """The actor's own entries that wait, hold all the words and fit the filters; they stand above the hits."""
    words, _ = tables.split_words(wanted.text)
    if not words or actor.id is None or wanted.page > 1:
        return []
    if db.session.scalar(_ANY_WAITING, {"contributor_id": actor.id}) is None:
        return []
    statement = select(Entry.id, Entry.title, Entry.kind, Entry.status).where(
        Entry.contributor_id == actor.id,
        Entry.status.in_(WAITING),
        *(holds(word, Entry.title, Entry.summary, Entry.text) for word in words),
        *tables.conditions(wanted.filters),
    )
    rows = db.session.execute(statement.order_by(Entry.updated_at.desc(), Entry.id.desc()).limit(MOST_WAITING))
    return [Waiting(*row) for row in rows]


def find_shorter(wanted: Wanted, is_emergency: bool) -> list[tuple[str, int]]:
    """For a search without a hit: single words of it that find something, with their counts, most first."""
    words, _ = tables.split_words(wanted.text)
    tries = list(dict.fromkeys(words))[:MOST_TRIES] if len(words) > 1 or '"' in wanted.text else []
    if is_emergency:
        counts = tables.count_each(tries) if tries else []
    else:
        counts = [_ask(replace(wanted, text=word, page=1))[0].total for word in tries]
    counted = [(word, count) for word, count in zip(tries, counts, strict=True) if count]
    return sorted(counted, key=lambda pair: -pair[1])


def count_by_collection() -> dict[str, int]:
    """Published entries by the address of the collection."""
    statement = (
        select(Collection.slug, func.count())
        .join(EntryCollection, EntryCollection.collection_id == Collection.id)
        .where(EntryCollection.published_at.is_not(None))
        .group_by(Collection.slug)
    )
    return cached("sizes of collections", lambda: dict(db.session.execute(statement).all()))


def find_identifiers(ids: Sequence[int]) -> dict[int, str]:
    """The identifiers with which entries were imported, by number; an entry of our own has none."""
    rows = db.session.execute(select(Entry.id, Entry.identifier).where(Entry.id.in_(ids)))
    return {entry_id: identifier or "" for entry_id, identifier in rows}


def _ask(wanted: Wanted) -> tuple[Found, bool, Hashable]:
    """What the index finds, else the tables; whether nothing is missing in it; and the key of the answer.

    An answer is kept until something changes, unless the index is behind: then it would outlive the delay.
    """
    is_current = False
    try:
        thesaurus = keep_current()
        is_current = bring_up_to_date()
        key = _key(wanted, f"{store().generation()}:{thesaurus}")
        if not is_current:
            return store().search(wanted), False, key
        found = cached(key, lambda: _lightened(store().search(wanted), wanted))
        if OUT_OF_TIME not in found.left_out:
            return found, True, key
        discard(key)  # the next one who asks may find a quieter moment
        return found, True, (key, time.monotonic())
    except INDEX_FAILURES as reason:
        if is_current or not isinstance(reason, IndexUnusable):
            log.warning("index failed in a search (%s); the tables answer", reason)
        if is_current:
            with suppress(*INDEX_FAILURES):
                repair()
        return tables.find(wanted), True, None


def _key(wanted: Wanted, generation: str) -> Hashable:
    filters = tuple(sorted(wanted.filters.items()))
    return (
        "search", generation, wanted.text, filters, wanted.sort, wanted.page, wanted.per_page, wanted.exact,
        wanted.synonyms,
    )  # fmt: skip


def _lightened(found: Found, wanted: Wanted) -> Found:
    """Without the long tails of facets that no page shows; many answers are kept in memory."""
    facets = {
        facet: counts[:FACET_VALUES] + [pair for pair in counts[FACET_VALUES:] if pair[0] in chosen]
        for facet, counts in found.facets.items()
        for chosen in [wanted.filters.get(facet, ())]
    }
    return replace(found, facets=facets)
