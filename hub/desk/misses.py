"""Searches without a hit at the desk: what the search room offers, and asking the cities, which needs two rooms."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select

from hub.asking.service.asking import ask_cities
from hub.asking.service.settling import withdraw_question
from hub.core.actor import Actor, require
from hub.core.errors import Conflict, Missing
from hub.core.findings import Deed, Finding, Settled
from hub.core.unit_of_work import unit_of_work
from hub.desk import policy
from hub.search import source as searches
from hub.undoing.service import Row, remark, remember

UNDO = "asked_misses"
ASK = Deed("cities", _l("Bei Städten anfragen"), "send")


class Misses:
    """Searches without a hit."""

    name = searches.SOURCE.name
    label = searches.SOURCE.label

    def count(self, actor: Actor) -> Select[Any]:
        """How many different ones."""
        return searches.SOURCE.count(actor)

    def find(self, actor: Actor, limit: int) -> Sequence[Finding]:
        """Those asked for most often first; the proposal is to ask the cities."""
        return [replace(finding, deeds=(ASK, *finding.deeds)) for finding in searches.SOURCE.find(actor, limit)]

    def settle(self, actor: Actor, deed: str, chosen: Iterable[tuple[int, int]], text: str) -> Settled:
        """Ask the cities and take the search off the list, or what the search room does."""
        if deed != ASK.key:
            return searches.SOURCE.settle(actor, deed, chosen, text)
        require(policy.may_work(actor))
        with unit_of_work():
            rows = [
                replace(row, before={**row.before, "question_id": ask_cities(actor, row.before["text"]).id})
                for row in searches.take_off(actor, chosen)
            ]
            label = ngettext("Zu einer Suche die Städte gefragt", "Zu %(num)s Suchen die Städte gefragt", len(rows))
            return Settled(len(rows), (), remember(actor, UNDO, label, rows) if rows else None)


SOURCE = Misses()


def set_back_asked(actor: Actor, rows: Sequence[Row]) -> tuple[int, tuple[str, ...]]:
    """Undo asking: the questions are taken back, the searches stand on the list again."""
    for row in rows:
        try:
            withdraw_question(actor, row.before["question_id"])
        except (Conflict, Missing):
            remark(_l("Eine Frage war schon beantwortet oder zurückgezogen und bleibt, wie sie ist."))
    return searches.set_back_misses(actor, rows)
