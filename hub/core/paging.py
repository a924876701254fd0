"""Lists in pages."""

from dataclasses import dataclass

MAX_SEARCH_PAGE = 50
PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is shown: ``number`` counts from 1."""

    number: int
    per_page: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(1, -(-self.total // self.per_page))

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.number - 1) * self.per_page


def page_number(value: str | None, last: int = 1_000_000) -> int:
    """The page a request asks for; anything odd is page 1, anything beyond ``last`` is ``last``."""
    if not value or not value.isascii() or not value.isdigit() or len(value) > 9:
        return 1
    return max(1, min(int(value), last))
