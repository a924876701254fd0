"""German is read as people mean it: forms, spellings, compounds, gaps; and words that only look alike stay apart."""

import pytest

from hub.indexing.document import Document
from hub.indexing.store import IndexStore
from hub.indexing.wanted import Wanted
from tests.indexing import pairs


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """An index that holds one document for every text of the pairs."""
    texts = sorted({text for _, text in pairs.read(pairs.MEET) + pairs.read(pairs.APART)})
    store = IndexStore(tmp_path_factory.mktemp("pairs"))
    store.rebuild([Document(id=number, title="", summary=text) for number, text in enumerate(texts, 1)], marker=1)
    yield store, {text: number for number, text in enumerate(texts, 1)}
    store.close()


def _found(shelf, typed: str) -> tuple[int, ...]:
    store, _ = shelf
    return store.search(Wanted(f"{typed} ", per_page=1000, exact=True)).ids


@pytest.mark.parametrize(("typed", "text"), pairs.read(pairs.MEET))
def test_meets(shelf, typed, text):
    assert shelf[1][text] in _found(shelf, typed)


@pytest.mark.parametrize(("typed", "text"), pairs.read(pairs.APART))
def test_stays_apart(shelf, typed, text):
    assert shelf[1][text] not in _found(shelf, typed)


def test_there_are_enough_pairs():
    assert len(pairs.read(pairs.MEET)) >= 131
    assert len(pairs.read(pairs.APART)) >= 118
