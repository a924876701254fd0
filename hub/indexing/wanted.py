"""The question put to the index and the answer it gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.indexing.terms import NO_TERMS, Terms

FACETS = ("collection", "kind", "organisation", "year", "language", "tag", "file", "practice", "practised")
SORTS = ("relevance", "newest", "year", "title")
PER_PAGE_LIMIT = 1000
# A page is to be there within two seconds, whatever was typed and however large the index is (T41).
LONGEST_SEARCH = 1.2
OUT_OF_TIME = "out_of_time"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One search: the text as typed, chosen facet values (texts; organisation by id), order and page.

    `exact` switches corrections off, `synonyms` decides whether the thesaurus may widen the search. After `seconds`
    what has not been looked for yet is left out.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "relevance"
    page: int = 1
    per_page: int = 20
    exact: bool = False
    synonyms: bool = True
    seconds: float = LONGEST_SEARCH


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits with everything the page shows around them.

    `facets` holds (value, count) pairs, largest count first; a facet's counts ignore the choice made in it.
    `corrected` is the text that was really searched when words were mended. `loosened` says that not every word
    is in every hit. `left_out` holds codes of what was ignored: too_long, too_many_words, short_prefix, wildcard,
    unclosed_quote, unknown_field, unknown_year, only_stop_words; common_phrase says that hits of a
    phrase may be missing, out_of_time that not everything could be looked for in time.
    `filter_totals` says for each chosen facet how many hits there would be without that choice.
    """

    ids: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    total: int = 0
    unfiltered_total: int = 0
    facets: Mapping[str, list[tuple[str, int]]] = field(default_factory=dict)
    filter_totals: Mapping[str, int] = field(default_factory=dict)
    terms: Terms = NO_TERMS
    corrected: str | None = None
    loosened: bool = False
    also_searched: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    fallback: bool = False
