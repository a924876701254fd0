"""What journeys through a real browser share: a running hub, the example accounts signed in, a look at a page."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.support import axe
from tests.support.browser import scrolls_sideways
from tests.support.server import HubServer

WIDTHS = (1280, 390)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@contextmanager
def running(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[HubServer]:
    """A hub with the example content that runs meanwhile."""
    server = HubServer(folder, settings)
    server.prepare()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def first_links(server: HubServer) -> dict[str, str]:
    """The one-time links that the first run printed, by e-mail address."""
    return dict(re.findall(r"\((\S+@example\.org)\).*?:\n\s+(http\S+)", server.prepared))


def enter(page: Page, link: str) -> None:
    """Sign in by a one-time link."""
    page.goto(link)
    page.get_by_role("button", name="Anmelden").click()
    expect(page).to_have_url(re.compile(r"/$"))


def state_of(browser: Browser, server: HubServer, account: str) -> dict[str, Any]:
    """What the browser keeps of an example account that has signed in; ``account`` is what stands before the @."""
    context = browser.new_context(base_url=server.url)
    enter(context.new_page(), first_links(server)[f"{account}@example.org"])
    state = context.storage_state()
    context.close()
    return dict(state)


def open_as(new_page: Callable[..., Page], server: HubServer, state: Mapping[str, Any] | None, **how: Any) -> Page:
    """A window in which this account is signed in; without a state nobody is."""
    page = new_page(base_url=server.url, **how)
    if state is not None:
        page.context.add_cookies(state["cookies"])
    return page


def look_at(page: Page, name: str) -> None:
    """No fault, nothing beside the screen; a picture where somebody wants to see one."""
    assert axe.violations(page) == []
    assert not scrolls_sideways(page)
    if folder := os.environ.get("HUB_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
