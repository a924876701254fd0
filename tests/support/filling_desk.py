"""Fill the desk of a prepared hub with exactly so many findings of each source, given as JSON.

``python -m tests.support.filling_desk '{"submission": 3}'``, with the variables of the hub in the environment.
"""

import json
import sys
from datetime import date
from typing import Any

from sqlalchemy import select

from hub import create_app
from hub.accounts.models import User
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.desk.details import SOURCE as DETAILS
from hub.entries import queries
from hub.entries.service.contributing import revise_entry
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
    _miss(wanted["miss"])
    for n in range(wanted["detail"]):
        make.entry(title=f"Ohne Jahr {n}", **whole | {"year": None})


def _actor(make: Maker, email: str) -> Actor:
    return make.actor(db.session.scalars(select(User).where(User.email == email)).one())


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
