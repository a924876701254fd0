"""A search made ready for the postings: what is needed, and in which ways each need can be met."""

import time
from dataclasses import dataclass, field
from math import inf

from hub.indexing.terms import NO_TERMS, Terms


@dataclass(frozen=True, slots=True)
class Way:
    """One way to meet a need: every group must be met by one of its terms.

    A single word is one group. With `window` the groups must stand within so many words of each other, `ordered`
    makes that a phrase. `source` says where the way comes from, for the explanation.
    """

    weight: float
    groups: tuple[tuple[str, ...], ...]
    window: int = 0
    ordered: bool = False
    field: str = "all"
    source: str = "word"


@dataclass(slots=True)
class Need:
    """Something the searcher wants: a word, a phrase, or one of several; `importance` is set from the index."""

    ways: list[Way]
    label: str = ""
    factor: float = 1.0
    importance: float = 0.0


@dataclass(slots=True)
class Budget:
    """Until when a search may look for more (by the monotonic clock); remembers whether that was too short."""

    until: float = inf
    is_spent: bool = False

    def is_over(self) -> bool:
        """Whether what comes now is to be left out."""
        if time.monotonic() > self.until:
            self.is_spent = True
        return self.is_spent


@dataclass(slots=True)
class Plan:
    """Needs that rank, needs that must be met, needs that must not, and what the page says about the search."""

    needs: list[Need] = field(default_factory=list)
    required: list[Need] = field(default_factory=list)
    excluded: list[Need] = field(default_factory=list)
    years: tuple[int, int] | None = None
    finds_nothing: bool = False
    terms: Terms = NO_TERMS
    corrected: str | None = None
    also_searched: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    budget: Budget = field(default_factory=Budget)
