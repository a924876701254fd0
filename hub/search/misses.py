"""Reading searches without a hit or with very few: only what was asked for at least twice."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from hub.core.db import db
from hub.core.paging import Page
from hub.search.models import SearchMiss, SearchMonth

FROM = 2
PER_PAGE = 50
_KNOWN = (SearchMiss.count >= FROM, SearchMiss.text != "")
SHOWN = (*_KNOWN, SearchMiss.hits == 0)


@dataclass(frozen=True, slots=True)
class Miss:
    """Words that found nothing (or ``hits`` entries), how often, and when they were last asked for."""

    fingerprint: str
    text: str
    count: int
    last_on: date
    hits: int = 0


def find_misses(number: int) -> tuple[list[Miss], Page]:
    """A page of the searches without a hit, those asked for most often first."""
    total = db.session.scalar(select(func.count()).select_from(SearchMiss).where(*SHOWN)) or 0
    page = Page(min(number, max(1, -(-total // PER_PAGE))), PER_PAGE, total)
    rows = db.session.execute(
        select(SearchMiss.fingerprint, SearchMiss.text, SearchMiss.count, SearchMiss.last_on)
        .where(*SHOWN)
        .order_by(SearchMiss.count.desc(), SearchMiss.last_on.desc(), SearchMiss.text)
        .offset(page.offset)
        .limit(PER_PAGE)
    )
    return [Miss(*row) for row in rows], page


def find_shortages(limit: int) -> list[Miss]:
    """Searches without or with one or two hits, those asked for most often first."""
    rows = db.session.execute(
        select(SearchMiss.fingerprint, SearchMiss.text, SearchMiss.count, SearchMiss.last_on, SearchMiss.hits)
        .where(*_KNOWN)
        .order_by(SearchMiss.count.desc(), SearchMiss.last_on.desc(), SearchMiss.text)
        .limit(limit)
    )
    return [Miss(*row) for row in rows]


def count_by_month(since: date) -> dict[date, tuple[int, int]]:
    """Per month, searches without hits and with few."""
    rows = select(SearchMonth.month, SearchMonth.without_hits, SearchMonth.with_few).where(SearchMonth.month >= since)
    return {row[0]: (row[1], row[2]) for row in db.session.execute(rows)}
