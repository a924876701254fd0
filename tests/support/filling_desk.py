"""Fill the desk of a prepared hub with exactly so many findings of each source, given as JSON.

``python -m tests.support.filling_desk '{"submission": 3}'``, with the variables of the hub in the environment.
"""

import json
import sys
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from hub import create_app
from hub.accounts.models import User
from hub.asking.models import Audience
from hub.asking.service.asking import Asking, ask_question
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.desk.details import SOURCE as DETAILS
from hub.duplicates.judging import ADDRESS
from hub.duplicates.models import DuplicatePair
from hub.entries import queries
from hub.entries.models import Entry
from hub.entries.service.contributing import revise_entry
from hub.linkcare.models import Link, LinkHost
from hub.linkcare.models import State as LinkState
from hub.linkcare.outcomes import Outcome
from hub.moderation import proposals, report_service
from hub.search.models import SearchMiss
from tests.support.making import Maker


def fill(wanted: dict[str, int]) -> None:
    """Settle what the examples lack, then make what is wanted."""
    make = Maker()
    member, editor = _actor(make, "mitglied@example.org"), _actor(make, "redaktion@example.org")
    DETAILS.settle(editor, "leave", [(found.thing_id, found.version) for found in DETAILS.find(editor, 1000)], "")
    make.collection("probe", ())
    whole: dict[str, Any] = {"summary": "Kurz.", "year": 2024, "collections": ("probe",)}
    for n in range(wanted["submission"]):
        make.entry(title=f"Beitrag {n}", status="submitted", contributor=member, **whole)
    for n in range(wanted["change"]):
        made = make.entry(title=f"Wird geändert {n}", contributor=member, **whole)
        entry = queries.get_entry(member, made.id)
        revise_entry(member, entry, proposals.details_with(entry, {"publisher": "Amt"}), entry.version)
    for n in range(wanted["report"]):
        made = make.entry(title=f"Gemeldet {n}", **whole)
        report_service.report_problem(member, made.id, "outdated", "")
    for n in range(wanted["question"]):
        ask_question(member, Asking(f"Wer kennt Probe {n}?", audience=Audience.OFFICE))
    _break_links(
        [make.entry(title=f"Verlinkt {n}", url=f"https://a.example/{n}", **whole) for n in range(wanted["link"])]
    )
    for n in range(wanted["duplicate"]):
        pair_up([make.entry(title=f"Zweimal {n}", **whole) for _copy in range(2)])
    for n in range(wanted["review"]):
        make.entry(title=f"Zu prüfen {n}", review_on=clock.today() - timedelta(days=n + 1), **whole)
    _miss(wanted["miss"])
    for n in range(wanted["detail"]):
        make.entry(title=f"Ohne Jahr {n}", **whole | {"year": None})


def _actor(make: Maker, email: str) -> Actor:
    return make.actor(db.session.scalars(select(User).where(User.email == email)).one())


def _break_links(entries: list[Entry]) -> None:
    with unit_of_work() as session:
        host = LinkHost(name="a.example")
        for entry in entries:
            verdict = {"outcome": Outcome.GONE, "since": clock.now(), "state": LinkState.OPEN}
            later = clock.now() + timedelta(days=1)
            session.add(Link(address=entry.address, url=entry.url, host=host, next_at=later, **verdict))


def pair_up(entries: list[Entry]) -> None:
    with unit_of_work() as session:
        session.add(DuplicatePair(one_id=entries[0].id, other_id=entries[1].id, score=1.0, reasons=[ADDRESS]))


def _miss(number: int) -> None:
    day = date.today()
    with unit_of_work() as session:
        for n in range(number):
            mark = f"{2 * n + 2:08x}" * 8
            session.add(SearchMiss(fingerprint=mark, text=f"suche {n}", count=2, first_on=day, last_on=day))


if __name__ == "__main__":
    app = create_app({"INDEX_REBUILD_INLINE": True})
    with app.test_request_context():
        fill(json.loads(sys.argv[1]))
