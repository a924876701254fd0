"""An empty search becomes a question to all; another city answers with a new entry; the same search finds it."""

import re

import pytest
from playwright.sync_api import expect

from tests.support import axe
from tests.support.journeys import enter, first_links, running

pytestmark = pytest.mark.browser
LETTERS = {"HUB_MAIL_URL": "smtp://127.0.0.1:9", "HUB_MAIL_FROM": "hub@example.org"}  # nobody listens there


@pytest.fixture
def hub(tmp_path):
    """A hub of its own that writes letters."""
    with running(tmp_path, LETTERS) as server:
        yield server


def test_empty_search_is_asked_answered_and_found(hub, new_page):
    links = first_links(hub)
    asker, other, office = (new_page(base_url=hub.url) for _ in range(3))
    enter(asker, links["mitglied@example.org"])
    asker.goto("/search?q=Quarzdrohne+Granitflug")
    asker.get_by_role("link", name="Alle Städte fragen").click()
    expect(asker.get_by_label("Ihre Frage")).to_have_value(re.compile("Quarzdrohne Granitflug"))
    asker.get_by_label("Worum geht es genau?").fill("Unser Fest ist im Mai.")
    asker.get_by_role("button", name="Frage abschicken").click()
    expect(asker.get_by_role("heading", level=1)).to_have_text(re.compile("Quarzdrohne Granitflug"))
    expect(asker.get_by_text("offen", exact=True)).to_be_visible()
    assert axe.violations(asker) == []

    enter(other, links["koordination@example.org"])
    other.get_by_role("main").get_by_role("link", name="Fragen aus dem Netzwerk").click()
    other.get_by_role("link", name=re.compile("Quarzdrohne")).click()
    other.get_by_role("link", name="Mit einem neuen Eintrag antworten").click()
    expect(other.get_by_text("Dieser Eintrag beantwortet eine Frage:")).to_be_visible()
    other.get_by_label("Link", exact=True).fill("https://www.defus.de/schutz")
    other.get_by_label("Titel").fill("Luftraum über dem Marktplatz")
    other.get_by_label("Informationssammlung").select_option(index=1)
    other.get_by_role("button", name="Zur Freigabe einreichen").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Luftraum über dem Marktplatz")

    enter(office, links["redaktion@example.org"])
    office.goto("/moderation")
    office.get_by_role("button", name=re.compile("^Freigeben")).first.click()
    expect(office.get_by_role("button", name="Rückgängig machen")).to_be_visible()
    office.goto("/letters")
    expect(office.get_by_text(re.compile("Antwort auf Ihre Frage")).first).to_be_visible()

    asker.reload()
    expect(asker.get_by_text("Diese Frage ist beantwortet.")).to_be_visible()
    asker.goto("/search?q=Quarzdrohne+Granitflug")
    expect(asker.get_by_role("link", name="Luftraum über dem Marktplatz")).to_be_visible()
