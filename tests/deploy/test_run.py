"""`make run` says in one plain sentence what is missing, and does no work twice."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the commands but without packages; installing asks no registry."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").write_text("# nichts\n")
    return tmp_path


def call(command: list[str], folder: Path, **settings: str) -> tuple[int, str]:
    """Exit code and words of a command, with a python3 first on the path that is the one of the tests."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "MAKE", "PORT"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = inherited | {"PATH": path, "PIP_NO_INDEX": "1", "PYTHONDONTWRITEBYTECODE": "1"} | settings
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.returncode, done.stdout


def pretend(folder: Path, code: str) -> str:
    """A PYTHONPATH under which every Python runs this code first."""
    (folder / "pretend").mkdir()
    (folder / "pretend" / "sitecustomize.py").write_text(f"import sys\n{code}\n")
    return str(folder / "pretend")


def assert_one_sentence(result: tuple[int, str], *words: str) -> None:
    code, text = result
    sentences = [line for line in text.splitlines() if line and not line.startswith("make")]
    assert code != 0
    assert len(sentences) == 1, text
    assert all(word in sentences[0] for word in words), text


def test_a_port_in_use_is_named_with_a_free_one(clone: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = call(["make", "run"], clone, PORT=str(port))
    assert_one_sentence(result, f"Port {port} ist schon belegt", "PORT=", "make run")
    assert f"PORT={port} " not in result[1]


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "٣٠٠٠"])
def test_a_port_that_is_none_is_refused(clone: Path, port: str) -> None:
    assert_one_sentence(call(["make", "run"], clone, PORT=port), f"PORT={port}", "PORT=8001 make run")


def test_a_data_folder_that_takes_no_files_is_named(clone: Path) -> None:
    (clone / "occupied").write_text("")
    result = call(["make", "run"], clone, PORT=free_port(), HUB_INSTANCE=str(clone / "occupied"))
    assert_one_sentence(result, str(clone / "occupied"), "dort liegt eine Datei", "HUB_INSTANCE=")


def test_a_python_without_venv_module_is_told_the_package(clone: Path) -> None:
    path = pretend(clone, "sys.modules['ensurepip'] = None")
    assert_one_sentence(
        call(["make", "run"], clone, PORT=free_port(), PYTHONPATH=path), "sudo apt install python3-venv"
    )


def test_an_old_python_is_told_the_version_needed(clone: Path) -> None:
    path = pretend(clone, "sys.version_info = (3, 9, 2)")
    assert_one_sentence(
        call(["make", "run"], clone, PORT=free_port(), PYTHONPATH=path),
        "Python 3.11 oder neuer",
        "sudo apt install python3",
    )


def test_an_unknown_command_names_the_known_ones(clone: Path) -> None:
    assert_one_sentence(call(["make", "rnu"], clone), "»make rnu« gibt es nicht", "make help")
    assert "make run" in call(["make", "help"], clone)[1]


@pytest.mark.slow
def test_packages_are_installed_once_and_again_when_the_list_changes(clone: Path) -> None:
    prepare = [sys.executable, "-c", "import environment; environment.prepare_environment('requirements.txt')"]
    code, text = call(prepare, clone, PYTHONPATH="deploy")
    assert (code, "wird angelegt" in text, "installiert" in text) == (0, True, True), text
    assert call(prepare, clone, PYTHONPATH="deploy") == (0, "")

    (clone / "requirements.txt").write_text("# anders\n")
    code, text = call(prepare, clone, PYTHONPATH="deploy")
    assert (code, "wird angelegt" in text, "installiert" in text) == (0, False, True), text

    (clone / "requirements.txt").write_text("no-such-package==1 --hash=sha256:" + "0" * 64 + "\n")
    code, text = call(["make", "run"], clone, PORT=free_port())
    assert_one_sentence((code, text.split("…")[-1]), "ließen sich nicht installieren", "No matching distribution")

    moved = clone.rename(clone.with_name("moved"))
    (moved / "requirements.txt").write_text("# anders\n")
    code, text = call(prepare, moved, PYTHONPATH="deploy")
    assert (code, "wird angelegt" in text) == (0, True), text


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_environment_of_another_folder_is_not_emptied(clone, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    (clone / ".venv").symlink_to(elsewhere)
    prepare = [sys.executable, "-c", "import environment; environment.prepare_environment('requirements.txt')"]
    code, words = call(prepare, clone / "deploy")
    assert code and "ist ein Verweis" in words
    assert (elsewhere / "kept").exists()
