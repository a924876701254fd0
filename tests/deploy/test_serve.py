"""The server is started without docstrings and assertions where .venv can keep the bytecode for that."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch):
    """What a call of ``serve`` would have become: the command, and what stands in the environment."""
    monkeypatch.syspath_prepend("deploy")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    import serve

    def call(folder: Path, *words: str) -> tuple[list[str], dict[str, str]]:
        found: list[tuple[list[str], dict[str, str]]] = []
        monkeypatch.setattr(serve, "VENV", folder)
        monkeypatch.setattr(serve, "BYTECODE", folder / "bytecode")
        monkeypatch.setattr(serve.os, "execv", lambda _path, command: found.append((command, dict(os.environ))))
        serve.serve(list(words))
        return found[0]

    return call


def test_bytecode_of_the_server_has_a_folder_of_its_own(started, tmp_path):
    command, environment = started(tmp_path, "--bind", "127.0.0.1:1")
    assert command[1:4] == ["-OO", "-m", "gunicorn"]
    assert command[-2:] == ["--bind", "127.0.0.1:1"]
    assert environment["PYTHONPYCACHEPREFIX"] == str(tmp_path / "bytecode")
    told = subprocess.run([sys.executable, "-OO", "-c", "import abc, hub.core.clock"], env=environment, check=False)
    assert told.returncode == 0
    assert list(tmp_path.rglob("clock.*.opt-2.pyc"))


def test_a_closed_environment_starts_as_python_starts(started, tmp_path):
    command, environment = started(tmp_path / "missing")
    assert command[1:3] == ["-m", "gunicorn"]
    assert "PYTHONPYCACHEPREFIX" not in environment
