"""What a first and a repeat visit of the start page load in a real browser, counted on the wire with headers."""

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
SETTLE_MS = 500


@dataclass(frozen=True, slots=True)
class View:
    """Requests that went over the wire and kilobytes by sort of content (document, stylesheet, script, font, image)."""

    requests: int
    kilobytes: Mapping[str, float]
    other_hosts: int

    @property
    def total(self) -> float:
        """Without pictures of entries; the page's own icons count."""
        return sum(size for sort, size in self.kilobytes.items() if sort != "thumbnail")


class _Wire:
    """Listens to what the browser says about each request."""

    def __init__(self, host: str) -> None:
        self._host = host
        self.requests: dict[str, dict] = {}

    def sent(self, event: dict) -> None:
        address = urlsplit(event["request"]["url"])
        if address.scheme in ("http", "https"):
            sort = "thumbnail" if "/thumbnails/" in address.path else str(event.get("type", "Other")).lower()
            is_other = address.netloc != self._host
            self.requests[event["requestId"]] = {"sort": sort, "bytes": 0, "is_kept": False, "is_other": is_other}

    def from_memory(self, event: dict) -> None:
        self._note(event, is_kept=True)

    def received(self, event: dict) -> None:
        if event["response"].get("fromDiskCache"):
            self._note(event, is_kept=True)

    def finished(self, event: dict) -> None:
        self._note(event, bytes=event["encodedDataLength"])

    def _note(self, event: dict, **facts: object) -> None:
        if event["requestId"] in self.requests:
            self.requests[event["requestId"]].update(facts)

    def view(self) -> View:
        moved = [request for request in self.requests.values() if not request["is_kept"]]
        sizes: Counter[str] = Counter()
        for request in moved:
            sizes[request["sort"]] += request["bytes"]
        return View(len(moved), {sort: size / 1024 for sort, size in sizes.items()}, sum(r["is_other"] for r in moved))


def first_and_repeat(base: str, path: str, cookies: Mapping[str, str]) -> tuple[View, View] | None:
    """The two visits by a signed-in person with an empty browser; None where there is no Chromium."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
        context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
        page = context.new_page()
        listener = context.new_cdp_session(page)
        listener.send("Network.enable")
        views = []
        for _ in range(2):
            wire = _Wire(urlsplit(base).netloc)
            handlers = {
                "Network.requestWillBeSent": wire.sent,
                "Network.requestServedFromCache": wire.from_memory,
                "Network.responseReceived": wire.received,
                "Network.loadingFinished": wire.finished,
            }
            for name, handler in handlers.items():
                listener.on(name, handler)
            page.goto(base + path, wait_until="load")
            page.wait_for_timeout(SETTLE_MS)
            for name, handler in handlers.items():
                listener.remove_listener(name, handler)
            views.append(wire.view())
            page.goto("about:blank")
        browser.close()
    return views[0], views[1]
