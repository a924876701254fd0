"""`make test` runs every check, keeps pytest's exit code and says what it cannot install."""

import hashlib
import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FALLBACK = "tests/support/requirements-fallback.txt"
FAKE_PYTHON = f"""#!/bin/sh
case "$*" in
  "-c "*) echo "{sys.version_info[:2]}" ;;
  "-m pip install"*--target*) [ "$BROKEN" != pip ] || {{ echo "ERROR: kein Weg" >&2; exit 1; }}
    /bin/mkdir -p .venv/fallback; echo "$*" > .venv/fallback/asked ;;
  "-m pytest"*) echo "pytest: $*"; exit ${{PYTEST_CODE:-0}} ;;
esac
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the commands, whose installed tools are stand-ins that only speak."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    script(programs / "python", FAKE_PYTHON)
    script(programs / "pip", f"#!{programs / 'python'}\n")
    for name in ("ruff", "mypy", "lint-imports"):
        script(programs / name, f'#!/bin/sh\necho "{name} ran"\ncase " $BROKEN " in *" {name} "*) exit 3;; esac\n')
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("# nichts\n")
        (tmp_path / ".venv" / f".installed-{name}").write_text(hashlib.sha256(b"# nichts\n").hexdigest())
    (tmp_path / "tests" / "support").mkdir(parents=True)
    (tmp_path / FALLBACK).write_text("# nichts\n")
    (tmp_path / ".venv" / "fallback").mkdir()
    (tmp_path / ".venv" / "fallback" / ".installed").write_text(hashlib.sha256(b"# nichts\n").hexdigest())
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "env").symlink_to("/usr/bin/env")
    script(tmp_path / "bin" / "chromium", "#!/bin/sh\n")
    script(tmp_path / "bin" / "tesseract", "#!/bin/sh\n")
    return tmp_path


def script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def check(clone: Path, *words: str, **settings: str) -> tuple[int, list[str]]:
    """Exit code and lines, with no other program in reach than those in the clone's bin."""
    environment = {"PATH": str(clone / "bin"), "PYTHONDONTWRITEBYTECODE": "1"} | settings
    command = [sys.executable, str(clone / "deploy" / "check.py"), *words]
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.returncode, done.stdout.splitlines()


def test_the_other_whoosh_is_installed_beside_with_hashes_once(clone: Path) -> None:
    folder = clone / ".venv" / "fallback"
    (clone / FALLBACK).write_text("# anders\n")
    assert check(clone, "test")[0] == 0
    asked = (folder / "asked").read_text().split()
    assert {"--require-hashes", "--only-binary=:all:", "--no-deps", FALLBACK} <= set(asked)
    assert asked[asked.index("--target") + 1] == str(folder)
    (folder / "asked").unlink()
    assert check(clone, "test")[0] == 0
    assert not (folder / "asked").exists()


def test_without_the_other_whoosh_the_rest_is_tested(clone: Path) -> None:
    (clone / FALLBACK).write_text("# anders\n")
    code, lines = check(clone, "test", BROKEN="pip")
    assert code == 0
    assert "Das zweite Whoosh ließ sich nicht installieren; der Test damit entfällt. (ERROR: kein Weg)" in lines
    assert not (clone / ".venv" / "fallback" / ".installed").exists()


def test_all_checks_run_and_pytest_speaks_last(clone: Path) -> None:
    code, lines = check(clone, "test", "tests/search", "-x")
    assert code == 0
    assert [line for line in lines if line.endswith(" ran")] == ["ruff ran", "mypy ran", "lint-imports ran"]
    assert lines[-1].startswith("pytest: -m pytest") and lines[-1].endswith("tests/search -x")


def test_a_failed_check_fails_the_run_but_tests_still_run(clone: Path) -> None:
    code, lines = check(clone, "test", BROKEN="ruff lint-imports")
    assert code == 1
    assert "Nicht in Ordnung: Stil, Importrichtung" in lines
    assert lines[-1].startswith("pytest: -m pytest")


@pytest.mark.parametrize(("cores", "number"), [(1, None), (2, "2"), (4, "4"), (64, "4")])
def test_pytest_works_on_every_core_up_to_four(
    monkeypatch: pytest.MonkeyPatch, cores: int, number: str | None
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "deploy"))
    words = importlib.import_module("check").processes(cores)
    assert words[:2] == (["-n", number] if number else [])
    assert ("loadgroup" in words) == bool(number), "tests of a file share their servers, so they stay together"


def test_the_exit_code_of_pytest_is_kept(clone: Path) -> None:
    assert check(clone, "test", PYTEST_CODE="5")[0] == 5


def test_lint_runs_no_tests(clone: Path) -> None:
    code, lines = check(clone, "lint", BROKEN="mypy")
    assert (code, lines[-1]) == (1, "Nicht in Ordnung: Typen")


def test_a_browser_that_cannot_be_installed_is_one_sentence(clone: Path) -> None:
    (clone / "bin" / "chromium").unlink()
    code, lines = check(clone, "test")
    assert code == 0
    assert [line for line in lines if "nachholen: sudo apt install chromium" in line]


def test_a_browser_is_installed_where_it_may_be(clone: Path) -> None:
    (clone / "bin" / "chromium").unlink()
    script(clone / "bin" / "apt-get", f'#!/bin/sh\necho "$@" >> {clone}/apt\n')
    script(clone / "bin" / "sudo", '#!/bin/sh\nshift\n[ "$1" = true ] || exec "$@"\n')
    assert check(clone, "test")[0] == 0
    update, install = (clone / "apt").read_text().splitlines()
    assert update.endswith("update")
    assert "install --yes" in install
    assert "chromium" in install.split()


def test_a_failed_installation_is_one_sentence(clone: Path) -> None:
    (clone / "bin" / "chromium").unlink()
    script(clone / "bin" / "apt-get", "#!/bin/sh\nexit 100\n")
    script(clone / "bin" / "sudo", '#!/bin/sh\nshift\n[ "$1" = true ] || exec "$@"\n')
    code, lines = check(clone, "test")
    assert code == 0
    assert [line for line in lines if line.startswith("chromium") and "ließ sich nicht installieren" in line]


def test_the_ci_run_requires_browser_and_database(clone: Path) -> None:
    (clone / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", clone / ".ci")
    script(clone / "bin" / "make", '#!/bin/sh\necho "$HUB_TESTS_REQUIRE: $*"\nexit 7\n')
    path = f"{clone / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", str(clone / ".ci" / "run")], env={"PATH": path}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (7, "browser,postgres,tesseract,fallback: --no-print-directory test\n")
