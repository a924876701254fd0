"""What a change of the thesaurus would do to the first hits of recent searches. Kept searches know no person."""

from dataclasses import dataclass

from sqlalchemy import select

from hub.core.actor import Actor, require
from hub.core.db import db
from hub.entries.queries import Row, load_in_order
from hub.indexing.errors import IndexBusy, IndexUnusable
from hub.indexing.service import store
from hub.indexing.thesaurus import Thesaurus
from hub.indexing.wanted import Wanted
from hub.search import policy
from hub.search.concepts import Concepts, as_thesaurus
from hub.search.misses import FROM
from hub.search.models import SearchMiss
from hub.search.sampling import widened

RECENT, MOST_LABELS, MOST_CHANGED, FIRST = 200, 12, 10, 10
Hits = tuple[int, tuple[int, ...]]  # how many, and the numbers of the first


@dataclass(frozen=True, slots=True)
class Shift:
    """A hit among the first ten before or after; a place counts from 1, None is not among them."""

    title: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Searches with the hits they gain, lose or that move, and how many they have now and would have."""

    texts: list[str]
    count_before: int
    count_after: int
    shifts: list[Shift]


@dataclass(frozen=True, slots=True)
class Outlook:
    """The searches that would find something else; ``looked_at`` were tried, ``is_cut`` says there may be more."""

    looked_at: int
    changed: list[Foreseen]
    is_cut: bool


def foresee(actor: Actor, key: str, before: Concepts, after: Concepts) -> Outlook | None:
    """Try recent searches and the concept's own labels with both; None while the index cannot be asked."""
    require(policy.may_inspect_search(actor))
    then, now = as_thesaurus(before), as_thesaurus(after)
    tried = _texts(key, before, after)
    touched = [text for text in tried if widened(text, then) != widened(text, now)]
    try:
        found = [(text, _first(text, then), _first(text, now)) for text in touched[: MOST_CHANGED * 2]]
    except (IndexUnusable, IndexBusy):
        return None
    differing: dict[tuple[Hits, Hits], list[str]] = {}
    for text, old, new in found:
        if old != new:
            differing.setdefault((old, new), []).append(text)
    shown = list(differing.items())[:MOST_CHANGED]
    ids = dict.fromkeys(number for (old, new), _texts in shown for number in (*old[1], *new[1]))
    rows = {row.id: row for row in load_in_order(actor, list(ids))}
    is_cut = len(touched) > MOST_CHANGED * 2 or len(differing) > len(shown)
    return Outlook(len(tried), [_compared(texts, *hits, rows) for hits, texts in shown], is_cut)


def _texts(key: str, before: Concepts, after: Concepts) -> list[str]:
    """What was searched for at least twice, the latest first, then the labels of the concept before and after."""
    asked = select(SearchMiss.text).where(SearchMiss.count >= FROM, SearchMiss.text != "")
    recent = db.session.scalars(asked.order_by(SearchMiss.last_on.desc(), SearchMiss.text).limit(RECENT))
    details = [concepts[key] for concepts in (after, before) if key in concepts]
    labels = [label for one in details for names in one.labels.values() for label in names]
    return list(dict.fromkeys([*recent, *labels[:MOST_LABELS]]))


def _first(text: str, thesaurus: Thesaurus) -> Hits:
    found = store().search(Wanted(text=text, per_page=FIRST), thesaurus)
    return found.total, tuple(found.ids)


def _compared(texts: list[str], old: Hits, new: Hits, rows: dict[int, Row]) -> Foreseen:
    then = {number: at for at, number in enumerate(old[1], 1)}
    now = {number: at for at, number in enumerate(new[1], 1)}
    numbers = dict.fromkeys([*now, *then])
    shifts = [
        Shift(rows[number].title, then.get(number), now.get(number))
        for number in numbers
        if number in rows and then.get(number) != now.get(number)
    ]
    return Foreseen(texts, old[0], new[0], shifts)
