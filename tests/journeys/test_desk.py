"""The office empties its queue by keyboard alone; two editors work at once and nothing is shown or decided twice."""

import json
import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.support import axe
from tests.support.journeys import enter, first_links
from tests.support.server import ROOT, HubServer

pytestmark = pytest.mark.browser
MOST_KEYS = 60
SOURCES = ("submission", "change", "report", "question", "link", "duplicate", "review", "miss", "detail")
AT_ONCE = 7  # sources on one page; the others follow as it empties


class Keys:
    """A keyboard that counts."""

    def __init__(self, page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.wait_for_load_state()  # a page takes keys once its script has run
            if self.page.locator("[autofocus]").count():  # and once the browser has put the focus where the page says
                expect(self.page.locator("*:focus")).to_have_count(1)
            self.page.keyboard.press(key)
            self.pressed += 1


@pytest.fixture
def filled(tmp_path):
    """``filled(submission=3, …)``: a running hub whose desk holds exactly these."""
    server = HubServer(tmp_path)
    server.prepare()

    def fill(**wanted: int) -> HubServer:
        numbers = dict.fromkeys(SOURCES, 0) | wanted
        command = [sys.executable, "-m", "tests.support.filling_desk", json.dumps(numbers)]
        subprocess.run(command, cwd=ROOT, env=server.environment, check=True, stdout=subprocess.DEVNULL)
        server.start()
        return server

    yield fill
    server.stop()


def rows(page):
    return page.locator("tr[data-row]")


def shown(left: dict[str, int]) -> int:
    """How many rows the page shows of so many in each source."""
    return sum([count for count in left.values() if count][:AT_ONCE])


def test_thirty_mixed_items_are_gone_after_less_than_sixty_keys(filled, new_page):
    left = dict(zip(SOURCES, (7, 3, 4, 2, 3, 2, 3, 3, 3), strict=True))
    hub = filled(**left)
    page = new_page(base_url=hub.url)
    enter(page, first_links(hub)["redaktion@example.org"])
    page.goto("/desk")
    expect(rows(page)).to_have_count(shown(left))
    assert axe.violations(page) == []
    keys = Keys(page)
    keys.press("Tab", "Enter", "Tab", "Enter")  # to the content, to the list
    keys.press("j", "a")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Was ist der Grund?")
    keys.press(*"Alt", "Tab", "Enter")
    left["submission"] -= 1
    expect(rows(page)).to_have_count(shown(left))
    for source in SOURCES[:-1]:
        while left[source]:
            keys.press("f")
            left[source] -= 1
            expect(rows(page)).to_have_count(shown(left))
    keys.press("x", "j", "x", "a")  # two that may stay as they are, then the last
    expect(rows(page)).to_have_count(1)
    keys.press("a")
    expect(rows(page)).to_have_count(0)
    expect(page.get_by_text("Der Eingang ist leer. Gut gemacht.")).to_be_visible()
    print(f"keys pressed: {keys.pressed}")
    assert keys.pressed < MOST_KEYS


def test_two_editors_at_once(filled, new_page):
    hub = filled(submission=3)
    links = first_links(hub)
    here, there = new_page(base_url=hub.url), new_page(base_url=hub.url)
    enter(here, links["redaktion@example.org"])
    enter(there, links["verwaltung@example.org"])
    for page in (here, there):
        page.goto("/desk")
        expect(rows(page)).to_have_count(3)
    there.get_by_role("button", name=re.compile("^Freigeben.*Beitrag 0")).click()
    expect(there.get_by_text("Ein Eintrag ist freigegeben.")).to_be_visible()
    here.get_by_label("Alle auswählen").check()
    here.get_by_role("button", name="Wie vorgeschlagen").click()
    expect(here.get_by_text("2 Einträge sind freigegeben.")).to_be_visible()
    expect(here.get_by_text("„Beitrag 0“ (Freigegeben, Beispiel Verwaltung)")).to_be_visible()
    expect(rows(here)).to_have_count(0)
    here.get_by_role("button", name="Rückgängig machen").click()
    expect(rows(here)).to_have_count(2)
    expect(here.get_by_text("Beitrag 0")).to_have_count(0)


def test_everything_works_without_script(filled, new_page):
    hub = filled(submission=2)
    page = new_page(base_url=hub.url, javascript=False)
    enter(page, first_links(hub)["redaktion@example.org"])
    page.goto("/desk")
    page.get_by_label("Auswählen: Beitrag 0").check()
    page.get_by_label("Auswählen: Beitrag 1").check()
    page.get_by_role("button", name="Rückfrage", exact=True).click()
    page.get_by_label("Nachricht").fill("Welches Jahr?")
    page.get_by_role("button", name="Zurückgeben").click()
    expect(page.get_by_text("2 Einträge sind zurückgegeben.")).to_be_visible()
    expect(page.get_by_role("button", name="Rückgängig machen")).to_be_visible()
