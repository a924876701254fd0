"""The browser of the tests looks at every page that it fetches."""

import pytest

from tests.support import html_lint
from tests.support.client import Visitor


def test_a_page_with_a_fault_is_no_answer(app, monkeypatch):
    seen = []

    def problems(page: str) -> list[str]:
        seen.append(page)
        return ["id 'twice' 2 times"]

    visitor = Visitor(app)
    assert visitor.get("/login").status_code == 200
    monkeypatch.setattr(html_lint, "problems", problems)
    with pytest.raises(AssertionError, match="twice"):
        visitor.get("/login")
    assert "<title>" in seen[0]


def test_what_came_compressed_or_is_no_page_is_not_looked_at(app, monkeypatch):
    monkeypatch.setattr(html_lint, "problems", lambda page: ["a fault"])
    visitor = Visitor(app)
    assert visitor.get("/healthz").status_code == 200
    packed = visitor.get("/login", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
