"""What the tests of the index share: a store in a folder of its own, and documents made in one line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.indexing.store import IndexStore
from hub.indexing.wanted import Wanted


@pytest.fixture
def store(tmp_path: Path) -> Iterator[IndexStore]:
    """An empty index, usable."""
    made = IndexStore(tmp_path / "index")
    made.rebuild([], marker=0)
    yield made
    made.close()


@pytest.fixture
def ids_for(store: IndexStore) -> Callable[..., list[int]]:
    """The ids that a text finds, best first."""

    def search(text: str, **wishes) -> list[int]:
        return list(store.search(Wanted(text, per_page=100, **wishes)).ids)

    return search
