"""Rules that a pattern can watch: each finds its bad sample and leaves its good one alone, and nothing in the hub.

The tools live in `.venv-security`, which `make security` makes; without it these tests are left out.
"""

import pytest

from tests.security.scanning import statics
from tests.security.scanning.tools import Unproved, program
from tests.support.requirements import missing


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "name", "step"),
    [
        ("semgrep", "semgrep", statics.semgrep),
        ("tools", "bandit", statics.bandit),
        ("tools", "cyclonedx-py", statics.parts),
    ],
    ids=["semgrep", "bandit", "parts"],
)
def test_scanner_proves_itself_and_finds_nothing_in_the_hub(environment, name, step):
    try:
        program(environment, name)
    except Unproved:
        missing("security", "Die Prüfprogramme sind nicht installiert: make security STEPS=bandit")
    result = step()
    assert result.is_good, [result.not_done, *result.findings]
