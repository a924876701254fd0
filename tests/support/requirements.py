"""What a test may miss on a machine, and when missing it is a failure instead of a skip."""

import os
from typing import NoReturn

import pytest


def missing(name: str, sentence: str) -> NoReturn:
    """Skip with the sentence, or fail where HUB_TESTS_REQUIRE names the thing (as the CI run does)."""
    if name in os.environ.get("HUB_TESTS_REQUIRE", "").split(","):
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
