"""What may be meant while someone is still typing: words as they are written in titles and keywords, and titles."""

import heapq
from dataclasses import dataclass

from hub.indexing.analysis import stem
from hub.indexing.view import Segment, View
from hub.indexing.words import fold

SHORTEST = 2
LONGEST = 60
_LOOKED_AT = 300
_STEMS_FOR_TITLES = 12


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Words as they would be typed to the end, and (id, title) of entries whose title holds such a word."""

    words: tuple[str, ...] = ()
    titles: tuple[tuple[int, str], ...] = ()


def suggest(view: View, typed: str, limit: int) -> Suggestions:
    """The most frequent words and the newest titles for what has been typed so far."""
    typed = " ".join(typed[:LONGEST].split())
    before, _, last = typed.rpartition(" ")
    words = _words(view, fold(typed), "", limit)
    if before and len(words) < limit:
        words += [word for word in _words(view, fold(last), before + " ", limit) if word not in words]
    return Suggestions(tuple(words[:limit]), tuple(_titles(view, fold(typed).split(), limit)))


def _words(view: View, beginning: str, before: str, limit: int) -> list[str]:
    if len(beginning) < SHORTEST:
        return []
    counts: dict[str, int] = {}
    written: dict[str, str] = {}
    for segment in view.segments:
        for count, folded, spelled in view.written_words(segment).starting_with(beginning):
            counts[folded] = counts.get(folded, 0) + count
            written.setdefault(folded, spelled)
    best = heapq.nlargest(limit, counts, key=lambda folded: (counts[folded], -len(folded)))
    return [before + written[folded] for folded in best]


def _titles(view: View, beginnings: list[str], limit: int) -> list[tuple[int, str]]:
    """The newest titles that hold words with all these beginnings; the longest leads to them."""
    telling = max(beginnings, key=len, default="")
    if len(telling) < SHORTEST:
        return []
    found = []
    for segment in view.segments:
        for place in _places(segment, view, telling):
            title = segment.facts.titles[place]
            folded = f" {fold(title)}"
            if all(f" {beginning}" in folded for beginning in beginnings):
                found.append((segment.facts.published[place], segment.facts.ids[place], title))
    return [(id_, title) for _, id_, title in heapq.nlargest(limit, found)]


def _places(segment: Segment, view: View, beginning: str) -> set[int]:
    words = heapq.nlargest(_STEMS_FOR_TITLES, view.written_words(segment).starting_with(beginning))
    stems = {stem(part) for _, folded, _ in words for part in folded.split() if part.startswith(beginning)}
    places = {place for one in stems for place in segment.postings(one, "title")[0][-_LOOKED_AT:]}
    return places - segment.deleted
