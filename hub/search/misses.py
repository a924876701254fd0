"""Reading searches without a hit: only what was asked for at least twice."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from hub.core.db import db
from hub.core.paging import Page
from hub.search.models import SearchMiss

FROM = 2
PER_PAGE = 50
SHOWN = (SearchMiss.count >= FROM, SearchMiss.text != "")


@dataclass(frozen=True, slots=True)
class Miss:
    """Words that found nothing, how often, and when they were last asked for."""

    fingerprint: str
    text: str
    count: int
    last_on: date


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
