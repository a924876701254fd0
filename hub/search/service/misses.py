"""Counting searches that found nothing or very little, without the person who searched."""

import hashlib
import hmac
import logging
import re
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db, insert_into
from hub.core.errors import Conflict
from hub.core.text import clean_line
from hub.core.unit_of_work import unit_of_work
from hub.indexing.wanted import Found, Wanted
from hub.search import policy
from hub.search.models import MISS_LENGTH, MissMark, SearchMiss, SearchMonth

log = logging.getLogger("hub.search")
KEPT = timedelta(days=365)
KEPT_ONCE = timedelta(days=60)
MONTHS_KEPT = timedelta(days=1096)
FEW = 2
_SHORTEST = 2
_MOST_DIGITS = 4


def is_miss(wanted: Wanted, found: Found) -> bool:
    """Whether this search really found nothing or very little."""
    is_plain = wanted.page == 1 and not wanted.filters and not wanted.exact and wanted.synonyms
    return is_plain and found.total <= FEW and not found.fallback and bool(found.terms)


def count_miss(actor: Actor, words: str, hits: int) -> None:
    """Count such a search, once per person and day; done after its page has been sent.

    The one thing that reading a page writes: a number without a person, as an access log would hold it.
    """
    text = normalised(words)
    if not is_fit_to_keep(text):
        return
    try:
        _count(actor, text, hits)
    except (SQLAlchemyError, Conflict) as reason:
        log.warning("a search without a hit was not counted: %s", type(reason).__name__)


def normalised(text: str) -> str:
    """How the same search is recognised, whatever its capitals and blanks."""
    return clean_line(text).lower()[:MISS_LENGTH].strip()


def is_fit_to_keep(text: str) -> bool:
    """Whether the words can hardly name a person: no address, no number longer than a year."""
    digits = sum(sign.isdigit() for sign in text)
    return len(text) >= _SHORTEST and "@" not in text and digits <= _MOST_DIGITS and bool(re.search(r"[^\W\d_]", text))


def dismiss_miss(actor: Actor, fingerprint: str) -> None:
    """Take a search off the list; it comes back when it is asked for twice again."""
    require(policy.may_inspect_search(actor))
    with unit_of_work() as session:
        session.execute(delete(SearchMiss).where(SearchMiss.fingerprint == clean_line(fingerprint)))
        record(actor, "search_miss.dismissed")


def forget_miss(words: str) -> None:
    """There is an answer now: what was searched in vain leaves the list, inside the open unit."""
    fingerprint = _mark_of(f"search miss {normalised(words)}")
    with unit_of_work() as session:
        session.execute(delete(SearchMiss).where(SearchMiss.fingerprint == fingerprint))


def sweep() -> None:
    """Forget what nobody asked for again."""
    today = clock.today()
    with unit_of_work() as session:
        session.execute(delete(SearchMiss).where(SearchMiss.last_on < today - KEPT))
        session.execute(delete(SearchMiss).where(SearchMiss.count == 1, SearchMiss.last_on < today - KEPT_ONCE))
        session.execute(delete(MissMark).where(MissMark.on < today))
        session.execute(delete(SearchMonth).where(SearchMonth.month < today - MONTHS_KEPT))


def _count(actor: Actor, text: str, hits: int) -> None:
    """The words are written down only when they come a second time; until then there is no more than their mark."""
    fingerprint, today = _mark_of(f"search miss {text}"), clock.today()
    mark = _mark_of(f"search miss of {actor.id} on {today} {text}")
    if db.session.get(MissMark, mark) is not None:
        return
    with unit_of_work() as session:
        session.execute(delete(MissMark).where(MissMark.on < today))
        session.add(MissMark(mark=mark, on=today))
        _count_in_month(session, today.replace(day=1), hits)
        known = session.scalar(select(SearchMiss.fingerprint).where(SearchMiss.fingerprint == fingerprint))
        if known is None:
            session.add(SearchMiss(fingerprint=fingerprint, hits=hits, first_on=today, last_on=today))
        else:
            values = {"text": text, "count": SearchMiss.count + 1, "hits": hits, "last_on": today}
            session.execute(update(SearchMiss).where(SearchMiss.fingerprint == fingerprint).values(values))


def _count_in_month(session: Session, month: date, hits: int) -> None:
    """One more in this month."""
    values = {"month": month, "without_hits": int(not hits), "with_few": int(bool(hits))}
    insert = insert_into(session, SearchMonth)
    new = {
        "without_hits": SearchMonth.without_hits + insert.excluded.without_hits,
        "with_few": SearchMonth.with_few + insert.excluded.with_few,
    }
    session.execute(insert.values(**values).on_conflict_do_update(index_elements=["month"], set_=new))


def _mark_of(text: str) -> str:
    """A mark from which nobody without the key of this hub can guess the words, nor who searched."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
