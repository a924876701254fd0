"""docs/asvs.csv: every line that applies has tests that exist and assert something, or a reason why not."""

import ast
import re
from collections import Counter

import pytest

from tests.support import asvs
from tests.support.asvs import ROOT, Results, applicable, exists, find_tests, ledger, named_tests

LEAST_PROVEN = 190


def test_the_ledger_holds_all_lines_once():
    assert len({line.number for line in ledger()}) == len(ledger()) == 253
    assert Counter(line.applies for line in ledger()) == {"yes": 189, "with single sign-on": 17, "no": 47}
    assert all(line.requirement for line in ledger())
    assert not [line.number for line in ledger() if line.applies == "no" and (line.tests or line.waived)]


def test_every_applicable_line_has_tests_or_a_reason():
    assert [line.number for line in applicable() if bool(line.tests) == bool(line.waived)] == []
    assert [line.number for line in applicable() if line.waived and len(line.waived) < 30] == []


def test_named_tests_exist_and_belong_to_make_test():
    assert sorted(test for test in named_tests() if not exists(test)) == []


def test_named_tests_assert_something():
    """A test that only calls something proves nothing; helpers that assert are called so."""
    checks = re.compile(r"assert|raises|refuse|expect|leads_to|check|every_|all_|works|wait_for")
    for test in named_tests():
        file, _two, name = test.partition("::")
        node = find_tests(ROOT / file)[name]
        called = [ast.unparse(one.func) for one in ast.walk(node) if isinstance(one, ast.Call)]
        asserts = any(isinstance(one, ast.Assert) for one in ast.walk(node))
        assert asserts or any(map(checks.search, called)), test


def test_enough_lines_are_proven():
    proven, all_lines = asvs.score(set(filter(exists, named_tests())))
    assert all_lines == 206
    assert proven >= LEAST_PROVEN


def test_results_count_only_what_ran():
    results = Results({"a.py::test_one", "a.py::test_two", "a.py::test_three", "a.py::test_four"})
    results.note("a.py::test_one[x]@group", "call", "passed")
    results.note("a.py::test_one[postgres-x]", "setup", "skipped")
    results.note("a.py::test_two[x]", "call", "passed")
    results.note("a.py::test_two[y]", "setup", "skipped")
    results.note("a.py::test_three", "call", "failed")
    results.note("b.py::test_other", "call", "passed")
    assert results.proven() == {"a.py::test_one"}
    assert results.faults() == ["a.py::test_four: lief nicht", "a.py::test_two: ausgelassen"]


@pytest.mark.parametrize(("tests", "waived", "counts"), [("t", "", 1), ("t u", "", 0), ("t", "Grund", 0), ("", "", 0)])
def test_the_score_counts_lines_with_all_of_their_tests(monkeypatch, tests, waived, counts):
    line = asvs.Line("1.1.1", "2", "", "yes", "words", "", tuple(tests.split()), waived)
    foreign = asvs.Line("1.1.2", "2", "", "no", "words", "", ("t",), "")
    monkeypatch.setattr(asvs, "ledger", lambda: (line, foreign))
    assert asvs.score({"t"}) == (counts, 1)
