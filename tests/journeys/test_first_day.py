"""The first day in a real browser against the real server: contribute, approve, find."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.journeys import PDF, enter, first_links

pytestmark = pytest.mark.browser


def test_member_adds_office_approves_member_finds(hub, new_page):
    links = first_links(hub)
    member = new_page(base_url=hub.url)
    enter(member, links["mitglied@example.org"])

    member.goto("/collections/bahnhofsviertel")
    member.get_by_role("link", name="Eintrag hinzufügen").first.click()
    member.get_by_label("Link", exact=True).fill("https://www.defus.de/quarzlicht")
    member.get_by_label("Titel").fill("Quarzlicht am Vorplatz")
    member.get_by_role("button", name="Zur Freigabe einreichen").click()
    expect(member.get_by_text("Wartet auf Freigabe").first).to_be_visible()

    member.goto("/entries/new?collection=klimawandel")
    member.get_by_label("Titel").fill("Hitzekarte als Granitplan")
    member.locator("#files").set_input_files({"name": "granitplan.pdf", "mimeType": "application/pdf", "buffer": PDF})
    member.get_by_role("button", name="Zur Freigabe einreichen").click()
    expect(member.get_by_text("Wartet auf Freigabe").first).to_be_visible()
    expect(member.get_by_text("granitplan.pdf").first).to_be_visible()

    member.goto("/search?q=Quarzlicht")
    expect(member.get_by_text("wartenden Einträge").first).to_be_visible()

    office = new_page(base_url=hub.url)
    enter(office, links["redaktion@example.org"])
    office.goto("/search?q=Quarzlicht")
    expect(office.get_by_role("link", name="Quarzlicht am Vorplatz")).to_have_count(0)
    office.get_by_role("link", name=re.compile("^Pult")).first.click()
    for _ in range(2):
        office.get_by_role("button", name=re.compile("^Freigeben")).first.click()
        expect(office.get_by_role("button", name="Rückgängig machen").first).to_be_visible()
    expect(office.get_by_text("Der Eingang ist leer.").first).to_be_visible()

    for word, title in (("Quarzlicht", "Quarzlicht am Vorplatz"), ("Granitplan", "Hitzekarte als Granitplan")):
        member.goto(f"/search?q={word}")
        expect(member.get_by_role("link", name=title)).to_be_visible()
        expect(member.get_by_text("wartenden Einträge")).to_have_count(0)


def test_first_administrator_sets_a_password(hub, new_page):
    page = new_page(base_url=hub.url)
    page.goto(first_links(hub)["admin@example.org"])
    for field in page.locator("input[type=password]").all():
        field.fill("vier Laternen und ein Kiosk")
    page.locator("main button[type=submit], main button:not([type])").last.click()
    expect(page).to_have_url(re.compile(r"/$"))
    other = new_page(base_url=hub.url)
    other.goto("/login")
    other.get_by_label("E-Mail-Adresse").fill("admin@example.org")
    other.get_by_label("Passwort", exact=True).fill("vier Laternen und ein Kiosk")
    other.get_by_role("button", name="Anmelden").click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("Was möchten Sie")
