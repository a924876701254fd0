"""Reading keywords: the office's list, one of them, and those that are nearly spelled the same."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.paging import Page
from hub.entries import policy
from hub.entries.models import Entry, EntryTag, Status, Tag, tag_key
from hub.entries.queries.wording import holds
from hub.indexing.analysis import stem
from hub.indexing.words import fold

PER_PAGE, MOST_ALIKE, SHORTEST = 50, 12, 3
_WORDS = re.compile(r"[^\W_]+")
_UMLAUTS = re.compile("([aou])e")
_KEPT = Tag.stands_for_id.is_(None)


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword with its number of entries, in whatever state these are but drafts."""

    id: int
    name: str
    group: str
    count: int


@dataclass(frozen=True, slots=True)
class Synonym:
    """Another spelling of a keyword."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to: words, a group; ``unused`` for what only drafts carry, or nothing."""

    q: str = ""
    group: str = ""
    unused: bool = False


def find_keywords(actor: Actor, filters: Filters, number: int) -> tuple[list[Keyword], Page]:
    """A page of the list: groups in their order, what has none after them."""
    require(policy.may_keep_vocabulary(actor))
    conditions = list(_conditions(filters))
    total = db.session.scalar(select(func.count()).select_from(Tag).where(*conditions)) or 0
    page = Page(min(number, max(1, -(-total // PER_PAGE))), PER_PAGE, total)
    rows = _counted().where(*conditions).order_by(Tag.group_name == "", Tag.group_name, Tag.key)
    return _read(rows.offset(page.offset).limit(PER_PAGE)), page


def get_keyword(actor: Actor, tag_id: int) -> Keyword:
    """A keyword; raises Missing, also for a synonym."""
    require(policy.may_keep_vocabulary(actor))
    found = _read(_counted().where(Tag.id == tag_id, listed()))
    if not found:
        raise Missing
    return found[0]


def is_listed(tag_id: int) -> bool:
    """Whether the office knows of this keyword."""
    return db.session.scalar(select(Tag.id).where(Tag.id == tag_id, listed())) is not None


def listed() -> ColumnElement[bool]:
    """Keywords that the office knows of: those of entries it may see, and those it has put into a group or spelled
    otherwise. What stands in drafts alone is their contributors' own."""
    other = aliased(Tag)
    is_spelled = select(other.id).where(other.stands_for_id == Tag.id).exists()
    return and_(_KEPT, or_(_is_carried(), Tag.group_name != "", is_spelled))


def find_synonyms(tag_ids: Iterable[int]) -> dict[int, list[Synonym]]:
    """The other spellings of keywords."""
    found: dict[int, list[Synonym]] = defaultdict(list)
    rows = select(Tag.stands_for_id, Tag.id, Tag.name).where(Tag.stands_for_id.in_(list(tag_ids)))
    for kept, number, name in db.session.execute(rows.order_by(Tag.key)):
        found[kept or 0].append(Synonym(number, name))
    return found


def find_groups() -> list[str]:
    """The names of all groups."""
    rows = select(Tag.group_name).where(Tag.group_name != "", _KEPT).distinct()
    return sorted(db.session.scalars(rows), key=str.casefold)


def find_preferred() -> dict[str, str]:
    """What every synonym stands for, by its key."""
    kept = aliased(Tag)
    return dict(db.session.execute(select(Tag.key, kept.name).join(kept, kept.id == Tag.stands_for_id)).all())


def find_named(name: str) -> tuple[Tag | None, Tag | None]:
    """What is spelled like this, and the keyword that is meant by it."""
    kept = aliased(Tag)
    rows = select(Tag, kept).join(kept, kept.id == func.coalesce(Tag.stands_for_id, Tag.id))
    found = db.session.execute(rows.where(Tag.key == tag_key(name))).first()
    return (found[0], found[1]) if found else (None, None)


def find_alike() -> list[list[Keyword]]:
    """Keywords that differ only by umlauts, hyphens, blanks or endings; of each the most used one first."""
    by_form: dict[str, list[Keyword]] = defaultdict(list)
    for keyword in _read(_counted().where(_KEPT, _is_carried()).order_by(Tag.key)):
        for form in forms_of(keyword.name):
            by_form[form].append(keyword)
    return _largest_first(_joined(by_form.values()))


def forms_of(name: str) -> set[str]:
    """What nearly the same spellings have in common: word by word, and written as one word."""
    found = _WORDS.findall(fold(name))
    if len("".join(found)) < SHORTEST:
        return set()
    return {_plain("".join(map(stem, found))), _plain(stem("".join(found)))}


def _plain(text: str) -> str:
    """Platz and Plätze have the same stem but for the umlaut."""
    return _UMLAUTS.sub(r"\1", text)


def _joined(sets: Iterable[Sequence[Keyword]]) -> list[set[Keyword]]:
    """Sets that share a keyword become one."""
    of: dict[Keyword, set[Keyword]] = {}
    for some in sets:
        if len(some) < 2:
            continue
        whole = set().union(*(of.get(one, {one}) for one in some))
        for one in whole:
            of[one] = whole
    return list({id(whole): whole for whole in of.values()}.values())


def _largest_first(sets: Iterable[set[Keyword]]) -> list[list[Keyword]]:
    found = [sorted(some, key=lambda one: (-one.count, one.name)) for some in sets]
    found.sort(key=lambda some: (-sum(one.count for one in some), some[0].name))
    return found[:MOST_ALIKE]


def _counted() -> Select[Any]:
    count = _carrying(func.count()).scalar_subquery()
    return select(Tag.id, Tag.name, Tag.group_name, count)


def _is_carried() -> ColumnElement[bool]:
    return _carrying(literal(1)).exists()


def _carrying(what: ColumnElement[int]) -> Select[Any]:
    """About the entries of a keyword that the office may see."""
    rows = select(what).select_from(EntryTag).join(Entry, Entry.id == EntryTag.entry_id)
    return rows.where(EntryTag.tag_id == Tag.id, Entry.status != Status.DRAFT).correlate(Tag)


def _read(rows: Select[Any]) -> list[Keyword]:
    return [Keyword(row[0], row[1], row[2], row[3]) for row in db.session.execute(rows)]


def _conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    yield listed()
    other = aliased(Tag)
    for word in filters.q.split()[:8]:
        spelled = select(other.stands_for_id).where(other.stands_for_id.is_not(None), holds(word, other.name))
        yield holds(word, Tag.name) | Tag.id.in_(spelled)
    if filters.group:
        yield Tag.group_name == filters.group
    if filters.unused:
        yield ~_is_carried()
