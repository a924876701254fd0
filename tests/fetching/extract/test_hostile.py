"""Hostile and broken files: each gets its answer in time, the worker lives on and has its memory back."""

import gc
import os
import time
from pathlib import Path

import psutil
import pytest

from hub.fetching.extract import running
from hub.fetching.extract.result import REASONS
from tests.fetching.extract.hostile import corpus

CASES = list(corpus())
LONGEST = 35.0
MOST_LEFT = 40 * 1024 * 1024


@pytest.fixture(scope="module", autouse=True)
def left_by_other_tests() -> None:
    """What they left would be looked through at each of the collections below."""
    gc.freeze()


def test_the_corpus_is_large_enough():
    assert len(CASES) >= 60
    assert len({name for name, *_ in CASES}) == len(CASES)


@pytest.mark.parametrize(("name", "kind", "build", "answers"), CASES, ids=[case[0] for case in CASES])
def test_t05_hostile_files_get_an_answer(name, kind, build, answers, tmp_path: Path):
    path = tmp_path / "datei"
    path.write_bytes(build())
    assert path.stat().st_size <= 30 * 1024 * 1024, "no upload is that large"
    gc.collect()
    process = psutil.Process()
    memory, descriptors, children = process.memory_info().rss, process.num_fds(), process.children()
    began = time.monotonic()
    found = running.read(path, kind)
    assert time.monotonic() - began < LONGEST
    assert found.reason in answers, name
    del found
    gc.collect()
    assert process.memory_info().rss - memory < MOST_LEFT
    assert process.num_fds() == descriptors
    assert process.children() == children  # the database server and the browser of other tests
    assert os.listdir(tmp_path) == ["datei"]


PDFS = [(name, build) for name, kind, build, _answers in CASES if kind == "pdf"]


@pytest.mark.parametrize(("name", "build"), PDFS, ids=[case[0] for case in PDFS])
def test_t05_hostile_files_are_drawn_or_not_and_the_worker_lives_on(name, build, tmp_path: Path):
    path = tmp_path / "datei"
    path.write_bytes(build())
    gc.collect()
    process = psutil.Process()
    memory, descriptors, children = process.memory_info().rss, process.num_fds(), process.children()
    began = time.monotonic()
    drawn = running.draw(path, "pdf")
    assert time.monotonic() - began < LONGEST
    assert drawn.reason in REASONS
    assert bool(drawn.content) == (drawn.reason == "")
    gc.collect()
    assert process.memory_info().rss - memory < MOST_LEFT
    assert process.num_fds() == descriptors
    assert process.children() == children
