"""Tests in several processes beside each other (`pytest -n 2 --dist loadgroup`, as `make test` does).

A file's tests stay together, apart for each database, so what a file or a run shares is made once in each process.
A test marked ``alone`` (it measures seconds or memory) waits until no other test runs and keeps the others out.
In one process (plain `pytest`) none of this is at work.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_folders = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """The process that hands out the tests makes a folder that all of them know."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        config.stash[_folders] = Path(tempfile.mkdtemp(prefix="hub-tests-"))


def pytest_unconfigure(config: pytest.Config) -> None:
    if _folders in config.stash:
        shutil.rmtree(config.stash[_folders], ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a process where the folder is."""
    node.workerinput["shared_folder"] = str(node.config.stash[_folders])


def shared_folder(config: pytest.Config) -> Path | None:
    """A folder of all processes of this run; None when there is only this one."""
    told = getattr(config, "workerinput", None)
    return Path(told["shared_folder"]) if told else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whole files go to a process; those with a browser are the longest, so they begin."""
    if shared_folder(config) is None:
        return
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    for item in items:
        database = "postgres" if item.get_closest_marker("postgres") else "any"
        item.add_marker(pytest.mark.xdist_group(f"{item.path.parent.name}/{item.path.stem}:{database}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    folder = shared_folder(item.config)
    if folder is None:
        return (yield)
    with _in_turn(folder, alone=item.get_closest_marker("alone") is not None):
        return (yield)


@contextmanager
def _in_turn(folder: Path, alone: bool) -> Iterator[None]:
    """Go in through a door that one holds shut while waiting for the others to leave, so nobody waits for ever."""
    with locked(folder / "door"):
        room = os.open(folder / "room", os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
    try:
        yield
    finally:
        os.close(room)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Only one process at a time."""
    held = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
