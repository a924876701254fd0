"""The demo page of the components in a real browser: contrast, names, width, icons, and what the script adds."""

from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from flask import Flask, Response, render_template
from playwright.sync_api import Page
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.axe import violations
from tests.support.browser import scrolls_sideways
from tests.web.test_components import Person, demo_data, page_data, small_app

pytestmark = pytest.mark.browser
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
OpenPage = Callable[..., Page]


class Quiet(WSGIRequestHandler):
    """Says nothing about requests."""

    def log_request(self, *_: object) -> None:
        return


def demo_app() -> Flask:
    """The demo page with the policy of the product, and a bookmark address that answers 204."""
    app = small_app()

    @app.after_request
    def add_policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    app.add_url_rule("/", "demo", lambda: render_template("demo.html", **page_data(actor=Person()), **demo_data()))
    app.add_url_rule("/b", "bookmark", lambda: ("", 204), methods=["POST"])
    return app


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, demo_app(), threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(address: str, new_page: OpenPage, width: int, dark: bool) -> None:
    page = new_page(width=width, dark=dark, base_url=address)
    page.goto("/")
    for menu in page.locator("summary:visible").all():
        menu.click()
    assert violations(page) == []


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_nothing_scrolls_sideways_on_the_narrowest_phone(address: str, new_page: OpenPage, javascript: bool) -> None:
    page = new_page(width=320, javascript=javascript, base_url=address)
    page.goto("/")
    assert not scrolls_sideways(page)


def test_icons_of_the_sprite_are_drawn(address: str, new_page: OpenPage) -> None:
    page = new_page(base_url=address)
    page.goto("/", wait_until="networkidle")
    box = page.locator(".tile__ico use").first.evaluate("use => use.getBBox().width")
    assert box > 5


def test_slash_jumps_to_the_search_and_escape_closes_a_menu(address: str, new_page: OpenPage) -> None:
    page = new_page(base_url=address)
    page.goto("/")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.locator("details.menu summary:visible").click()
    page.keyboard.press("Escape")
    assert page.locator("details.menu[open]").count() == 0


def test_bookmark_changes_in_place(address: str, new_page: OpenPage) -> None:
    page = new_page(base_url=address)
    page.goto("/")
    button = page.locator(".card .bookmark").first
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    page.locator('.card .bookmark[aria-pressed="false"]').wait_for()
    assert button.get_attribute("value") == "1"
    assert button.locator("use").get_attribute("href").endswith("#bookmark")


def test_bookmark_is_an_ordinary_form_without_script(address: str, new_page: OpenPage) -> None:
    page = new_page(javascript=False, base_url=address)
    page.goto("/")
    with page.expect_request("**/b") as sent:
        page.locator(".card .bookmark").first.click()
    assert sent.value.method == "POST" and "csrf_token=token" in sent.value.post_data


def test_focus_goes_to_the_list_of_errors(address: str, new_page: OpenPage) -> None:
    page = new_page(base_url=address)
    page.goto("/")
    assert page.evaluate("document.activeElement.id") == "fehler"


def test_filters_are_open_on_wide_screens_and_folded_on_phones(address: str, new_page: OpenPage) -> None:
    wide, narrow = new_page(width=1280, base_url=address), new_page(width=390, base_url=address)
    for page in (wide, narrow):
        page.goto("/")
    assert wide.locator(".facet").first.is_visible()
    assert not narrow.locator(".facet").first.is_visible()
