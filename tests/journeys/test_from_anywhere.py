"""The bookmarklet on a foreign page, and the installed app without a network, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.journeys import enter, first_links, running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with running(tmp_path_factory.mktemp("anywhere")) as server:
        yield server


@pytest.fixture
def member(hub, new_page):
    page = new_page(base_url=hub.url)
    enter(page, first_links(hub)["mitglied@example.org"])
    return page


def test_bookmarklet_and_offline_notice(hub, member, windows):
    page = member
    page.goto("/entries/from-anywhere")
    link = page.get_by_role("link", name="In den Wissensspeicher")
    expect(link).to_be_visible()
    link.click()
    expect(page.get_by_role("status").filter(has_text="Lesezeichenleiste")).to_be_visible()
    code = page.get_by_label("Text für die Adresse des Lesezeichens").input_value()
    assert link.get_attribute("href") == code

    page.wait_for_function("() => navigator.serviceWorker.ready.then(() => true)")
    kept = page.evaluate("caches.keys().then(names => caches.open(names[0])).then(c => c.keys())"
                         ".then(all => all.map(one => new URL(one.url).pathname))")  # fmt: skip
    assert "/offline" in kept and all(path == "/offline" or path.startswith("/static/") for path in kept)
    page.context.set_offline(True)
    page.goto("/bookmarks")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gerade keine Verbindung")
    page.context.set_offline(False)
    windows.watch.errors.clear()
    page.goto("/bookmarks")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Merkliste"))

    # The code runs as a bookmark runs: on a page of somebody else (about:blank stands for it).
    page.goto("about:blank")
    page.evaluate("document.title = 'Fremde Seite'; document.body.textContent = 'Markierter Satz';"
                  "getSelection().selectAllChildren(document.body)")  # fmt: skip
    with page.context.expect_page() as opened:
        page.evaluate(code.removeprefix("javascript:"))
    form = opened.value
    form.wait_for_load_state()
    expect(form.get_by_label("Titel")).to_have_value("Fremde Seite")
    expect(form.locator("[name=summary]")).to_have_value("Markierter Satz")
