"""docs/gefahren.md: each threat (T1 to T46) and each fault (R1 to R28) with the files whose tests bear its number."""

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = [*(f"T{number}" for number in range(1, 47)), *(f"R{number}" for number in range(1, 29))]
LINE = re.compile(r"^\| ([TR]\d+) \| ([^|]+) \| ([^|]*) \|$", re.M)
NOT_BUILT = {"T9", "T35", "T36", "R21", "R22"}  # backups, feeds and digests are issues of their own


def files_by_number() -> dict[str, set[str]]:
    """The files of tests whose names bear a number, like ``test_t02_t04_bad_file``."""
    found = defaultdict(set)
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for letter, number in re.findall(r"_([tr])(\d\d)(?=_)", node.name):
                    found[f"{letter.upper()}{int(number)}"].add(str(path.relative_to(ROOT / "tests")))
    return found


def test_every_threat_and_fault_stands_in_the_document_with_its_tests():
    lines = LINE.findall((ROOT / "docs" / "gefahren.md").read_text(encoding="utf-8"))
    assert [number for number, _words, _files in lines] == NUMBERS
    told = {number: set(re.findall(r"`([^`]+)`", files)) for number, _words, files in lines}
    found = files_by_number()
    assert told == {number: found[number] for number in NUMBERS}
    assert {number for number, files in told.items() if not files} == NOT_BUILT
