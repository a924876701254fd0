"""Looking up what is known of a link."""

import time

from sqlalchemy import select

from hub.core.address import NoAddress, normalise
from hub.core.db import db
from hub.fetching.models import FetchedPage, FetchedText, PageState

LONGEST_WAIT = 8.0
LOOK_SECONDS, LESS_OFTEN = 0.1, 1.5


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
    deadline, pause = time.monotonic() + min(seconds, LONGEST_WAIT), LOOK_SECONDS
    while True:
        db.session.rollback()
        page = find_page(url)
        if page is None or page.state != PageState.WAITING:
            return page
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        time.sleep(min(pause, left))
        pause *= LESS_OFTEN


def texts_behind(urls: list[str]) -> dict[str, str]:
    """The article behind each of these links that was read, in any spelling; for the index, never shown on a page."""
    spellings = {url: normalised for url in urls if (normalised := _normalised(url))}
    rows = db.session.execute(
        select(FetchedPage.normalised, FetchedText.text)
        .join(FetchedText, FetchedText.page_id == FetchedPage.id)
        .where(FetchedPage.normalised.in_(set(spellings.values())))
    )
    texts = {row.normalised: row.text for row in rows}
    return {url: texts[normalised] for url, normalised in spellings.items() if normalised in texts}


def _normalised(url: str) -> str:
    try:
        return normalise(url)
    except NoAddress:
        return ""
