"""The office tidies keywords in a real browser: renames one by keyboard, makes two one on a phone, takes it back."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.support.journeys import look_at, open_as, running, state_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub with the example content; each test tidies other keywords."""
    with running(tmp_path_factory.mktemp("keywords")) as server:
        yield server


@pytest.fixture(scope="module")
def state(hub, browser) -> dict:
    """The cookies of the signed-in office."""
    return state_of(browser, hub, "redaktion")


def rows_of(page: Page) -> list[str]:
    """The keywords of the list as it stands."""
    return page.locator("tbody th").all_inner_texts()


def test_a_keyword_is_renamed_by_keyboard_and_old_addresses_go_on(hub, state, new_page):
    office = open_as(new_page, hub, state)
    office.goto("/tags")
    look_at(office, "schlagwoerter-1280")
    old = rows_of(office)[0]
    office.get_by_role("link", name=old, exact=True).first.focus()
    office.keyboard.press("Enter")
    expect(office.get_by_role("heading", level=1)).to_have_text(f"Schlagwort „{old}“")
    look_at(office, "schlagwort-1280")
    office.get_by_label("Name", exact=True).focus()
    office.keyboard.press("Control+A")
    office.keyboard.type("Umgetauft")
    office.keyboard.press("Enter")
    expect(office.get_by_text("Das Schlagwort heißt jetzt „Umgetauft“, auch in den Einträgen.")).to_be_visible()
    expect(office.locator("#schreibweisen ~ ul")).to_contain_text(old)
    office.goto(f"/search?tag={quote(old)}")
    expect(office.locator("main")).to_contain_text("Umgetauft")
    assert office.locator('a[href^="/entries/"]').count()
    office.goto("/undo")
    office.get_by_role("button", name=re.compile("Rückgängig machen")).first.click()
    expect(office.get_by_text(re.compile("Rückgängig gemacht")).first).to_be_visible()
    office.goto("/tags")
    assert old in rows_of(office) and "Umgetauft" not in rows_of(office)


@pytest.mark.parametrize("javascript", [True, False])
def test_two_keywords_are_made_one_on_a_phone_and_taken_back(hub, state, new_page, javascript):
    office = open_as(new_page, hub, state, width=390, javascript=javascript)
    office.goto("/tags")
    before = rows_of(office)
    gone, kept = before[1], before[2]
    office.get_by_role("checkbox", name=f"Auswählen: {gone}", exact=True).check()
    if javascript:
        expect(office.get_by_text("1 ausgewählt")).to_be_visible()
    office.get_by_label("Dieses Schlagwort bleibt").fill(kept)
    office.get_by_role("button", name="Zusammenführen", exact=True).click()
    expect(office.get_by_text(re.compile(r"^Zusammengeführt\."))).to_be_visible()
    assert gone not in rows_of(office)
    if javascript:
        look_at(office, "schlagwoerter-zusammen-390")
    office.get_by_role("button", name="Rückgängig machen").click()
    expect(office.get_by_text(re.compile("Rückgängig gemacht")).first).to_be_visible()
    office.goto("/tags")
    assert rows_of(office) == before
