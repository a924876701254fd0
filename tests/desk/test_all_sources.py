"""All sources together in one queue: what is shown, and how often the database is asked."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.asking.models import Audience
from hub.asking.service.asking import Asking, ask_question
from hub.core import clock
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.desk import queries, sources
from hub.entries import queries as entries
from hub.entries.service.contributing import revise_entry
from hub.linkcare.models import Link, LinkHost, State
from hub.linkcare.outcomes import Outcome
from hub.moderation import proposals, report_service
from hub.search.models import SearchMiss
from tests.house.test_queries import MOST
from tests.support.counting import counted_statements


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


def test_one_source_that_is_asked_for_nothing_is_not_asked(editor, member, fill):
    assert db.session.scalar(select(func.count()).select_from(Link)) == 0
    assert [queue.findings for queue in queries.find_queues(editor, queries.count_by_source(editor))] == [()] * len(
        sources.every()
    )
