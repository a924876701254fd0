"""What this room brings to the desk: searches that found nothing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select, func, select

from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Refused
from hub.core.findings import Deed, Finding, Settled
from hub.core.progress import counted
from hub.core.unit_of_work import unit_of_work
from hub.search import policy
from hub.search.misses import SHOWN
from hub.search.models import SearchMiss
from hub.undoing.service import Row, remember

UNDO = "misses"
DISMISS = Deed("dismiss", _l("Erledigt"), "x")


class Misses:
    """Searches without a hit, those asked for most often first.

    Their key is a fingerprint; its first 31 bits make the number, so that the desk can name them. Two that share them
    would be settled together, one case in a thousand for two thousand kept searches.
    """

    name = "miss"
    label = _l("Suchen ohne Treffer")

    def count(self, actor: Actor) -> Select[Any]:
        """How many different ones."""
        require(policy.may_inspect_search(actor))
        return select(func.count()).select_from(SearchMiss).where(*SHOWN)

    def find(self, actor: Actor, limit: int) -> Sequence[Finding]:
        """Those asked for most often first; the version is how often."""
        require(policy.may_inspect_search(actor))
        rows = db.session.scalars(
            select(SearchMiss)
            .where(*SHOWN)
            .order_by(SearchMiss.count.desc(), SearchMiss.last_on.desc(), SearchMiss.text)
            .limit(limit)
        )
        return [_finding(row) for row in rows]

    def settle(self, actor: Actor, deed: str, chosen: Iterable[tuple[int, int]], text: str) -> Settled:
        """Take searches off the list; each comes back when it is asked for twice again."""
        require(policy.may_inspect_search(actor))
        if deed != DISMISS.key:
            raise Refused
        with unit_of_work():
            rows = take_off(actor, chosen)
            label = ngettext("Eine Suche ohne Treffer erledigt", "%(num)s Suchen ohne Treffer erledigt", len(rows))
            return Settled(len(rows), (), remember(actor, UNDO, label, rows) if rows else None)


SOURCE = Misses()


def take_off(actor: Actor, chosen: Iterable[tuple[int, int]]) -> list[Row]:
    """Take searches off the list, inside the open unit of work; what it takes to put them back."""
    require(policy.may_inspect_search(actor))
    rows = {}
    for thing_id, version in counted(chosen):
        for miss in db.session.scalars(_numbered(thing_id)):
            rows[thing_id] = Row(thing_id, _kept(miss), version)
            db.session.delete(miss)
            record(actor, "search_miss.dismissed")
    return list(rows.values())


def set_back_misses(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo ``settle``; what was searched for in the meantime is counted on."""
    for row in counted(rows):
        kept = row.before
        miss = db.session.get(SearchMiss, kept["fingerprint"])
        if miss is None:
            miss = SearchMiss(
                fingerprint=kept["fingerprint"], count=0, first_on=_day(kept["first_on"]), last_on=_day(kept["last_on"])
            )
            db.session.add(miss)
        miss.text, miss.count = kept["text"], miss.count + kept["count"]
        record(actor, "search_miss.restored")
    return len(rows), ()


def number_of(fingerprint: str) -> int:
    """The number by which the desk names a search."""
    return int(fingerprint[:8], 16) >> 1


def _numbered(number: int) -> Select[Any]:
    first, last = f"{number << 1:08x}", f"{(number << 1) + 2:08x}"
    return select(SearchMiss).where(SearchMiss.fingerprint >= first, SearchMiss.fingerprint < last)


def _kept(miss: SearchMiss) -> dict[str, Any]:
    days = {"first_on": miss.first_on.isoformat(), "last_on": miss.last_on.isoformat()}
    return {"fingerprint": miss.fingerprint, "text": miss.text, "count": miss.count, **days}


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _finding(miss: SearchMiss) -> Finding:
    connect = Deed("connect", _l("Mit Begriff verbinden"), "plus", address=url_for("thesaurus.add", name=miss.text))
    return Finding(
        source=SOURCE.name,
        thing_id=number_of(miss.fingerprint),
        version=miss.count,
        title=miss.text,
        finding=_("%(count)s-mal vergeblich gesucht", count=miss.count),
        tone="info",
        icon="zoom-question",
        deeds=(connect, DISMISS),
        since=datetime.combine(miss.last_on, time(), clock.LOCAL_ZONE),
        address=url_for("search.results", q=miss.text),
    )
