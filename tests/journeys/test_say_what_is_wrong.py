"""A member proposes a change and reports a fault, the office deals with both, the member reads the thanks."""

import re

import pytest
from playwright.sync_api import expect

from tests.support import axe
from tests.support.journeys import enter, first_links

pytestmark = pytest.mark.browser
ENTRY = "/entries/79"


@pytest.mark.parametrize("javascript", [True, False])
def test_member_reports_office_accepts_member_reads_the_thanks(hub, new_page, javascript):
    links = first_links(hub)
    member = new_page(base_url=hub.url, javascript=javascript)
    enter(member, links["mitglied@example.org"])
    member.goto(ENTRY)
    member.get_by_role("link", name="Änderung vorschlagen").click()
    member.get_by_label("Titel").fill("Sichere Räume am Quarzplatz")
    member.get_by_label("Warum?").fill("So heißt es seit dem Frühjahr.")
    member.get_by_role("button", name="Vorschlag senden").click()
    expect(member.get_by_text("Danke. Die Geschäftsstelle schaut es sich an")).to_be_visible()
    member.get_by_role("link", name="Veraltet oder Fehler melden").click()
    member.get_by_label("Der Inhalt ist veraltet").check()
    member.get_by_role("button", name="Melden").click()
    expect(member.get_by_text("Danke. Die Geschäftsstelle schaut es sich an")).to_be_visible()

    office = new_page(base_url=hub.url, javascript=javascript)
    enter(office, links["redaktion@example.org"])
    expect(office.get_by_role("navigation").get_by_role("link", name=re.compile("^Pult 2")).first).to_be_visible()
    office.goto("/moderation")
    office.get_by_role("link", name=re.compile("Meldungen")).first.click()
    expect(office.locator("ins").first).to_contain_text("Quarzplatz")
    if javascript:
        assert axe.violations(office) == []
    office.locator("#answer-1").fill("Gut gesehen.")
    office.get_by_role("button", name=re.compile("^Übernehmen")).click()
    expect(office.get_by_text("Der Vorschlag ist übernommen.")).to_be_visible()
    office.get_by_role("button", name="Rückgängig machen").click()
    expect(office.get_by_text("Die Meldung ist wieder offen.")).to_be_visible()
    office.locator("#answer-1").fill("Gut gesehen.")
    office.get_by_role("button", name=re.compile("^Übernehmen")).click()
    office.get_by_role("button", name=re.compile("^Erledigt")).click()
    expect(office.get_by_text("Keine Meldung wartet.")).to_be_visible()

    member.goto("/search?q=Quarzplatz")
    expect(member.get_by_role("link", name="Sichere Räume am Quarzplatz")).to_be_visible()
    member.goto("/")
    expect(member.get_by_text("Danke für Ihren Vorschlag. Der Vorschlag ist übernommen.")).to_be_visible()
    expect(member.get_by_text("Gut gesehen.")).to_be_visible()
    if javascript:
        assert axe.violations(member) == []
    for _ in range(2):
        member.get_by_role("button", name=re.compile("^Gelesen")).first.click()
    expect(member.get_by_text("Danke für Ihren")).to_have_count(0)
