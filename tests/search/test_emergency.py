"""While the index cannot be used the tables answer, the page says so, and the index comes back by itself."""

import gc
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.indexing import generation
from hub.indexing import service as indexing
from hub.indexing.errors import IndexUnusable
from hub.indexing.store import IndexStore
from hub.indexing.wanted import Wanted
from hub.jobs import queue, registry
from hub.jobs import service as jobs
from hub.jobs.models import Job, State
from hub.jobs.registry import Lane
from hub.jobs.worker import do_all_due
from hub.search import queries, tables
from tests.search.test_page import counts, search, titles
from tests.support.counting import counted_statements

INDEX_WORK = ("rebuild_index", "replace_index", "tidy_index")
NOTICE = "Die Suche läuft gerade im Notbetrieb"


@pytest.fixture
def person(make, sign_in):
    """A member's browser."""
    return sign_in(make.user())


@pytest.fixture
def started(app, monkeypatch) -> list:
    """No inline rebuild: what would be built in a thread is noted here, and run by calling it."""
    started: list = []

    class Later:
        def __init__(self, target, args, **_):
            self._run = lambda: target(*args)

        def start(self):
            started.append(self._run)

    monkeypatch.setitem(app.config, "INDEX_REBUILD_INLINE", False)
    monkeypatch.setattr(indexing.threading, "Thread", Later)
    return started


def test_r13_missing_index_is_answered_by_the_tables_and_rebuilt(app, make, person, started):
    make.entry(title="Kiosk bei Nacht", kind="methode")
    make.entry(title="Platz")
    shutil.rmtree(app.config["INDEX_FOLDER"], ignore_errors=True)
    indexing.store().close()
    page = search(person, q="kiosk")
    assert NOTICE in page
    assert titles(page) == ["Kiosk bei Nacht"]
    assert counts(page, "kind")["methode"] == 1
    started[0]()
    page = search(person, q="kiosk")
    assert NOTICE not in page
    assert titles(page) == ["Kiosk bei Nacht"]


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_r13_damaged_index_is_answered_by_the_tables_and_rebuilt(app, make, person, started):
    make.entry(title="Kiosk bei Nacht")
    indexing.rebuild()
    for path in app.config["INDEX_FOLDER"].rglob("*"):
        if path.is_file() and path.parent != app.config["INDEX_FOLDER"]:
            path.write_bytes(b"damaged")
    indexing.store().close()
    assert NOTICE in search(person, q="kiosk")
    started[0]()
    assert NOTICE not in search(person, q="kiosk")
    gc.collect()  # Whoosh leaves damaged files open; the warning belongs to this test


def test_index_that_fails_only_when_searched_is_rebuilt_once(make, person, started, monkeypatch):
    make.entry(title="Kiosk bei Nacht")
    indexing.bring_up_to_date()
    started.clear()

    def fail(_store, _wanted):
        raise IndexUnusable("torn")

    indexing.rebuild()
    monkeypatch.setattr(IndexStore, "search", fail)
    assert titles(search(person, q="kiosk")) == ["Kiosk bei Nacht"]
    assert NOTICE in search(person, q="nacht")
    assert len(started) == 1


def test_index_that_is_behind_is_told(make, person, monkeypatch):
    make.entry(title="Kiosk")
    monkeypatch.setattr(queries, "bring_up_to_date", lambda: False)
    page = search(person, q="kiosk")
    assert "Die letzten Änderungen sind noch nicht in der Suche." in page
    assert titles(page) == ["Kiosk"]


@pytest.fixture
def varied(make):
    """Entries that differ in every facet."""
    make.collection("nachtleben")
    make.entry(title="Platz eins", kind="methode", year=2020, tags=("Licht",))
    make.entry(title="Größerer Platz", kind="methode", year=2021, summary="Ärger mit Lärm", tags=("Lärm",))
    make.entry(title="Etwas anderes", kind="projekt", text="Der Platz im Text", collections=("nachtleben",))
    make.entry(title="Verborgener Platz", status="withdrawn")


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(""),
        Wanted("", {"kind": ("methode",)}),
        Wanted("platz"),
        Wanted("platz", {"kind": ("methode",), "year": ("2021",)}),
        Wanted("platz", {"collection": ("nachtleben",)}),
        Wanted("platz", {"tag": ("Licht", "Lärm")}, sort="title"),
        Wanted("platz", {"organisation": ("abc",)}),
        Wanted("ärger"),
        Wanted("platz -licht"),
    ],
)
def test_tables_and_index_agree_on_whole_words(varied, wanted):
    plain, indexed = tables.find(wanted), queries.find(SYSTEM, wanted).found
    assert set(plain.ids) == set(indexed.ids)
    assert (plain.total, plain.unfiltered_total) == (indexed.total, indexed.unfiltered_total)
    assert {facet: dict(pairs) for facet, pairs in plain.facets.items()} == {
        facet: dict(pairs) for facet, pairs in indexed.facets.items()
    }
    assert dict(plain.filter_totals) == dict(indexed.filter_totals)


@pytest.mark.parametrize("text", ["", "%", "_", "\\", '"', "-", "a" * 100_000, "- - -", "*" * 5000])
def test_tables_answer_every_text(varied, text):
    assert tables.find(Wanted(text)).total >= 0


def test_signs_of_like_are_plain_letters(make):
    entry = make.entry(title="Der plan_b der Stadt")
    make.entry(title="Der planxb der Stadt")
    assert tables.find(Wanted("plan_b")).ids == (entry.id,)


@pytest.mark.parametrize(
    "wanted", [{"q": "kiosk"}, {"q": "kiosk", "tag": "Licht"}, {"q": "kiosk nirgendwo sonst wo"}, {"q": "nirgends"}, {}]
)
def test_emergency_page_needs_few_statements_whatever_it_shows(app, make, person, started, wanted):
    make.collection("nachtleben")
    make.entry(title="Kiosk", tags=("Licht",), collections=("nachtleben",))
    person.get("/")

    def measure() -> list[str]:
        generation.forget()
        shutil.rmtree(app.config["INDEX_FOLDER"], ignore_errors=True)
        indexing.store().close()
        with counted_statements() as statements:
            assert NOTICE in search(person, **wanted)
        return statements

    few = measure()
    for number in range(6):
        make.entry(title=f"Kiosk {number}", tags=("Licht", f"Wort {number}"), collections=("nachtleben",))
    many = measure()
    assert len(many) <= len(few) <= 12
    started[0]()


def test_emergency_offers_the_words_that_find_something(app, make, person, started):
    make.entry(title="Kiosk bei Nacht")
    make.entry(title="Kiosk", tags=("Licht",))
    shutil.rmtree(app.config["INDEX_FOLDER"], ignore_errors=True)
    indexing.store().close()
    page = search(person, q="kiosk nirgendwo licht")
    offered = re.findall(r"Nur nach „(\w+)“ suchen.*?(\d+ Einträge|1 Eintrag)", page, re.DOTALL)
    assert offered == [("kiosk", "2 Einträge"), ("licht", "1 Eintrag")]
    started[0]()


@pytest.fixture
def with_worker(app, started):
    """A worker shows itself on this machine, and the index asks it."""
    app.extensions[indexing.EXTENSION].ask_worker = jobs.enqueue_here
    queue.keep(f"{jobs.this_machine()}:1", [])


def lose_index(app) -> None:
    shutil.rmtree(app.config["INDEX_FOLDER"], ignore_errors=True)
    indexing.store().close()


def asked_for() -> list[tuple[str, int]]:
    """The open jobs by kind, with how often they were asked for."""
    open_jobs = select(Job.kind, Job.asked).where(Job.state == State.OPEN, Job.kind.in_(INDEX_WORK))
    return [tuple(row) for row in db.session.execute(open_jobs.order_by(Job.kind))]


def test_worker_rebuilds_the_index_while_the_tables_answer(app, make, person, started, with_worker):
    make.entry(title="Kiosk bei Nacht")
    lose_index(app)
    for _ in range(3):
        page = search(person, q="kiosk")
        assert NOTICE in page
        assert titles(page) == ["Kiosk bei Nacht"]
    assert (started, asked_for()) == ([], [("rebuild_index", 1)])
    assert do_all_due() == 1
    page = search(person, q="kiosk")
    assert NOTICE not in page
    assert titles(page) == ["Kiosk bei Nacht"]


def test_r13_unusable_index_is_logged_once_until_it_is_back(app, make, person, started, caplog):
    make.entry(title="Kiosk")
    indexing.rebuild()
    for _ in range(2):
        lose_index(app)
        caplog.clear()
        for _ in range(3):
            search(person, q="kiosk")
        assert [record.message.partition(" (")[0] for record in caplog.records] == ["index unusable"]
        indexing.rebuild()
        search(person, q="kiosk")


def test_worker_is_asked_again_when_it_takes_long(app, make, person, with_worker):
    make.entry(title="Kiosk")
    lose_index(app)
    for _ in range(2):
        search(person, q="kiosk")
        app.extensions[indexing.EXTENSION].asked_at[indexing.REBUILD] -= indexing.ASK_AGAIN
    assert asked_for() == [("rebuild_index", 2)]
    do_all_due()
    assert asked_for() == []


def test_index_that_fails_only_when_searched_is_replaced_by_the_worker(make, person, with_worker, monkeypatch):
    make.entry(title="Kiosk")
    do_all_due()
    before = indexing.store().generation()

    def fail(_store, _wanted):
        raise IndexUnusable("torn")

    with monkeypatch.context() as patch:
        patch.setattr(IndexStore, "search", fail)
        search(person, q="kiosk")
    assert asked_for() == [("replace_index", 1)]
    do_all_due()
    assert indexing.store().generation().partition(":")[0] != before.partition(":")[0]


@pytest.mark.parametrize("name", ["", "elsewhere:7"])
def test_without_a_worker_of_this_machine_alone_a_thread_rebuilds(app, make, person, started, name):
    app.extensions[indexing.EXTENSION].ask_worker = jobs.enqueue_here
    make.entry(title="Kiosk")
    indexing.rebuild()
    if name:
        queue.keep(f"{jobs.this_machine()}:1", [])
        queue.keep(name, [])
    started.clear()
    lose_index(app)
    assert NOTICE in search(person, q="kiosk")
    assert (bool(started), asked_for()) == (True, [])
    started[0]()
    assert NOTICE not in search(person, q="kiosk")


def test_worker_that_was_not_seen_lately_is_not_waited_for(app, make, person, started, with_worker, monkeypatch):
    make.entry(title="Kiosk")
    do_all_due()
    monkeypatch.setattr(jobs, "ALIVE", timedelta(seconds=-60))
    app.extensions[indexing.EXTENSION].asked_at.clear()
    started.clear()
    lose_index(app)
    search(person, q="kiosk")
    assert (bool(started), asked_for()) == (True, [])
    started[0]()


def test_few_changes_are_put_together_beside_requests_and_many_by_the_worker(make, started, with_worker, monkeypatch):
    indexing.rebuild()
    for number in range(8):
        make.entry(title=f"Kiosk {number}")
    assert (bool(started), asked_for()) == (True, [])
    monkeypatch.setattr(indexing, "LARGE_MERGE", 5)
    started.clear()
    make.entry(title="Kiosk neun")
    assert (started, asked_for()) == ([], [("tidy_index", 1)])
    do_all_due()
    assert not indexing.store().is_scattered()


def test_only_workers_put_everything_together(app):
    sources = {path: path.read_text() for path in Path(indexing.__file__).parents[1].rglob("*.py")}
    callers = {path.name for path, text in sources.items() if re.search(r"store\(\)\.merge\(|merge_all", text)}
    assert callers == {"merging.py", "store.py", "duties.py"}
    assert registry.find_kind("merge_index").lane is Lane.HEAVY
