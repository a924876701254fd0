"""A real Chromium for tests: no other host is reached, and nothing the browser complains about goes unseen."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect, sync_playwright

from tests.support.requirements import missing

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 20_000  # milliseconds until a page must show what is expected; long, as other tests run beside
expect.set_options(timeout=PATIENCE)
LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}
LOCAL_SCHEMES = {"data", "blob", "about", "chrome-error"}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@dataclass
class Watch:
    """What a browser window complained about; a test that expects a complaint takes it out of the list."""

    other_hosts: list[str] = field(default_factory=list)
    csp: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def note_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in LOCAL_SCHEMES and parts.hostname not in LOCAL_HOSTS:
            self.other_hosts.append(request.url)

    def note_console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        if "Content Security Policy" in message.text:
            self.csp.append(message.text)
        elif not message.text.startswith("Failed to load resource"):  # told with its address by note_response
            self.errors.append(message.text)

    def note_response(self, request: Request, status: int) -> None:
        """A page may answer 404 on purpose, through a service worker too; a picture, sheet or script may not."""
        if status >= 400 and not request.is_navigation_request() and request.service_worker is None:
            self.errors.append(f"{status} {request.url}")

    def complaints(self) -> list[str]:
        return [*self.other_hosts, *self.csp, *self.errors]


class Windows:
    """Opens browser windows and remembers what each of them complained about."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.watch = Watch()

    def open(self, width: int = 1280, dark: bool = False, javascript: bool = True, base_url: str | None = None) -> Page:
        """A window with a session of its own (no cookies yet); German, of the given width."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            base_url=base_url,
            locale="de-DE",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        context.on("request", self.watch.note_request)
        context.on("response", lambda response: self.watch.note_response(response.request, response.status))
        context.on("console", self.watch.note_console)
        context.on("weberror", lambda error: self.watch.errors.append(str(error.error)))
        self.contexts.append(context)
        return context.new_page()

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, started once."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        missing("browser", "Chromium ist nicht installiert: sudo apt install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def windows(browser: Browser) -> Iterator[Windows]:
    """Browser windows for one test; a complaint left in `windows.watch` fails it."""
    opened = Windows(browser)
    yield opened
    opened.close()
    assert opened.watch.complaints() == []


@pytest.fixture
def new_page(windows: Windows) -> Callable[..., Page]:
    """new_page(width=1280, dark=False, javascript=True, base_url=None) opens a window."""
    return windows.open


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def reload_until(page: Page, shown: Locator) -> None:
    """Load the page until it shows this; for what a page left behind still sends while the next one is open."""
    end = monotonic() + PATIENCE / 1000
    while not shown.count() and monotonic() < end:
        page.reload()
    expect(shown.first).to_be_visible()
