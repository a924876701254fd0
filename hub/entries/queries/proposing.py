"""Where a new entry may belong, from the published entries most like it; and which entries may be the same thing."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import exp
from typing import NamedTuple

from sqlalchemy import func, literal, or_, select, union_all

from hub.accounts.models import Organisation
from hub.collections.models import Collection, Section
from hub.core.actor import Actor
from hub.core.db import db, only_asked
from hub.entries import policy
from hub.entries.models import Entry, EntryCollection, EntryTag, Status, Tag, address_of
from hub.entries.queries.visibility import visible_to
from hub.indexing import service as indexing
from hub.indexing.analysis import is_stop_word, part_stems, stem, words
from hub.indexing.errors import IndexUnusable
from hub.indexing.generation import cached

TITLE_WEIGHT, SUMMARY_WEIGHT, TEXT_WEIGHT = 3.0, 1.5, 0.5
NEIGHBOURS, LEAST_ALIKE = 25, 0.04
SHARPNESS, CAUTION = 2, 20.0
LEAST_SHARE = 0.15
LEAST_SECTION = 0.5
MOST_TAGS = 4
LEAST_TAG, NAMED_IN_TITLE, NAMED_IN_SUMMARY = 0.3, 0.5, 0.3
MOST_DOUBLES = 5
NEARLY = 0.92
_SIGNS = re.compile(r"[\W_]+")
_TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True, slots=True)
class Near:
    """Published entries like something new, by weight, and the share of each collection in what its words speak for."""

    weights: Mapping[int, float]
    shares: Mapping[str, float]
    leave_out: int = 0


NOBODY = Near({}, {})


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
    may_wish: bool


def find_near(title: str, summary: str, text: str, leave_out: int = 0) -> Near:
    """The published entries most like these words, with weights (1 for the nearest); empty when none is."""
    texts = [pair for pair in ((title, TITLE_WEIGHT), (summary, SUMMARY_WEIGHT), (text, TEXT_WEIGHT)) if pair[0]]
    try:
        found = indexing.store().alike(texts, NEIGHBOURS, leave_out)
        best = found[0][1] if found else 0.0
        if best < LEAST_ALIKE:
            return NOBODY
        odds = indexing.store().speak_for(texts, leave_out)
    except IndexUnusable:
        return NOBODY
    return Near({number: (score / best) ** SHARPNESS for number, score in found}, _shares(odds), leave_out)


def propose(near: Near, title: str, summary: str, collection: str = "") -> Proposals:
    """Collection by vote of the neighbours and of all words, section by the neighbours in that collection (or in the
    given one), keywords by how many neighbours carry them and whether the words name them."""
    if not near.weights:
        return Proposals()
    places, tags = _known_of(near.weights)
    votes = _sums((place.slug, near.weights[place.entry_id]) for place in places)
    whole = sum(votes.values()) or 1.0
    for slug, share in near.shares.items():
        votes[slug] = votes.get(slug, 0.0) + share * whole
    chosen = collection or _best(votes, LEAST_SHARE)
    inside = [place for place in places if place.slug == chosen]
    section = _best(_sums((place.section or "", near.weights[place.entry_id]) for place in inside), LEAST_SECTION)
    return Proposals(chosen, section, _tags_for(near, tags, title, summary))


def find_doubles(actor: Actor, near: Near, url: str, doi: str, title: str) -> list[Double]:
    """Entries the actor may see with the same address, the same DOI or nearly the same title; the surest first."""
    address = address_of(url)
    same = [Entry.address == address] if address else []
    same += [Entry.doi == doi] if doi else []
    candidates = or_(*same, Entry.id.in_(list(near.weights)))
    statement = (
        select(Entry, Organisation.label)
        .join(Organisation, Organisation.id == Entry.organisation_id)
        .where(candidates, visible_to(actor))
        .order_by(Entry.id)
        .limit(NEIGHBOURS + 2 * MOST_DOUBLES)
    )
    doubles = []
    for entry, label in db.session.execute(statement):
        reason = _reason(entry, address, doi, title)
        if reason:
            may_place = policy.may_place(actor, entry)
            may_wish = entry.is_published and not may_place
            doubles.append(Double(entry.id, entry.title, label, entry.year, reason, may_place, may_wish))
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


def _known_of(numbers: Iterable[int]) -> tuple[list[Place], list[tuple[str, int]]]:
    """The places of published entries, and their keywords with the numbers of the entries; in one question."""
    wanted = list(numbers)
    places = (
        select(literal(True).label("is_place"), EntryCollection.entry_id, Collection.slug, Section.title)
        .join(Collection, Collection.id == EntryCollection.collection_id)
        .outerjoin(Section, Section.id == EntryCollection.section_id)
        .where(EntryCollection.entry_id.in_(wanted), EntryCollection.published_at.is_not(None))
    )
    tags = (
        select(literal(False), EntryTag.entry_id, Tag.name, literal(""))
        .join(Tag, Tag.id == EntryTag.tag_id)
        .join(Entry, Entry.id == EntryTag.entry_id)
        .where(EntryTag.entry_id.in_(wanted), only_asked(Entry.status == Status.PUBLISHED))
    )
    rows = db.session.execute(union_all(places, tags)).all()
    found = [Place(number, name, section) for is_place, number, name, section in rows if is_place]
    return found, [(name, number) for is_place, number, name, _section in rows if not is_place]


def _shares(odds: Mapping[str, float]) -> dict[str, float]:
    """Log odds as shares of one."""
    most = max(odds.values(), default=0.0)
    raised = {slug: exp((value - most) / CAUTION) for slug, value in odds.items()}
    return {slug: value / sum(raised.values()) for slug, value in raised.items()}


def _sums(votes: Iterable[tuple[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for name, weight in votes:
        sums[name] += weight
    return sums


def _best(sums: Mapping[str, float], least: float) -> str:
    """The name with the most weight, if it has at least this share of all."""
    best = max(sums, key=lambda name: sums[name], default="")
    return best if best and sums[best] >= least * sum(sums.values()) else ""


def _tags_for(near: Near, tags: Iterable[tuple[str, int]], title: str, summary: str) -> tuple[str, ...]:
    whole = sum(near.weights.values())
    scores = _sums((name, near.weights[number] / whole) for name, number in tags)
    in_title, in_summary = _stems(title), _stems(summary)
    for name, roots in _tags_named(in_title | in_summary, near.leave_out):
        scores[name] = scores.get(name, 0.0) + (NAMED_IN_TITLE if roots <= in_title else NAMED_IN_SUMMARY)
    ranked = sorted(scores, key=lambda name: (-scores[name], name))
    return tuple(name for name in ranked[:MOST_TAGS] if scores[name] >= LEAST_TAG)


def _tags_named(roots: frozenset[str], leave_out: int) -> list[tuple[str, frozenset[str]]]:
    """Keywords of published entries whose words are among these, with their stems."""
    own = {name for name, _number in _known_of([leave_out])[1]} if leave_out else set()
    known = cached("tag stems", _all_tags)
    return [(name, stems) for name, stems, count in known if stems <= roots and count > (name in own)]


def _all_tags() -> tuple[tuple[str, frozenset[str], int], ...]:
    """Every keyword of published entries with its stems and how many entries carry it."""
    statement = (
        select(Tag.name, func.count())
        .join(EntryTag, EntryTag.tag_id == Tag.id)
        .join(Entry, Entry.id == EntryTag.entry_id)
        .where(Entry.status == Status.PUBLISHED)
        .group_by(Tag.id, Tag.name)
    )
    rows = ((name, _stems(name, with_parts=False), count) for name, count in db.session.execute(statement))
    return tuple(row for row in rows if row[1])


def _stems(text: str, with_parts: bool = True) -> frozenset[str]:
    found = [word.folded for word in words(text) if not is_stop_word(word.folded)]
    parts = (part for word in found for part in part_stems(word)) if with_parts else ()
    return frozenset([*map(stem, found), *parts])
