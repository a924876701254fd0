"""Where a new entry may belong, from the published entries most like it; and which entries may be the same thing."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice, pairwise
from typing import NamedTuple

from sqlalchemy import or_, select

from hub.accounts.models import Organisation
from hub.collections.models import Collection, Section
from hub.core.actor import Actor
from hub.core.db import db
from hub.entries import policy
from hub.entries.models import Entry, EntryCollection, EntryTag, Status, Tag, address_of
from hub.entries.queries.visibility import visible_to
from hub.indexing import service as indexing
from hub.indexing.analysis import is_stop_word, stem, words
from hub.indexing.errors import IndexUnusable

TITLE_WEIGHT, SUMMARY_WEIGHT, TEXT_WEIGHT = 3.0, 1.5, 0.5
NEIGHBOURS, LEAST_ALIKE = 15, 0.04
SHARPNESS = 2
LEAST_SHARE = 0.2
LEAST_SECTION = 0.5
MOST_TAGS, MOST_NAMED = 4, 60
LEAST_TAG, NAMED_IN_TITLE, NAMED_IN_SUMMARY = 0.3, 0.5, 0.25
MOST_DOUBLES = 5
NEARLY = 0.92
_SIGNS = re.compile(r"[\W_]+")
_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

Near = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Proposals:
    """What may fit: the address of a collection, the title of a section in it, keywords. Empty where nothing speaks
    for anything."""

    collection: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()


class Place(NamedTuple):
    """A place of a neighbour."""

    entry_id: int
    slug: str
    section: str | None


@dataclass(frozen=True, slots=True)
class Double:
    """An entry that may be the same thing; ``reason`` is address, doi or title."""

    id: int
    title: str
    organisation: str
    year: int | None
    reason: str
    may_place: bool


def find_near(title: str, summary: str, text: str, leave_out: int = 0) -> Near:
    """Numbers and weights (1 for the nearest) of the published entries most like these words; none when no entry is."""
    weighted = ((title, TITLE_WEIGHT), (summary, SUMMARY_WEIGHT), (text, TEXT_WEIGHT))
    try:
        found = indexing.store().alike([pair for pair in weighted if pair[0]], NEIGHBOURS, leave_out)
    except IndexUnusable:
        return []
    best = found[0][1] if found else 0.0
    return [(number, (score / best) ** SHARPNESS) for number, score in found] if best >= LEAST_ALIKE else []


def propose(near: Near, title: str, summary: str, collection: str = "", leave_out: int = 0) -> Proposals:
    """Collection by weighted vote of the neighbours, section by those in that collection (or the given one), keywords
    by how many carry them and whether the words name them."""
    weights = dict(near)
    places = _places_of(weights)
    chosen = collection or _voted(((place.slug, weights[place.entry_id]) for place in places), LEAST_SHARE)
    inside = [place for place in places if place.slug == chosen]
    section = _voted(((place.section or "", weights[place.entry_id]) for place in inside), LEAST_SECTION)
    return Proposals(chosen, section, _tags_for(weights, title, summary, leave_out))


def find_doubles(actor: Actor, near: Near, url: str, doi: str, title: str) -> list[Double]:
    """Entries the actor may see with the same address, the same DOI or nearly the same title; the surest first."""
    address = address_of(url)
    same = [Entry.address == address] if address else []
    same += [Entry.doi == doi] if doi else []
    candidates = or_(*same, Entry.id.in_([number for number, _weight in near]))
    statement = (
        select(Entry, Organisation.label)
        .join(Organisation, Organisation.id == Entry.organisation_id)
        .where(candidates, visible_to(actor))
        .order_by(Entry.id)
        .limit(NEIGHBOURS + MOST_DOUBLES)
    )
    doubles = []
    for entry, label in db.session.execute(statement):
        reason = _reason(entry, address, doi, title)
        if reason:
            may_place = policy.may_place(actor, entry)
            doubles.append(Double(entry.id, entry.title, label, entry.year, reason, may_place))
    return sorted(doubles, key=lambda double: ("address", "doi", "title").index(double.reason))[:MOST_DOUBLES]


def _reason(entry: Entry, address: str | None, doi: str, title: str) -> str:
    if address and entry.address == address:
        return "address"
    if doi and entry.doi == doi:
        return "doi"
    return "title" if is_nearly(entry.title, title) else ""


def is_nearly(one: str, other: str) -> bool:
    """Whether two titles are the same but for spelling and a word or two."""
    first, second = (_SIGNS.sub(" ", text.casefold().translate(_TRANSCRIBED)).strip() for text in (one, other))
    if len(first) < 6 or len(second) < 6:
        return first == second != ""
    compared = SequenceMatcher(None, first, second, autojunk=False)
    return compared.real_quick_ratio() >= NEARLY and compared.quick_ratio() >= NEARLY and compared.ratio() >= NEARLY


def _places_of(numbers: Iterable[int]) -> list[Place]:
    statement = (
        select(EntryCollection.entry_id, Collection.slug, Section.title)
        .join(Collection, Collection.id == EntryCollection.collection_id)
        .outerjoin(Section, Section.id == EntryCollection.section_id)
        .where(EntryCollection.entry_id.in_(list(numbers)), EntryCollection.published_at.is_not(None))
    )
    return [Place(*row) for row in db.session.execute(statement)]


def _voted(votes: Iterable[tuple[str, float]], least: float) -> str:
    """The name with the most weight, if it has at least this share of all."""
    sums: dict[str, float] = defaultdict(float)
    for name, weight in votes:
        sums[name] += weight
    best = max(sums, key=lambda name: sums[name], default="")
    return best if best and sums[best] >= least * sum(sums.values()) else ""


def _tags_for(weights: Mapping[int, float], title: str, summary: str, leave_out: int) -> tuple[str, ...]:
    whole = sum(weights.values())
    in_title, in_summary = _stems(title), _stems(summary)
    scores: dict[str, float] = defaultdict(float)
    for name, entry_id in _tags_of(weights):
        scores[name] += weights[entry_id] / whole
    for name in [*scores, *_tags_named(f"{title}\n{summary}", leave_out)]:
        roots = _stems(name)
        if name not in scores or scores[name] < NAMED_IN_TITLE:
            scores[name] += NAMED_IN_TITLE * (roots <= in_title) + NAMED_IN_SUMMARY * (roots <= in_summary)
    ranked = sorted(scores, key=lambda name: (-scores[name], name))
    return tuple(name for name in ranked[:MOST_TAGS] if scores[name] >= LEAST_TAG)


def _tags_of(numbers: Iterable[int]) -> list[tuple[str, int]]:
    statement = (
        select(Tag.name, EntryTag.entry_id)
        .join(EntryTag, EntryTag.tag_id == Tag.id)
        .join(Entry, Entry.id == EntryTag.entry_id)
        .where(EntryTag.entry_id.in_(list(numbers)), Entry.status == Status.PUBLISHED)
    )
    return [(name, number) for name, number in db.session.execute(statement)]


def _tags_named(text: str, leave_out: int) -> list[str]:
    """Keywords of published entries that the words name as they are."""
    spelled = [text[word.start : word.end].casefold() for word in words(text) if not is_stop_word(word.folded)]
    pairs = (" ".join(pair) for pair in pairwise(spelled))
    keys = dict.fromkeys([*spelled[:MOST_NAMED], *islice(pairs, MOST_NAMED)])
    statement = (
        select(Tag.name)
        .join(EntryTag, EntryTag.tag_id == Tag.id)
        .join(Entry, Entry.id == EntryTag.entry_id)
        .where(Tag.key.in_(list(keys)), Entry.status == Status.PUBLISHED, Entry.id != leave_out)
    )
    return list(db.session.scalars(statement.distinct()))


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word.folded) for word in words(text) if not is_stop_word(word.folded))
