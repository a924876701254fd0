"""Suggestions in a real browser: by keyboard alone, by mouse, without script, and for screen readers."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support import axe
from tests.support.browser import scrolls_sideways
from tests.support.journeys import WIDTHS, open_as, running, state_of

pytestmark = pytest.mark.browser
SHOWN = "[role=listbox] [role=option]"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub with the example content."""
    with running(tmp_path_factory.mktemp("suggestions")) as server:
        yield server


@pytest.fixture(scope="module")
def state(hub, browser) -> dict:
    """The cookies of a signed-in member."""
    return state_of(browser, hub, "mitglied")


def big_field(page: Page):
    """The large search field of the start page."""
    return page.locator("main input[name=q]")


def type_into(page: Page, field, text: str) -> None:
    """Type as a person does and wait for the list."""
    field.focus()
    page.keyboard.type(text)
    expect(page.get_by_role("listbox", name="Vorschläge")).to_be_visible()


def active_text(page: Page, field) -> str:
    """The option that the field points to, which must be the one shown as chosen."""
    name = field.get_attribute("aria-activedescendant")
    if not name:
        assert page.locator(f"{SHOWN}[aria-selected=true]").count() == 0
        return ""
    assert page.locator(f"{SHOWN}[aria-selected=true]").get_attribute("id") == name
    return page.locator(f"#{name} > span").first.inner_text()


def test_arrow_down_and_enter_open_an_entry(hub, state, new_page):
    page = open_as(new_page, hub, state)
    page.goto("/")
    field = big_field(page)
    expect(field).to_have_role("combobox")
    expect(field).to_have_attribute("aria-expanded", "false")
    type_into(page, field, "bahn")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator(f"#{field.get_attribute('aria-controls')}")).to_have_role("listbox")
    count = page.locator(SHOWN).count()
    expect(page.locator("main .search [aria-live=polite]")).to_have_text(
        f"{count} {'Vorschlag' if count == 1 else 'Vorschläge'}"
    )
    entry = page.get_by_role("group", name="Direkt öffnen").get_by_role("option").first
    title = entry.locator("span").first.inner_text()
    for _ in range(count):
        page.keyboard.press("ArrowDown")
        if active_text(page, field) == title and entry.get_attribute("aria-selected") == "true":
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/entries/\d+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_keys_move_through_the_list_and_back_to_the_text(hub, state, new_page):
    page = open_as(new_page, hub, state)
    page.goto("/")
    field = big_field(page)
    type_into(page, field, "be")
    texts = [text.inner_text() for text in page.locator(f"{SHOWN} > span:first-of-type").all()]
    assert len(texts) > 2
    seen = []
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "End", "ArrowDown", "ArrowUp", "Home", "ArrowUp"):
        page.keyboard.press(key)
        seen.append(active_text(page, field))
    assert seen == [texts[0], texts[1], texts[0], texts[-1], "", texts[-1], texts[0], ""]
    expect(field).to_be_focused()
    expect(field).to_have_value("be")


def test_escape_closes_the_list_and_keeps_the_text(hub, state, new_page):
    page = open_as(new_page, hub, state)
    page.goto("/")
    field = big_field(page)
    type_into(page, field, "bahn")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))
    expect(field).to_have_value("bahn")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_enter_without_a_choice_searches_for_what_was_typed(hub, state, new_page):
    page = open_as(new_page, hub, state)
    page.goto("/")
    type_into(page, big_field(page), "bahn")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=bahn$"))


def test_a_chosen_word_is_searched_for_as_if_typed(hub, state, new_page):
    page = open_as(new_page, hub, state)
    page.goto("/search?sort=newest")
    field = page.locator("main input[type=search][name=q]")
    type_into(page, field, "bahn")
    word = page.get_by_role("group", name="Suchen nach").get_by_role("option").first
    text = word.get_attribute("data-value") or ""
    word.click()
    expect(field).to_have_value(text)
    assert "q=" in page.url and "sort=newest" in page.url


def test_the_field_in_the_head_offers_too_and_a_click_opens(hub, state, new_page):
    page = open_as(new_page, hub, state)
    page.goto("/collections")
    type_into(page, page.locator("#kopfsuche"), "bahnhof")
    page.get_by_role("group", name="Sammlungen").get_by_role("option").first.click()
    expect(page).to_have_url(re.compile(r"/collections/bahnhofsviertel$"))


def test_too_short_a_text_closes_the_list(hub, state, new_page):
    page = open_as(new_page, hub, state)
    page.goto("/")
    type_into(page, big_field(page), "be")
    page.keyboard.press("Backspace")
    expect(page.get_by_role("listbox")).to_have_count(0)


def test_an_ended_session_shows_no_list(hub, state, new_page):
    page = open_as(new_page, hub, state)
    page.goto("/")
    page.context.clear_cookies()
    field = big_field(page)
    field.focus()
    with page.expect_request(re.compile("/search/suggest")):
        page.keyboard.type("bahn")
    page.wait_for_timeout(300)
    expect(page.get_by_role("option")).to_have_count(0)
    expect(field).to_have_attribute("aria-expanded", "false")


def test_without_script_the_field_is_a_plain_form(hub, state, new_page):
    page = open_as(new_page, hub, state, javascript=False)
    page.goto("/")
    field = big_field(page)
    expect(field).not_to_have_attribute("role", re.compile("."))
    field.fill("bahn")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=bahn$"))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_with_the_list_open(hub, state, new_page, width, dark):
    page = open_as(new_page, hub, state, width=width, dark=dark)
    page.goto("/")
    type_into(page, big_field(page), "bahn")
    page.keyboard.press("ArrowDown")
    assert axe.violations(page) == []
    assert not scrolls_sideways(page)


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_with_the_list_in_the_head_open(hub, state, new_page, dark):
    page = open_as(new_page, hub, state, dark=dark)
    page.goto("/collections")
    type_into(page, page.locator("#kopfsuche"), "bahn")
    page.keyboard.press("ArrowDown")
    assert axe.violations(page) == []
