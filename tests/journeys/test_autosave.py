"""A form that saves itself: typed on one machine, gone on with on another, and quiet about it."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_first_day import enter, first_links
from tests.support import axe
from tests.support.browser import reload_until, scrolls_sideways
from tests.support.server import HubServer

pytestmark = pytest.mark.browser
SAVED = re.compile(r"Gespeichert um \d\d:\d\d")


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub with example content."""
    server = HubServer(tmp_path_factory.mktemp("autosave"))
    server.prepare()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def cookies(hub, browser):
    """The session of the example member."""
    context = browser.new_context(base_url=hub.url)
    enter(context.new_page(), next(link for mail, link in first_links(hub).items() if mail.startswith("mitglied")))
    kept = context.cookies()
    context.close()
    return kept


def machine(new_page, hub, cookies, **how):
    page = new_page(base_url=hub.url, **how)
    page.context.add_cookies(cookies)
    return page


def test_a_form_saves_itself_and_goes_on_elsewhere(hub, cookies, new_page):
    first = machine(new_page, hub, cookies)
    first.goto("/entries/new")
    first.get_by_label("Titel").fill("Halb geschrieben")
    expect(first.locator("[data-autosave=shown]")).to_have_text(SAVED)
    expect(first.locator("[data-autosave=said]")).to_have_text(SAVED)

    second = machine(new_page, hub, cookies, width=390)
    second.goto("/account/entries")
    assert axe.violations(second) == [] and not scrolls_sideways(second)
    second.goto("/entries/new")
    assert axe.violations(second) == [] and not scrolls_sideways(second)
    second.get_by_role("link", name="Weiterschreiben").click()
    expect(second.get_by_label("Titel")).to_have_value("Halb geschrieben")
    second.locator("select[name=collections]").select_option("klimawandel")
    second.locator("input[name=url]").fill("https://example.org/weiter")
    expect(second.locator("[data-autosave=shown]")).to_have_text(SAVED)
    second.get_by_role("button", name="Zur Freigabe einreichen").last.click()
    expect(second).to_have_url(re.compile(r"/entries/\d+$"))
    second.goto("/account/entries")
    expect(second.get_by_text("Angefangen")).to_have_count(0)


def test_leaving_the_page_saves_what_the_pause_had_not(hub, cookies, new_page):
    page = machine(new_page, hub, cookies)
    page.goto("/entries/new")
    page.get_by_label("Titel").fill("Schnell weg")
    page.goto("/account/entries")
    reload_until(page, page.get_by_role("link", name="Schnell weg"))
    page.get_by_role("button", name="Verwerfen").first.click()
    page.get_by_role("button", name="Rückgängig machen").click()
    expect(page.get_by_role("link", name="Schnell weg").first).to_be_visible()
    page.get_by_role("button", name="Verwerfen").first.click()


def test_two_tabs_on_one_form_keep_both(hub, cookies, new_page, windows):
    first = machine(new_page, hub, cookies)
    first.goto("/entries/new")
    first.get_by_label("Titel").fill("Erster Stand")
    expect(first.locator("[data-autosave=shown]")).to_have_text(SAVED)
    second = machine(new_page, hub, cookies)
    second.goto("/entries/new")
    second.get_by_role("link", name="Weiterschreiben : Erster Stand").click()
    second.get_by_label("Titel").fill("Im zweiten Fenster")
    expect(second.locator("[data-autosave=shown]")).to_have_text(SAVED)
    with first.expect_response(lambda answer: answer.url.endswith("/entries/saved") and answer.status == 200):
        first.get_by_label("Titel").fill("Im ersten Fenster")
    second.goto("/account/entries")
    expect(second.get_by_role("link", name="Im zweiten Fenster").first).to_be_visible()
    expect(second.get_by_role("link", name="Im ersten Fenster").first).to_be_visible()
    windows.watch.errors.remove(f"409 {hub.url}/entries/saved")
