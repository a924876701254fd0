"""The browser rig sees what it should: foreign requests, script errors, policy breaches and accessibility faults."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.axe import violations
from tests.support.browser import Windows, scrolls_sideways

pytestmark = pytest.mark.browser

GOOD = (
    '<!doctype html><html lang="de"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Gut</title></head>'
    "<body><main><h1>Gut</h1><p>Text</p>%s</main></body></html>"
)
PAGES = {
    "/good": GOOD % "",
    "/wide": GOOD % "<table><tr><td>" + "x" * 300 + "</td></tr></table>",
    "/unlabelled": GOOD % '<input name="q">',
    "/foreign": GOOD % '<img src="http://other.example/a.png" alt="">',
    "/number": GOOD % '<img src="http://192.0.2.1/a.png" alt="">',
    "/inline": GOOD % "<script>document.title = 'ran'</script>",
    "/broken": GOOD % '<script src="/throws.js"></script>',
    "/lost": GOOD % '<img src="/nowhere.png" alt="">',
    "/throws.js": "throw new Error('planted')",
}


class Site(BaseHTTPRequestHandler):
    """Answers the pages above under the hub's own policy."""

    def do_GET(self) -> None:
        page = PAGES.get(self.path)
        self.send_response(404 if page is None else 200)
        self.send_header("Content-Type", "text/javascript" if self.path.endswith(".js") else "text/html")
        self.send_header("Content-Security-Policy", "default-src 'none'; script-src 'self'; img-src *")
        self.end_headers()
        self.wfile.write((page or GOOD % "").encode())

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_good_page_raises_no_complaint(windows: Windows, site: str) -> None:
    page = windows.open(base_url=site, dark=True)
    page.goto("/good")
    assert violations(page) == []
    page.goto("/no-such-page")
    assert windows.watch.complaints() == []


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/foreign", "other_hosts", "other.example"),
        ("/number", "other_hosts", "192.0.2.1"),
        ("/inline", "csp", "Content Security Policy"),
        ("/broken", "errors", "planted"),
        ("/lost", "errors", "404"),
    ],
)
def test_a_complaint_is_noticed(windows: Windows, site: str, path: str, kind: str, words: str) -> None:
    page = windows.open(base_url=site)
    page.goto(path)
    complaints = getattr(windows.watch, kind)
    assert [words in complaint for complaint in complaints] == [True]
    complaints.clear()
    assert page.title() == "Gut"


def test_axe_finds_a_field_without_label(windows: Windows, site: str) -> None:
    page = windows.open(base_url=site, width=390)
    page.goto("/unlabelled")
    assert any(fault.startswith("label: ") for fault in violations(page))


def test_sideways_scrolling_is_seen(windows: Windows, site: str) -> None:
    page = windows.open(base_url=site, width=320)
    page.goto("/good")
    assert not scrolls_sideways(page)
    page.goto("/wide")
    assert scrolls_sideways(page)


def test_a_window_without_javascript_runs_none(windows: Windows, site: str) -> None:
    page = windows.open(base_url=site, javascript=False)
    page.goto("/broken")
    assert page.title() == "Gut"
