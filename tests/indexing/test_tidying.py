"""Small segments are put together soon after the changes that left them behind, without losing anything."""

import pytest

from hub.indexing.document import Document, Removal
from hub.indexing.errors import IndexBusy
from hub.indexing.store import IndexStore
from hub.indexing.wanted import Wanted


def change_often(store: IndexStore, times: int) -> None:
    for number in range(1, times + 1):
        store.apply([Document(id=number, title=f"Brunnen {number}")], marker=number)


def segment_count(store: IndexStore) -> int:
    with store._reading() as view:
        return len(view.segments)


def test_a_few_changes_need_no_tidying(store):
    change_often(store, 3)
    assert not store.is_scattered()


def test_many_changes_are_put_together(store, ids_for):
    change_often(store, 8)
    store.apply([Removal(3)], marker=9)
    before = ids_for("Brunnen")
    assert store.is_scattered()
    store.tidy()
    assert not store.is_scattered()
    assert segment_count(store) <= 2
    assert sorted(ids_for("Brunnen")) == sorted(before) == [1, 2, 4, 5, 6, 7, 8]
    assert store.marker() == 9


def test_words_keep_their_weight_and_place(store, ids_for):
    change_often(store, 7)
    store.apply([Document(id=20, title="Licht im Park", summary="Ein Park am Abend.")], marker=8)
    before = store.search(Wanted('"Licht im Park"'))
    store.tidy()
    after = store.search(Wanted('"Licht im Park"'))
    assert after.ids == before.ids == (20,)
    assert after.scores == before.scores


def test_tidying_waits_for_nobody(store):
    change_often(store, 7)
    other = IndexStore(store._folder)
    with store.locked(), pytest.raises(IndexBusy):
        other.tidy()

