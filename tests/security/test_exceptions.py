"""Every exception to a check is counted: a new one needs a reason, and this number raised on purpose."""

import re
from pathlib import Path

from flask import Flask

from hub.web import guard
from tests.security.scanning.statics import ACCEPTED

ROOT = Path(__file__).resolve().parents[2]
CODE = [*(ROOT / "hub").rglob("*.py"), *(ROOT / "deploy").glob("*.py"), ROOT / "config.py", ROOT / "wsgi.py"]
TESTS = [path for path in (ROOT / "tests").rglob("*.py") if path.name != Path(__file__).name]
# Marks that silence a security rule of ruff; each says its reason in the same line.
MOST_NOQA, MOST_SKIPS, MOST_BANDIT = 14, 2, 14


def lines_with(pattern: str, paths: list[Path]) -> list[str]:
    """Lines that match, with their place."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted(paths)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_no_scanner_is_silenced_in_the_code():
    assert lines_with(r"#\s*nosec|nosemgrep", CODE) == []


def test_exceptions_to_security_rules_of_style_do_not_grow():
    found = lines_with(r"noqa: S\d", CODE)
    assert len(found) <= MOST_NOQA, found


def test_places_that_bandit_may_object_to_do_not_grow():
    assert sum(ACCEPTED.values()) <= MOST_BANDIT


def test_skipped_tests_do_not_grow():
    found = lines_with(r"pytest\.(skip|importorskip|xfail)\(|mark\.(skip|skipif|xfail)\b", TESTS)
    assert len(found) <= MOST_SKIPS, found


def test_no_change_is_exempt_from_the_token(app: Flask):
    """The guard asks before every view and knows no list of exceptions."""
    assert guard.check_request in app.before_request_funcs[None]
    source = Path(guard.__file__).read_text(encoding="utf-8")
    assert source.count("is_own_form()") == 2  # its definition and its one use
    assert not lines_with(r"csrf_exempt|exempt\(|WTF_CSRF", CODE)
