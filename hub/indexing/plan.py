"""A search made ready for the postings: what is needed, and in which ways each need can be met."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.indexing.terms import NO_TERMS, Terms


@dataclass(frozen=True, slots=True)
class Way:
    """One way to meet a need: every group must be met by one of its terms; `window` > 0 wants them near each other.

    A single word is one group. Ordered groups within a window make a phrase.
    """

    weight: float
    groups: tuple[tuple[str, ...], ...]
    window: int = 0
    field: str = "all"


@dataclass(slots=True)
class Need:
    """Something the searcher wants: a word, a phrase, or one of several; `importance` is set from the index."""

    ways: list[Way]
    label: str = ""
    factor: float = 1.0
    importance: float = 0.0
    required: bool = False


@dataclass(slots=True)
class Plan:
    """Needs, exclusions and restrictions of one search."""

    needs: list[Need] = field(default_factory=list)
    excluded: list[Need] = field(default_factory=list)
    restrictions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    years: tuple[int, int] | None = None
    terms: Terms = NO_TERMS
    corrected: str | None = None
    also_searched: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
