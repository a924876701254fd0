"""The hub of most journeys; a file whose tests share one, or need another, says so itself."""

import pytest

from tests.support.journeys import running


@pytest.fixture
def hub(tmp_path):
    """A hub of its own with the example content."""
    with running(tmp_path) as server:
        yield server
