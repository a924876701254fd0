"""What may be meant while someone is still typing: words as they are written in titles and keywords, and titles."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from hub.indexing.analysis import PART, is_stop_word, stem, words
from hub.indexing.filing import KEYWORD, SPELLED
from hub.indexing.view import FIELD, Segment, View
from hub.indexing.words import fold

SHORTEST = 2
LONGEST = 60
_LOOKED_AT = 300
_STEMS_FOR_TITLES = 12
_KEYWORD_FACTOR = 2


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Words as they would be typed to the end, each with the number of entries that hold them in any form; and
    (id, title) of entries whose title holds such a word.
    """

    words: tuple[tuple[str, int], ...] = ()
    titles: tuple[tuple[int, str], ...] = ()


def suggest(view: View, typed: str, most_words: int, most_titles: int) -> Suggestions:
    """The most frequent words of documents that are there, and the newest titles, for what has been typed so far."""
    typed = " ".join(typed[:LONGEST].split())
    before, _, last = typed.rpartition(" ")
    offered = chain(_words(view, fold(typed), ""), _words(view, fold(last), before + " ") if before else ())
    counted: dict[str, int] = {}
    while len(counted) < most_words and (text := next(offered, None)):
        if count := _count(text, view):
            counted[text] = count
    return Suggestions(tuple(counted.items()), tuple(_titles(view, fold(typed).split(), most_titles)))


def _words(view: View, beginning: str, before: str) -> Iterator[str]:
    """The most frequent words with this beginning, each in one form, as they are written."""
    if len(beginning) < SHORTEST:
        return
    counts: dict[str, int] = {}
    written: dict[str, tuple[int, str]] = {}
    for segment in view.segments:
        for count, folded, spelled in _written(segment, beginning):
            counts[folded] = counts.get(folded, 0) + count
            written[folded] = max(written.get(folded, (0, "")), (count, spelled))
    given: set[tuple[str, ...]] = set()
    for folded in sorted(counts, key=lambda folded: (counts[folded], -len(folded)), reverse=True)[:_LOOKED_AT]:
        stems = tuple(stem(word.folded) for word in words(folded) if not is_stop_word(word.folded))
        if stems not in given and _stands(folded, stems, view):
            given.add(stems)
            yield before + written[folded][1]


def _written(segment: Segment, beginning: str) -> Iterator[tuple[int, str, str]]:
    """(count, folded, written) of the words with this beginning that stand most often; keywords count double."""
    for field, factor in (("written", 1), ("tags", _KEYWORD_FACTOR)):
        for count, text in segment.most_frequent(field, beginning, _LOOKED_AT):
            folded, _, spelled = text.partition(SPELLED)
            yield factor * count, folded, spelled


def _count(text: str, view: View) -> int:
    """How many documents hold all the words, in any form or as a part of a compound."""
    stems = dict.fromkeys(stem(word.folded) for word in words(text) if not is_stop_word(word.folded))
    return sum(len(_holding(segment, stems)) for segment in view.segments) if stems else 0


def _holding(segment: Segment, stems: Iterable[str]) -> set[int]:
    sets = [{*segment.postings(one)[0], *segment.postings(PART + one)[0]} for one in stems]
    return set.intersection(*sets) - segment.deleted


def _stands(folded: str, stems: tuple[str, ...], view: View) -> bool:
    """Whether a document that has not been removed holds it as a keyword or in its title."""
    return any(
        _is_held(segment, [(KEYWORD + folded, FIELD)]) or _is_held(segment, [(one, "title") for one in stems])
        for segment in view.segments
    )


def _is_held(segment: Segment, terms: list[tuple[str, str]]) -> bool:
    """Whether a document that is still there holds all the terms; most often more hold one than are gone at all."""
    if len(terms) == 1 and segment.count(*terms[0]) > len(segment.deleted):
        return True
    if not terms:
        return False
    first, *others = (segment.postings(*term)[0] for term in terms)
    sets = [set(places) for places in others]
    return any(place not in segment.deleted and all(place in places for places in sets) for place in first)


def _titles(view: View, beginnings: list[str], limit: int) -> list[tuple[int, str]]:
    """The newest titles that hold words with all these beginnings; the longest leads to them."""
    telling = max(beginnings, key=len, default="")
    if len(telling) < SHORTEST:
        return []
    places = [(segment, place) for segment in view.segments for place in _places(segment, telling)]
    places.sort(key=lambda found: (found[0].facts.published[found[1]], found[0].facts.ids[found[1]]), reverse=True)
    fitting = ((segment.facts.ids[place], segment.facts.titles[place]) for segment, place in places)
    return list(islice((pair for pair in fitting if _holds_all(pair[1], beginnings)), limit))


def _holds_all(title: str, beginnings: list[str]) -> bool:
    folded = f" {fold(title)}"
    return all(f" {beginning}" in folded for beginning in beginnings)


def _places(segment: Segment, beginning: str) -> set[int]:
    words = heapq.nlargest(_STEMS_FOR_TITLES, _written(segment, beginning))
    stems = {stem(part) for _, folded, _ in words for part in folded.split() if part.startswith(beginning)}
    places = {place for one in stems for place in segment.postings(one, "title")[0][-_LOOKED_AT:]}
    return places - segment.deleted
