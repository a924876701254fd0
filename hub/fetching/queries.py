"""Looking up what is known of a link."""

import time
from typing import Protocol

from sqlalchemy import select

from hub.core.db import db
from hub.fetching.address import NoAddress, normalise
from hub.fetching.models import FetchedPage, FetchedText, PageState

LONGEST_WAIT = 8.0
LOOK_SECONDS = 0.1


class HasUrl(Protocol):
    """Anything that refers to a page, as an entry does."""

    url: str | None


def find_page(url: str) -> FetchedPage | None:
    """What is known of this address in any spelling; None when nobody has asked yet."""
    try:
        normalised = normalise(url)
    except NoAddress:
        return None
    return db.session.scalar(
        select(FetchedPage).where(FetchedPage.normalised == normalised).execution_options(populate_existing=True)
    )


def wait_for_page(url: str, seconds: float = LONGEST_WAIT) -> FetchedPage | None:
    """The page once a worker has read it; None when that takes longer, so that a form can go on without."""
    deadline = time.monotonic() + min(seconds, LONGEST_WAIT)
    while True:
        db.session.rollback()
        page = find_page(url)
        if page is None or page.state != PageState.WAITING:
            return page
        if time.monotonic() >= deadline:
            return None
        time.sleep(LOOK_SECONDS)


def texts_for(entry: HasUrl) -> list[str]:
    """The article behind an entry's link, for its body in the index; empty when it was not read."""
    page = find_page(entry.url) if entry.url else None
    if page is None:
        return []
    return list(db.session.scalars(select(FetchedText.text).where(FetchedText.page_id == page.id)))
