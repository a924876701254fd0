"""The store keeps what it is given, says what it holds, and never mixes states."""

import multiprocessing
import os
import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.indexing import filing
from hub.indexing import store as store_module
from hub.indexing.document import Document, Removal
from hub.indexing.errors import IndexBusy, IndexUnusable
from hub.indexing.store import IndexStore
from hub.indexing.wanted import Wanted

SOURCES = Path(store_module.__file__).parent


def titled(*titles: str, **fields) -> list[Document]:
    return [Document(id=number, title=title, **fields) for number, title in enumerate(titles, 1)]


def test_missing_index_is_unusable_and_says_so(tmp_path):
    empty = IndexStore(tmp_path / "nothing")
    assert not empty.is_usable()
    with pytest.raises(IndexUnusable):
        empty.search(Wanted("Licht"))


def test_written_document_is_found_at_once_with_the_marker(store, ids_for):
    store.apply(titled("Licht im Park"), marker=7)
    assert ids_for("Licht") == [1]
    assert store.marker() == 7
    assert store.ids() == {1}


def test_replaced_document_is_found_once_and_only_by_its_new_words(store, ids_for):
    store.apply(titled("Brunnen"), marker=1)
    assert ids_for("Brunnen") == [1]
    for marker in range(2, 30):
        store.apply(titled("Brücke"), marker=marker)
    assert ids_for("Brücke") == [1]
    assert ids_for("Brunnen", exact=True) == []
    assert store.ids() == {1}


def test_removed_document_is_gone(store, ids_for):
    store.apply(titled("Eins Wort", "Zwei Wort"), marker=1)
    store.apply([Removal(1)], marker=2)
    assert ids_for("Wort") == [2]
    assert store.check({1, 2}) == ({1}, set())
    assert store.check(set()) == (set(), {2})


def test_last_change_of_a_batch_counts(store, ids_for):
    store.apply([Document(id=1, title="Alt"), Removal(1), Document(id=1, title="Jung")], marker=1)
    assert ids_for("Jung") == [1]
    assert ids_for("Alt", exact=True) == []


def test_facets_ignore_their_own_choice(store):
    kinds = ["methode", "methode", "projekt"]
    store.apply(
        [Document(id=n, title="Licht", kind=kind, year=2020 + n, collections=("a", "b") if n == 1 else ("b",))
         for n, kind in enumerate(kinds, 1)],
        marker=1,
    )
    found = store.search(Wanted("Licht", filters={"kind": ("projekt",)}))
    assert found.ids == (3,)
    assert (found.total, found.unfiltered_total) == (1, 3)
    assert found.facets["kind"] == [("methode", 2), ("projekt", 1)]
    assert found.facets["collection"] == [("b", 1)]
    assert found.filter_totals == {"kind": 3}
    two = store.search(Wanted("Licht", filters={"kind": ("projekt",), "collection": ("a",)}))
    assert two.total == 0
    assert two.facets["collection"] == [("b", 1)]
    assert two.facets["kind"] == [("methode", 1)]
    assert two.filter_totals == {"collection": 1, "kind": 1}


def test_values_of_one_facet_are_alternatives(store):
    store.apply([Document(id=n, title="Licht", year=2019 + n) for n in (1, 2, 3)], marker=1)
    found = store.search(Wanted("Licht", filters={"year": ("2020", "2022")}))
    assert set(found.ids) == {1, 3}


def test_orders_by_date_year_and_title(store):
    store.apply(
        [
            Document(id=1, title="beta Licht", year=2001, published_at=datetime(2024, 1, 1, tzinfo=UTC)),
            Document(id=2, title="Alpha Licht", year=2003, published_at=datetime(2022, 1, 1, tzinfo=UTC)),
            Document(id=3, title="Ceta Licht", year=2002, published_at=datetime(2023, 1, 1, tzinfo=UTC)),
        ],
        marker=1,
    )
    assert store.search(Wanted("Licht", sort="newest")).ids == (1, 3, 2)
    assert store.search(Wanted("Licht", sort="year")).ids == (2, 3, 1)
    assert store.search(Wanted("Licht", sort="title")).ids == (2, 1, 3)


def test_pages_cut_the_same_order(store):
    store.apply(titled(*["Licht"] * 45), marker=1)
    pages = [store.search(Wanted("Licht", page=page)).ids for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [20, 20, 5, 0]
    assert Counter(id_ for page in pages for id_ in page) == Counter(range(1, 46))


def test_r15_rebuild_swaps_and_open_readers_follow(store, ids_for):
    store.apply(titled("Alt"), marker=1)
    assert ids_for("Alt") == [1]
    seen = []
    store.rebuild([Document(id=5, title="Frisch")], marker=9, progress=seen.append)
    assert (store.ids(), store.marker(), seen) == ({5}, 9, [1])
    assert ids_for("Frisch") == [5]


def test_r15_failed_rebuild_leaves_the_old_index(store, ids_for):
    store.apply(titled("Alt"), marker=1)

    def breaking():
        yield Document(id=1, title="Neu")
        raise OSError("no more rows")

    with pytest.raises(OSError, match="no more rows"):
        store.rebuild(breaking(), marker=2)
    assert ids_for("Alt") == [1]
    assert store.marker() == 1


def test_document_that_cannot_be_read_does_not_cost_the_others(store, ids_for, monkeypatch, caplog):
    whole = filing.fields_of

    def failing(document):
        if document.id == 2:
            raise TypeError("odd")
        return whole(document)

    monkeypatch.setattr(store_module, "fields_of", failing)
    assert store.apply(titled("Licht A", "Licht B", "Licht C"), marker=4) == (2,)
    assert sorted(ids_for("Licht")) == [1, 3]
    assert store.marker() == 4
    assert "Document 2" in caplog.text


def test_folder_holds_no_compound_file_and_small_tables_of_contents(store, tmp_path):
    for number in range(1, 41):
        store.apply([Document(id=number, title=f"Licht {number}", summary="Straßenbeleuchtung")], marker=number)
    files = [path for path in (tmp_path / "index").rglob("*") if path.is_file()]
    assert not [path for path in files if path.suffix == ".seg"]
    assert all(path.stat().st_size < 5_000 for path in files if path.suffix == ".toc")


def test_segments_stay_few_after_many_single_changes(store):
    for number in range(300):
        store.apply([Document(id=number % 50 + 1, title=f"Licht {number}")], marker=number + 1)
        if store.is_scattered():
            store.tidy()
    with store._reading() as view:
        assert len(view.segments) < 12
    assert store.ids() == set(range(1, 51))


def test_threads_that_read_at_once_have_views_of_their_own(store):
    views, together = [], threading.Barrier(3, timeout=10)

    def note():
        with store._reading() as view:
            together.wait()
            views.append(view)
            together.wait()

    threads = [threading.Thread(target=note) for _ in range(2)]
    for thread in threads:
        thread.start()
    with store._reading() as own:
        together.wait()
        together.wait()
    for thread in threads:
        thread.join()
    assert len({id(view) for view in (own, *views)}) == 3


def test_threads_that_read_one_after_the_other_use_the_same_view(store):
    views = []

    def note():
        with store._reading() as view:
            views.append(view)

    for _ in range(3):
        thread = threading.Thread(target=note)
        thread.start()
        thread.join()
    assert len({id(view) for view in views}) == 1


def test_views_of_an_older_generation_are_closed(store):
    with store._reading() as first, store._reading() as second:
        pass
    store.apply(titled("Licht"), marker=1)
    with store._reading():
        pass
    assert first.give_up() == second.give_up() == {}, "nothing is open in them any more"


def _child(store: IndexStore, parent_view: int, answers) -> None:
    with store._reading() as view:
        answers.put((id(view) == parent_view, store.search(Wanted("Licht")).ids))


def test_forked_process_opens_its_own_view(store):
    store.apply(titled("Licht"), marker=1)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    with store._reading() as view:
        children = [context.Process(target=_child, args=(store, id(view), answers)) for _ in range(2)]
        for child in children:
            child.start()
        got = [answers.get(timeout=10) for _ in children]
        for child in children:
            child.join()
    assert got == [(False, (1,)), (False, (1,))]


def test_r10_second_writer_is_told_that_the_index_is_busy(store):
    problems = []

    def write():
        try:
            store.apply(titled("Licht"), marker=1, timeout=0.05)
        except IndexBusy:
            problems.append("busy")

    with store.locked():
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        store.apply(titled("Licht"), marker=2)
    assert problems == ["busy"]
    assert store.marker() == 2


def test_generation_names_each_state(store):
    names = [store.generation()]
    store.apply(titled("Licht"), marker=1)
    names.append(store.generation())
    store.rebuild([], marker=1)
    names.append(store.generation())
    assert len(set(names)) == 3


def test_merge_drops_what_was_removed(store, ids_for):
    for number in range(1, 5):
        store.apply([Document(id=number, title="Licht")], marker=number)
    store.apply([Removal(2)], marker=5)
    store.merge()
    with store._reading() as view:
        assert len(view.segments) == 1
        assert not view.segments[0].deleted
    assert sorted(ids_for("Licht")) == [1, 3, 4]
    assert store.marker() == 5


def test_merge_sweeps_out_what_killed_writers_left(store, tmp_path):
    build = tmp_path / "index" / (tmp_path / "index" / "current").read_text()
    old, young = build / "_MAIN_9.toc.123.4", build / "_MAIN_9.toc.567.8"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    store.merge()
    assert (old.exists(), young.exists()) == (False, True)


def test_no_code_uses_the_ways_of_whoosh_that_lose_documents():
    for source in SOURCES.glob("*.py"):
        text = source.read_text()
        for danger in ("refresh(", "reuse=", "BufferedWriter", "AsyncWriter", "QueryParser", "groupedby"):
            assert danger not in text, f"{source.name} uses {danger}"
        assert text.count(".writer(") == text.count("compound=False"), source.name


def test_newer_document_stands_before_an_equal_older_one():
    from functools import partial

    from hub.core import clock
    from hub.indexing.ranking import freshness

    year = clock.today().year
    fresh = partial(freshness, this_year=year)
    assert fresh(year) == 1.0 > fresh(year - 3) > fresh(year - 30) == fresh(year - 10) >= 0.95
    assert fresh(year - 10) < fresh(0) < 1.0
    assert fresh(year + 1) == 1.0
