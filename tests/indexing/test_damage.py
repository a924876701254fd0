"""An index that is damaged, foreign or killed in the middle of a commit is noticed and never answers wrongly."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hub.indexing.document import Document
from hub.indexing.errors import IndexUnusable
from hub.indexing.store import IndexStore
from hub.indexing.wanted import Wanted

# Whoosh leaves files open when it fails to open an index; they are closed when it is forgotten.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
KILLS = 60
COUNT = 60
_WRITER = """
import os, sys
from pathlib import Path
from hub.indexing.document import Document
from hub.indexing.store import IndexStore

def write(number):
    store = IndexStore(Path(sys.argv[1]))
    print(os.getpid(), flush=True)
    while True:
        number += 1
        document = Document(id=number % 60 + 1, title=f"Licht {number}", summary="Wort " * (number % 40))
        store.apply([document], marker=number)

while line := sys.stdin.readline():
    child = os.fork()
    if not child:
        write(int(line))
    print(os.WTERMSIG(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture
def filled(tmp_path):
    store = IndexStore(tmp_path / "index")
    store.rebuild(_documents(), marker=1)
    store.close()
    return tmp_path / "index"


def _documents():
    return [Document(id=number, title=f"Licht {number}", summary="Laternen") for number in range(1, COUNT + 1)]


def _build_folder(folder: Path) -> Path:
    return folder / (folder / "current").read_text()


def _files(folder: Path, ending: str) -> list[Path]:
    return [path for path in _build_folder(folder).iterdir() if path.name.endswith(ending)]


def _overwrite(path: Path) -> None:
    path.write_bytes(random.Random(4).randbytes(path.stat().st_size))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


DAMAGES = {
    "pointer is gone": lambda folder: (folder / "current").unlink(),
    "pointer is nonsense": lambda folder: (folder / "current").write_bytes(b"\xff../..\x00"),
    "pointer names another version": lambda folder: (folder / "current").write_text("000000000000-1"),
    "build is gone": lambda folder: shutil.rmtree(_build_folder(folder)),
    "table of contents is empty": lambda folder: _files(folder, ".toc")[0].write_bytes(b""),
    "table of contents is noise": lambda folder: _overwrite(_files(folder, ".toc")[0]),
    "postings are gone": lambda folder: _files(folder, ".pst")[0].unlink(),
    "postings are noise": lambda folder: _overwrite(_files(folder, ".pst")[0]),
    "terms are cut off": lambda folder: _cut(_files(folder, ".trm")[0]),
    "terms have lost their end": lambda folder: _shorten(_files(folder, ".trm")[0]),
    "facts are cut off": lambda folder: _cut(_files(folder, ".fct")[0]),
    "facts are noise": lambda folder: _overwrite(_files(folder, ".fct")[0]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_r13_damaged_index_is_unusable_and_a_rebuild_mends_it(filled, damage):
    DAMAGES[damage](filled)
    store = IndexStore(filled)
    with pytest.raises(IndexUnusable):
        store.search(Wanted("Licht "))
    store.rebuild(_documents(), marker=2)
    assert store.search(Wanted("Licht ")).total == COUNT
    assert store.marker() == 2
    store.close()


def test_facts_are_read_row_by_row_where_their_file_is_missing(filled):
    for file in _files(filled, ".fct"):
        file.unlink()
    store = IndexStore(filled)
    assert store.search(Wanted("Licht ")).total == COUNT
    assert store.marker() == 1
    store.close()



@pytest.mark.slow
def test_r01_index_survives_kills_in_the_middle_of_commits(filled):
    chance = random.Random(7)
    number = 100
    writers = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(filled)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with writers:
        for _ in range(KILLS):
            store = IndexStore(filled)
            number = max(number, store.marker()) + 1
            writers.stdin.write(f"{number}\n")
            writers.stdin.flush()
            writer = int(writers.stdout.readline())
            time.sleep(0.02 + chance.random() * 0.2)
            os.kill(writer, signal.SIGKILL)
            assert int(writers.stdout.readline()) == signal.SIGKILL
            assert store.ids() == set(range(1, COUNT + 1))
            assert store.search(Wanted("Licht ", per_page=100)).total == COUNT
            store.apply([Document(id=1, title="Licht danach")], marker=store.marker() + 1)
            store.close()
