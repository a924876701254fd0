"""We never depend on one fork: the tests of the index also pass with the Whoosh that could take its place."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.requirements import missing

FOLDER = Path(__file__).resolve().parents[2] / ".venv" / "fallback"
VERSION = "2.7.5"
FEWEST = 380
ASK = "import whoosh; print(whoosh.versionstring(), whoosh.__file__)"


@pytest.fixture
def run(tmp_path):
    """Runs Python with the other Whoosh in front; it compiles with a warning that is its own affair."""
    if not (FOLDER / ".installed").exists():
        missing("fallback", "Das zweite Whoosh fehlt; make test installiert es.")
    environment = {**os.environ, "PYTHONPATH": str(FOLDER), "PYTHONPYCACHEPREFIX": str(tmp_path)}

    def python(*words: str) -> str:
        command = [sys.executable, *words]
        done = subprocess.run(
            command, env=environment, cwd=FOLDER.parents[1], capture_output=True, text=True, check=False, timeout=600
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
        return done.stdout

    return python


@pytest.mark.slow
def test_index_works_with_the_other_whoosh(run):
    version, _, file = run("-c", ASK).strip().partition(" ")
    assert version == VERSION
    assert Path(file).is_relative_to(FOLDER)
    tests = "tests/indexing", "-q", "-m", "not slow and not postgres", "-p", "no:cacheprovider"
    last = run("-m", "pytest", *tests).strip().splitlines()[-1]
    passed = re.match(r"(\d+) passed", last)
    assert passed is not None and int(passed[1]) >= FEWEST, last
    assert "failed" not in last and "skipped" not in last
