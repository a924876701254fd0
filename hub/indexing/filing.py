"""Turns a document into postings: which term stands where, and how much it weighs there (BM25F, ready to rank).

The weight of a term is the sum over the document's zones of zone weight x occurrences / length factor, so that a
query needs no field lengths: a short title that consists of the word weighs most, one of 5,000 words of a body least.
"""

import json
import re
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from hub.indexing.analysis import filed_words, is_stop_word, stem, words
from hub.indexing.document import Document
from hub.indexing.words import STOP_WORDS, fold

MARKER_ID = "marker"
# About a thousand pages. Beyond the longest length that counts a text is not made lighter still.
BODY_WORDS, LENGTH_COUNTED = 400_000, 20_000
_POSITION_GAP = 50
_LAST_PLACE = 65_535


@dataclass(frozen=True, slots=True)
class Zone:
    """A text of the document with its weight, usual length in words, and how much length matters (0 to 1)."""

    name: str
    weight: float
    usual_length: int
    length_matters: float


ZONES = (
    Zone("title", 4.5, 7, 0.35),
    Zone("tags", 3.3, 5, 0.25),
    Zone("summary", 2.0, 30, 0.4),
    Zone("note", 1.6, 25, 0.4),
    Zone("section", 1.0, 3, 0.2),
    Zone("collection_titles", 4.0, 5, 0.2),
    Zone("organisation", 1.2, 3, 0.2),
    Zone("publisher", 1.2, 3, 0.2),
    Zone("details", 1.0, 15, 0.4),
    Zone("practice", 1.0, 30, 0.4),
    Zone("text", 1.2, 120, 0.5),
    Zone("body", 0.35, 900, 0.5),
)
COLLECTION = "#"
PLACE = "o:"
KEYWORD = "t:"
SPELLED = "\t"
_LABEL_WEIGHT = 6.0
_SHORT_END = 2
_WRITTEN = re.compile(r"[^\W_][\w-]*[^\W_]")
_BRIEF_ZONES = frozenset(zone.name for zone in ZONES) - {"body", "text"}


def fields_of(document: Document) -> dict[str, Any]:
    """The field values under which a document is written."""
    weights: dict[str, float] = {}
    positions: dict[str, array] = {}
    surfaces: set[str] = set()
    title_terms: set[str] = set()
    places: set[str] = set()
    begin = 0
    for zone in ZONES:
        text = _zone_text(document, zone.name)
        if not text:
            continue
        filed = list(_filed_words(text, zone.name, document.language))
        length = min(len(filed), LENGTH_COUNTED) / zone.usual_length
        weight = zone.weight / (1 - zone.length_matters + zone.length_matters * length)
        for term, count in Counter(chain.from_iterable(terms for _, terms in filed)).items():
            weights[term] = weights.get(term, 0.0) + count * weight
        placed = filed[: _LAST_PLACE - begin]
        for place, (_, terms) in enumerate(placed, begin):
            for term in terms:
                if term in positions:
                    positions[term].append(place)
                else:
                    positions[term] = array("H", (place,))
        if zone.name == "title":
            title_terms = {term for _, terms in filed for term in terms}
        if zone.name in ("organisation", "publisher"):
            places.update(PLACE + terms[0] for _, terms in filed)
        if zone.name != "body":
            surfaces.update(surface for surface, _ in filed if len(surface) > 2)
        begin = min(begin + len(placed) + _POSITION_GAP, _LAST_PLACE)
    weights.update(dict.fromkeys(_labels(document) | places, _LABEL_WEIGHT))
    nowhere = array("H")
    return {
        "id": (str(document.id),),
        "all": {term: (weight, positions.get(term, nowhere).tobytes()) for term, weight in weights.items()},
        "title": tuple(title_terms),
        "words": tuple(surfaces),
        "written": tuple({one for word in _WRITTEN.findall(document.title) for one in _as_written(word)}),
        "tags": tuple({one for tag in document.tags for one in _as_written(tag)}),
        "facts": facts_of(document),
    }


def _as_written(text: str) -> tuple[str, ...]:
    """A word or keyword by its folded spelling, with the spelling that is shown; nothing for a word without meaning."""
    folded = fold(text)
    return (f"{folded}{SPELLED}{text}",) if len(folded) > _SHORT_END and folded not in STOP_WORDS else ()


def _labels(document: Document) -> set[str]:
    """Terms for facts that may be asked for by name: year, kind, collection, language, keywords."""
    labels = {f"c:{fold(slug)}" for slug in document.collections}
    labels |= {KEYWORD + stem(word.folded) for tag in document.tags for word in words(tag)}
    labels |= {KEYWORD + fold(tag) for tag in document.tags}
    labels |= {f"k:{fold(document.kind)}", f"l:{fold(document.language)}"}
    if document.year:
        labels.add(f"y:{document.year}")
    return labels


def facts_of(document: Document) -> bytes:
    """What facets, filters, orders and suggestions need, as one compact value."""
    published = int(document.published_at.timestamp()) if document.published_at else 0
    facts = [
        document.id,
        document.title,
        document.kind,
        "" if document.organisation_id is None else str(document.organisation_id),
        document.organisation,
        document.year or 0,
        document.language,
        list(document.collections),
        list(document.tags),
        list(document.media),
        published,
        int(document.reviewed) + 2 * int(document.outdated),
        list(document.practice_states),
        list(map(str, document.practised_by)),
    ]
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()


def marker_fields(marker: int) -> dict[str, Any]:
    """The document that says up to which number of the change log the index has been brought."""
    return {"id": (MARKER_ID,), "facts": json.dumps([-1, marker]).encode()}


def _zone_text(document: Document, zone: str) -> str:
    value = getattr(document, zone)
    return value if isinstance(value, str) else " · ".join(value)


def _filed_words(text: str, zone: str, language: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each word that carries meaning with its terms; joins of neighbours are filed with the second of them."""
    before = ""
    is_brief, is_collection = zone in _BRIEF_ZONES, zone == "collection_titles"
    for folded, terms, joined in islice(filed_words(text, language), BODY_WORDS):
        if before and (joined or (is_brief and len(folded) <= _SHORT_END)):
            join = _join(before, folded, joined)
            if join and join not in terms:
                terms = (*terms, join)
        if terms:
            yield folded, tuple(COLLECTION + term for term in terms) if is_collection else terms
        before = folded


def _join(before: str, folded: str, joined: bool) -> str:
    """E-Scooter is filed as escooter too, LIAISE 2 as liaise2: names are written with and without the gap."""
    if joined:
        return stem(before + folded)
    return "" if is_stop_word(folded) else before + folded
