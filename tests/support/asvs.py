"""docs/asvs.csv: which test proves which line of OWASP ASVS 5.0, and whether those tests ran in this session.

With pytest-xdist only the process that hands out the tests hears of all results, so it alone keeps the ledger. When the
whole suite has run, a named test that is missing or was skipped fails the run; a part of the suite is only counted.
"""

import ast
import csv
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEDGER = ROOT / "docs" / "asvs.csv"
APPLIES = ("yes", "with single sign-on")
_results = pytest.StashKey["Results"]()


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement; ``tests`` are ``file::test`` names, ``waived`` says why nothing proves it."""

    number: str
    level: str
    part: str
    applies: str
    requirement: str
    ways: str
    tests: tuple[str, ...]
    waived: str


@cache
def ledger() -> tuple[Line, ...]:
    """All lines, also those that do not apply."""
    with LEDGER.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return tuple(
        Line(number, level, part, applies, requirement, ways, tuple(tests.split()), waived.strip())
        for number, level, part, applies, requirement, ways, tests, waived in rows[1:]
    )


def applicable() -> list[Line]:
    """The lines that count."""
    return [line for line in ledger() if line.applies in APPLIES]


def named_tests() -> set[str]:
    """Every test that a line names."""
    return {test for line in ledger() for test in line.tests}


@cache
def find_tests(file: Path) -> dict[str, ast.FunctionDef]:
    """The tests of a file, read without running it; those that `make test` leaves out (``long``) are not among them."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    marks = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Assign)]
    if any(mark.startswith("pytestmark") and "mark.long" in mark for mark in marks):
        return {}
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return {node.name: node for node in found if "pytest.mark.long" not in map(ast.unparse, node.decorator_list)}


def exists(test: str) -> bool:
    """Whether `make test` would run a test of this name."""
    file, _two, name = test.partition("::")
    return (ROOT / file).is_file() and name in find_tests(ROOT / file)


class Results:
    """What became of the named tests in this session."""

    def __init__(self, names: Iterable[str]) -> None:
        self.ran: set[str] = set()
        self.failed: set[str] = set()
        self.skipped: set[str] = set()
        self.names = set(names)

    def note(self, nodeid: str, when: str, outcome: str) -> None:
        """A report of one phase of one test; all variants of a test count under its name."""
        name, _bracket, variant = nodeid.partition("[")
        name = name.split("@", 1)[0]  # pytest-xdist appends the group
        if name not in self.names:
            return
        if outcome == "failed":
            self.failed.add(name)
        elif outcome == "skipped" and not variant.startswith("postgres"):
            self.skipped.add(name)
        elif when == "call" and outcome == "passed":
            self.ran.add(name)

    def faults(self) -> list[str]:
        """Named tests that did not run or were skipped; a failed one has failed the run by itself."""
        return [f"{name}: lief nicht" for name in sorted(self.missing())] + [
            f"{name}: ausgelassen" for name in sorted(self.skipped)
        ]

    def missing(self) -> set[str]:
        """Named tests of which nothing was heard."""
        return self.names - self.ran - self.failed - self.skipped

    def proven(self) -> set[str]:
        """Tests that ran, passed and left nothing out."""
        return self.ran - self.failed - self.skipped


def score(proven: set[str]) -> tuple[int, int]:
    """Lines proven by all of their tests, and lines that apply; a waived one is not proven."""
    lines = applicable()
    return sum(bool(line.tests) and not line.waived and set(line.tests) <= proven for line in lines), len(lines)


def is_whole_suite(config: pytest.Config) -> bool:
    """Whether everything was asked for: no path, no choice by name or mark, nothing left out."""
    chosen = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "collectonly", "stepwise")
    return config.args_source is not pytest.Config.ArgsSource.ARGS and not any(
        config.getoption(name, None) for name in chosen
    )


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and LEDGER.is_file():
        config.stash[_results] = Results(named_tests())
        config.pluginmanager.register(_Listener(config.stash[_results]), "asvs-results")


class _Listener:
    """Hears of each report, also of those from other processes."""

    def __init__(self, results: Results) -> None:
        self.results = results

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.results.note(report.nodeid, report.when or "", report.outcome)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A line whose test did not run is not proven: the run fails.

    Where browser or database may be missing (not in CI) a test that was left out for that is only named.
    """
    results = session.config.stash.get(_results, None)
    if results is None or exitstatus != pytest.ExitCode.OK or not is_whole_suite(session.config):
        return
    if results.missing() or (results.skipped and os.environ.get("HUB_TESTS_REQUIRE")):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how many lines are proven."""
    results = config.stash.get(_results, None)
    if results is None:
        return
    if is_whole_suite(config):
        proven, all_lines = score(results.proven())
        terminalreporter.section("OWASP ASVS 5.0, Stufe 2")
        for fault in results.faults():
            terminalreporter.line(f"Nachweis fehlt: {fault}", red=True)
        terminalreporter.line(f"{proven} von {all_lines} Zeilen bewiesen (docs/asvs.csv)")
    elif any("test_asvs.py" in name for name in map(str, config.args)):
        proven, all_lines = score(set(filter(exists, named_tests())))
        terminalreporter.section("OWASP ASVS 5.0, Stufe 2")
        terminalreporter.line(f"{proven} von {all_lines} Zeilen haben einen Test; ob er läuft, zeigt erst `make test`")
