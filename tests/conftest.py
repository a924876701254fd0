"""Fixtures for every test; the helpers themselves live in tests/support."""

pytest_plugins = [
    "tests.support.postgres",
    "tests.support.server",
    "tests.support.browser",
]
