"""Postings on disk: what is written is read again, in order, whole or not at all."""

import random
from array import array

import pytest

from hub.indexing import store as store_module
from hub.indexing.document import Document, Removal
from hub.indexing.postings import PLAIN_DEGREE, Damaged
from hub.indexing.store import IndexStore
from hub.indexing.wanted import Wanted


def _reader(store: IndexStore, number: int = 0):
    with store._reading() as view:
        return view.segments[number].reader._terms


def _documents(count: int) -> list[Document]:
    chance = random.Random(7)
    stock = [f"wort{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(300)]
    return [
        Document(n, f"Licht {n}", summary=" ".join(chance.choices(stock, k=40)), body="Licht am Platz. " * (n % 5))
        for n in range(1, count + 1)
    ]


def test_terms_are_found_with_places_degrees_and_positions(store):
    store.rebuild([Document(id=1, title="Licht"), Document(id=2, title="Dunkel", summary="Licht und Licht")], marker=1)
    reader = _reader(store)
    places, degrees = reader.postings("all", "licht")
    assert list(places) == [0, 1]
    assert 0 < degrees[1] < degrees[0] < 1
    positions = reader.positions("licht", {1, 7})
    assert list(positions) == [1]
    assert len(positions[1]) == 2
    assert reader.count("all", "licht") == 2
    assert reader.postings("title", "licht") == (array("I", [0]), array("f", [PLAIN_DEGREE]))


def test_unknown_terms_have_no_documents(store):
    store.rebuild([Document(id=1, title="Licht")], marker=1)
    reader = _reader(store)
    for term in ("", "lich", "lichter", "zzz", "\0", "ä"):
        assert reader.count("all", term) == 0
        assert len(reader.postings("all", term)[0]) == 0
        assert reader.positions(term, {0}) == {}


def test_terms_with_a_beginning_stand_in_order_over_many_blocks(store):
    store.rebuild(_documents(120), marker=1)
    found = [term for term, _ in _reader(store).counts_from("words", "wort")]
    assert len(found) == 300
    assert found == sorted(found)
    assert [term for term, _ in _reader(store).counts_from("words", "wortb")] == found[12:24]


def test_index_is_the_same_however_little_memory_it_is_written_with(store, tmp_path, monkeypatch):
    documents = _documents(150)
    store.rebuild(documents, marker=1)
    monkeypatch.setattr(store_module, "_BUILD_MEGABYTES", 0.02)
    small = IndexStore(tmp_path / "small")
    small.rebuild(documents, marker=1)
    assert list(_reader(small).all_postings()) == list(_reader(store).all_postings())
    small.close()


def test_merged_segments_hold_what_they_held_apart(store):
    for document in _documents(8):
        store.apply([document], marker=document.id)
    before = store.search(Wanted("Licht Platz", per_page=20))
    phrase = store.search(Wanted('"Licht am Platz"'))
    store.merge()
    after = store.search(Wanted("Licht Platz", per_page=20))
    assert after.ids == before.ids
    assert after.scores == pytest.approx(before.scores, abs=1e-3)
    assert store.search(Wanted('"Licht am Platz"')).ids == phrase.ids
    assert phrase.total > 0


def test_merging_forgets_what_was_removed(store):
    for document in _documents(8):
        store.apply([document], marker=document.id)
    store.apply([Removal(3)], marker=9)
    store.merge()
    assert _reader(store).count("id", "3") == 0
    assert 3 not in store.search(Wanted("Licht", per_page=20)).ids


def test_sign_between_terms_never_stands_in_one(store):
    store.rebuild([Document(id=1, title="Licht", tags=("Platz\0am Markt",))], marker=1)
    assert store.search(Wanted("Markt")).ids == (1,)


def test_postings_that_are_cut_off_are_noticed(store, tmp_path):
    store.rebuild(_documents(50), marker=1)
    store.close()
    (postings,) = (tmp_path / "index" / (tmp_path / "index" / "current").read_text()).glob("*.pst")
    postings.write_bytes(postings.read_bytes()[:40])
    with pytest.raises(Damaged):
        _reader(store).postings("all", "wortaa")
    store.close()
