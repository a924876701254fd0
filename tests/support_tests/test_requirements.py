"""A missing browser or database skips on a small machine and fails where everything is required."""

import pytest

from tests.support.requirements import missing


@pytest.mark.parametrize("required", ["", "postgres"])
def test_what_is_not_required_is_skipped(monkeypatch: pytest.MonkeyPatch, required: str) -> None:
    monkeypatch.setenv("HUB_TESTS_REQUIRE", required)
    with pytest.raises(pytest.skip.Exception, match="Chromium fehlt"):
        missing("browser", "Chromium fehlt")


def test_what_is_required_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_TESTS_REQUIRE", "browser,postgres")
    with pytest.raises(pytest.fail.Exception, match="Chromium fehlt"):
        missing("browser", "Chromium fehlt")
