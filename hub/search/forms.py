"""What a search address says, read within bounds. Nothing here refuses: what is odd is cut, or fits no entry."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from hub.core.paging import MAX_SEARCH_PAGE, page_number
from hub.core.text import clean_line
from hub.indexing.wanted import FACETS, SORTS, Wanted

LONGEST_TEXT = 200
LONGEST_VALUE = 120
MOST_VALUES = 20
PER_PAGE = 20
_READ_AT_MOST = 20_000
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SearchForm:
    """The search as asked for; a plain reader, since a form library costs more here than the search itself."""

    q: str = ""
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = SORTS[0]
    page: int = 1
    exact: bool = False
    synonyms: bool = True
    was_cut: bool = False

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> "SearchForm":
        """The form from a request's arguments; unknown names are ignored."""
        text = clean_line(args.get("q", "")[:_READ_AT_MOST])
        sort = args.get("sort", "")
        filters = {facet: values for facet in FACETS if (values := _values(args.getlist(facet)))}
        return cls(
            q=text[:LONGEST_TEXT].rstrip(),
            filters=filters,
            sort=sort if sort in SORTS else SORTS[0],
            page=page_number(args.get("page"), MAX_SEARCH_PAGE),
            exact=args.get("exact") == "1",
            synonyms=args.get("synonyms") != "0",
            was_cut=len(text) > LONGEST_TEXT,
        )

    def wanted(self, page: int | None = None) -> Wanted:
        """The question for the index."""
        return Wanted(
            text=self.q,
            filters=self.filters,
            sort=self.sort,
            page=page or self.page,
            per_page=PER_PAGE,
            exact=self.exact,
            synonyms=self.synonyms,
        )

    def pairs(self) -> Iterator[Pair]:
        """The parts of the address that say something, the page left out."""
        if self.q:
            yield "q", self.q
        for facet, values in self.filters.items():
            for value in values:
                yield facet, value
        if self.sort != SORTS[0]:
            yield "sort", self.sort
        if self.exact:
            yield "exact", "1"
        if not self.synonyms:
            yield "synonyms", "0"


def _values(given: list[str]) -> tuple[str, ...]:
    """The chosen values of one facet, each once."""
    cleaned = (clean_line(value[: LONGEST_VALUE * 4])[:LONGEST_VALUE] for value in given[:MOST_VALUES])
    return tuple(dict.fromkeys(value for value in cleaned if value))
