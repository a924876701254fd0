"""A board with more than 40 entries is put into another order by buttons alone, and by dragging; members see it."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.support import axe
from tests.support.journeys import enter, first_links

pytestmark = pytest.mark.browser
BOARD = "/collections-manage/steuerung/board"
FOCUSED = "document.activeElement.getAttribute('aria-label')"


def parts(page: Page) -> dict[str, list[str]]:
    """Titles by section, as the office sees them."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('.sorting__part')].map(part => [
            part.querySelector('h2').innerText,
            [...part.querySelectorAll('.sorting__what > a')].map(link => link.innerText)]))"""
    )


def press(page: Page, name: str, title: str) -> None:
    """Press the button by key; it keeps the focus and the move is told."""
    label = json.dumps(f"{name}: {title}", ensure_ascii=False)
    # By its label alone: to work out the roles of 250 buttons each time takes longer than the move.
    page.locator(f"button[aria-label={label}], button[aria-label^={label[:-1]},\"]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main .flashes").first).to_contain_text(title)
    page.wait_for_function(f"{FOCUSED}?.startsWith({name + ': ' + title!r})")


def test_forty_entries_are_arranged_by_buttons_alone(hub, new_page):
    links = first_links(hub)
    office, member = new_page(base_url=hub.url), new_page(base_url=hub.url, javascript=False)
    enter(office, links["redaktion@example.org"])
    office.goto(BOARD)
    before = parts(office)
    assert sum(map(len, before.values())) >= 40
    for titles in before.values():
        for title in titles[1:]:
            press(office, "An den Anfang", title)
    expect(office.locator("[data-status]")).to_contain_text("auf Platz 1 von")
    wanted = {section: titles[::-1] for section, titles in before.items()}
    assert parts(office) == wanted

    section, other = "Organisation und Präventionsräte", "Analysen und Befragungen"
    titles = wanted[section]
    press(office, "Nach unten", titles[0])
    press(office, "Nach oben", titles[2])
    wanted[section] = [titles[1], titles[2], titles[0], *titles[3:]]
    assert parts(office) == wanted
    press(office, "Anheften", titles[-1])
    wanted[section] = [titles[-1], *wanted[section][:-1]]
    moved = wanted[section].pop(3)
    office.get_by_role("link", name=f"Verschieben nach … {moved}").click()
    office.get_by_label("Wohin?").select_option(label=other)
    office.get_by_role("button", name="Hierhin verschieben").click()
    wanted[other] = [moved, *wanted[other]]
    expect(office.locator("[autofocus]")).to_be_focused()
    assert parts(office) == wanted
    assert axe.violations(office) == []

    press(office, "Nach unten", wanted[section][2])
    office.get_by_role("button", name="Rückgängig machen").click()
    expect(office.locator("main .flashes").first).to_contain_text("Rückgängig gemacht")
    assert parts(office) == wanted

    rows = office.locator(".sorting__part", has=office.get_by_role("heading", name=section)).locator("[data-entry]")
    rows.nth(3).drag_to(rows.nth(1), target_position={"x": 60, "y": 3})
    wanted[section].insert(1, wanted[section].pop(3))
    expect(office.locator("main .flashes").first).to_contain_text(wanted[section][1])
    assert parts(office) == wanted

    enter(member, links["mitglied@example.org"])
    member.goto("/collections/steuerung")
    column = member.locator(".board__col", has=member.get_by_role("heading", name=section))
    assert column.locator("h3 > a").all_inner_texts() == wanted[section][:8]
    expect(column.get_by_text("Angeheftet")).to_have_count(1)
