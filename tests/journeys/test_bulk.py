"""The office picks rows of the table, sees what changes, applies it and takes it back; then all entries at once."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.journeys import enter, first_links, look_at

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width, javascript", [(1280, True), (390, True), (390, False)])
def test_office_changes_many_entries_and_takes_it_back(hub, new_page, width, javascript):
    office = new_page(base_url=hub.url, javascript=javascript)
    office.set_viewport_size({"width": width, "height": 900})
    enter(office, first_links(hub)["redaktion@example.org"])
    office.goto("/bulk")
    office.get_by_label("Art", exact=True).first.select_option("methode")
    office.get_by_role("button", name="Filtern").click()
    expect(office).to_have_url(re.compile("kind=methode"))
    rows = office.locator("tbody tr")
    titles = rows.locator("th").all_inner_texts()
    for number in (0, 1):
        rows.nth(number).get_by_role("checkbox").check()
    if javascript:
        expect(office.get_by_text("2 ausgewählt")).to_be_visible()
        look_at(office, f"tabelle-{width}")
    office.get_by_label("Schlagwörter hinzufügen").fill("Quarzprobe")
    office.get_by_role("button", name="Vorschau ansehen").click()
    expect(office.get_by_text("2 Einträge ändern sich.")).to_be_visible()
    expect(office.locator("ins").first).to_contain_text("Quarzprobe")
    if javascript:
        look_at(office, f"vorschau-{width}")
    office.get_by_role("button", name="2 Einträge ändern").click()
    expect(office).to_have_url(re.compile(r"/bulk\?.*kind=methode"))
    expect(office.get_by_text("2 Einträge geändert.")).to_be_visible()
    expect(rows.filter(has_text="Quarzprobe")).to_have_count(2)
    office.get_by_role("button", name="Rückgängig machen").click()
    expect(office.get_by_text("Rückgängig gemacht: 2 Einträge geändert: Schlagwörter (2).")).to_be_visible()
    assert rows.locator("th").all_inner_texts() == titles
    expect(rows.filter(has_text="Quarzprobe")).to_have_count(0)

    office.goto("/bulk")
    office.get_by_label(re.compile("^Alle .* Einträge der Auswahl")).check()
    office.get_by_label("Schlagwörter hinzufügen").fill("Alles auf einmal")
    office.get_by_role("button", name="Vorschau ansehen").click()
    office.get_by_role("button", name=re.compile(r"^\d+ Einträge ändern")).click()
    expect(office.get_by_role("heading", name="Ergebnis")).to_be_visible(timeout=60_000)
    expect(office.get_by_text(re.compile(r"^1\d\d Einträge geändert\."))).to_be_visible()
    if javascript:
        look_at(office, f"ergebnis-{width}")
    office.get_by_role("button", name="Rückgängig machen").click()
    expect(office.get_by_text(re.compile(r"Rückgängig gemacht: 1\d\d Einträge geändert"))).to_be_visible()
    if javascript:
        office.goto("/undo")
        look_at(office, f"rueckgaengig-{width}")
