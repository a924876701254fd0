"""All sources together in one queue: what is shown, and how often the database is asked."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from hub.asking.models import Audience
from hub.asking.service.asking import Asking, ask_question
from hub.core import clock, progress
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.desk import queries, sources
from hub.entries import queries as entries
from hub.entries.service.contributing import revise_entry
from hub.linkcare.models import Link, LinkHost, State
from hub.linkcare.outcomes import Outcome
from hub.moderation import proposals, report_service
from hub.search.models import SearchMiss
from hub.undoing import service
from tests.house.test_queries import MOST
from tests.support.counting import counted_statements
from tests.support.filling_desk import pair_up


@pytest.fixture
def fill(make, member):
    """Put so many findings of each source onto the desk."""

    def fill_in(number: int) -> None:
        whole = {"summary": "Kurz.", "year": 2024, "collections": ("probe",)}
        make.collection("probe", ())
        first = db.session.scalar(select(func.count()).select_from(Link)) or 0
        for n in range(first, first + number):
            make.entry(title=f"Beitrag {n}", status="submitted", contributor=member)
            made = make.entry(title=f"Geändert {n}", contributor=member, **whole)
            entry = entries.get_entry(member, made.id)
            revise_entry(member, entry, proposals.details_with(entry, {"publisher": "Amt"}), entry.version)
            report_service.report_problem(member, make.entry(title=f"Gemeldet {n}", **whole).id, "outdated", "")
            ask_question(member, Asking(text=f"Wer kennt Nummer {n}?", audience=Audience.OFFICE))
            make.entry(title=f"Lücke {n}")
            _break_link(make.entry(title=f"Link {n}", url=f"https://www.example.org/{n}", **whole))
            _miss(n)

    return fill_in


def _break_link(entry) -> None:
    with unit_of_work() as session:
        host = session.scalar(select(LinkHost)) or LinkHost(name="example.org")
        session.add(host)
        session.flush()
        now = clock.now()
        session.add(
            Link(
                address=entry.address,
                url=entry.url,
                host_id=host.id,
                next_at=now + timedelta(days=1),
                outcome=Outcome.GONE,
                since=now,
                state=State.OPEN,
            )
        )


def _miss(number: int) -> None:
    day = clock.today()
    with unit_of_work() as session:
        text = f"suche {number}"
        session.add(SearchMiss(fingerprint=f"{2 * number:08x}" * 8, text=text, count=2, first_on=day, last_on=day))


def test_every_source_stands_in_the_queue_and_the_menu_counts_them(app, editor, fill):
    fill(1)
    counts = queries.count_by_source(editor)
    known = {"submission", "change", "report", "question", "link", "miss", "detail"}
    assert {name: counts[name] for name in known} == dict.fromkeys(known, 1)
    assert db.session.scalar(queries.waiting_count(editor)) == sum(counts.values()) - counts["detail"]
    with app.test_request_context():
        queues = queries.find_queues(editor, counts)
    assert {queue.source.name for queue in queues if queue.findings} == known
    assert len({(f.source, f.thing_id) for queue in queues for f in queue.findings}) == len(known)


def test_the_queue_of_all_sources_needs_few_statements(make, sign_in, fill):
    office = sign_in(make.user(role="editor"))

    def measure(path: str) -> int:
        office.get(path)
        with counted_statements() as statements:
            office.get(path)
        return len(statements)

    fill(1)
    paths = ["/desk", *(f"/desk?source={source.name}" for source in sources.every()), "/desk?assigned=me"]
    few = {path: measure(path) for path in paths}
    fill(4)
    many = {path: measure(path) for path in paths}
    assert {path: number for path, number in many.items() if number > min(MOST, few[path])} == {}


def test_each_deed_and_its_undoing_tell_how_far_they_are(app, editor, fill, make, monkeypatch):
    fill(2)
    whole = {"summary": "Kurz.", "year": 2024, "collections": ("probe",)}
    for n in range(2):
        make.entry(title=f"Fällig {n}", review_on=clock.today(), **whole)
        pair_up([make.entry(title=f"Zweimal {n}", **whole) for _copy in range(2)])
    told: list[int] = []
    monkeypatch.setattr(progress._Teller, "tell", lambda teller: told.append(teller.done))

    def told_by(do, *words) -> tuple[int, Any]:
        told.clear()
        with progress.told_as("probe"):
            done = do(*words)
        return max(told, default=0), done

    def undo(number: int) -> None:
        service.take_back(editor, number, service.look_at(number, told.append))

    reached = {}
    with app.test_request_context(method="POST"):
        for source in sources.every():
            keys = [deed.key for deed in source.find(editor, 1)[0].deeds if not deed.address]
            for key in {*keys} - {"draft", "accept"}:  # a draft belongs to who writes it; nothing is proposed here
                rows = [(found.thing_id, found.version) for found in source.find(editor, 2)]
                count, settled = told_by(source.settle, editor, key, rows, "Bitte noch einmal.")
                reached[source.name, key] = (count, settled.count, told_by(undo, settled.undo_id)[0])
    assert reached.pop(("duplicate", "merge")) == (2, 2, 4)
    assert len(reached) > 15 and {key: found for key, found in reached.items() if found != (2, 2, 2)} == {}


def test_one_source_that_is_asked_for_nothing_is_not_asked(editor, member, fill):
    assert db.session.scalar(select(func.count()).select_from(Link)) == 0
    assert [queue.findings for queue in queries.find_queues(editor, queries.count_by_source(editor))] == [()] * len(
        sources.every()
    )
