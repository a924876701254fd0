"""A form that saves itself: typed on one machine, gone on with on another, and quiet about it."""

import re

import pytest
from playwright.sync_api import expect

from tests.support import axe
from tests.support.browser import reload_until, scrolls_sideways
from tests.support.journeys import open_as, running, state_of

pytestmark = pytest.mark.browser
SAVED = re.compile(r"Gespeichert um \d\d:\d\d")


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub with example content."""
    with running(tmp_path_factory.mktemp("autosave")) as server:
        yield server


@pytest.fixture(scope="module")
def state(hub, browser) -> dict:
    """The session of the example member."""
    return state_of(browser, hub, "mitglied")


def test_a_form_saves_itself_and_goes_on_elsewhere(hub, state, new_page):
    first = open_as(new_page, hub, state)
    first.goto("/entries/new")
    first.get_by_label("Titel").fill("Halb geschrieben")
    expect(first.locator("[data-autosave=shown]")).to_have_text(SAVED)
    expect(first.locator("[data-autosave=said]")).to_have_text(SAVED)

    second = open_as(new_page, hub, state, width=390)
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


def test_leaving_the_page_saves_what_the_pause_had_not(hub, state, new_page):
    page = open_as(new_page, hub, state)
    page.goto("/entries/new")
    page.get_by_label("Titel").fill("Schnell weg")
    page.goto("/account/entries")
    reload_until(page, page.get_by_role("link", name="Schnell weg"))
    page.get_by_role("button", name="Verwerfen").first.click()
    page.get_by_role("button", name="Rückgängig machen").click()
    expect(page.get_by_role("link", name="Schnell weg").first).to_be_visible()
    page.get_by_role("button", name="Verwerfen").first.click()


def test_two_tabs_on_one_form_keep_both(hub, state, new_page, windows):
    first = open_as(new_page, hub, state)
    first.goto("/entries/new")
    first.get_by_label("Titel").fill("Erster Stand")
    expect(first.locator("[data-autosave=shown]")).to_have_text(SAVED)
    second = open_as(new_page, hub, state)
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
