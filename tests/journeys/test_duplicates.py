"""The office merges two entries side by side; the result is found by either old title."""

import re

import pytest
from playwright.sync_api import expect

from tests.support import axe
from tests.support.journeys import enter, first_links
from tests.support.server import HubServer

pytestmark = pytest.mark.browser
ENTRY = '{{"id": "{id}", "title": "{title}", "kind": "dokument", "collection": "bahnhofsviertel", "url": "{url}"}}\n'
FIRST, SECOND = "Laternenplan Quarzufer", "Helligkeitskonzept Basaltsteg"


@pytest.fixture
def hub(tmp_path):
    """A hub with the example content and two entries with the same link."""
    server = HubServer(tmp_path)
    server.prepare()
    lines = ENTRY.format(id="laternen", title=FIRST, url="https://www.example.org/licht")
    lines += ENTRY.format(id="helligkeit", title=SECOND, url="http://example.org/licht/?utm_source=brief")
    file = tmp_path / "two.jsonl"
    file.write_text(lines, encoding="utf-8")
    server.flask("entries", "import", str(file))
    server.flask("duplicates", "find")
    server.start()
    yield server
    server.stop()


def test_office_merges_two_and_finds_the_result_by_either_old_title(hub, new_page):
    office = new_page(base_url=hub.url)
    enter(office, first_links(hub)["redaktion@example.org"])
    office.goto("/desk?source=duplicate")
    expect(office.get_by_text("derselbe Link").first).to_be_visible()
    for source in ("duplicate", "link", "review"):
        office.goto(f"/desk?source={source}")
        assert axe.violations(office) == []
    office.goto("/duplicates")
    assert axe.violations(office) == []
    row = office.get_by_role("row").filter(has_text=FIRST)
    row.get_by_role("link", name=re.compile("^Vergleichen")).click()
    expect(office.get_by_role("radio", name=FIRST)).to_be_checked()
    assert axe.violations(office) == []
    office.get_by_role("radio", name=SECOND).check()
    office.get_by_role("button", name="Zusammenführen").click()
    expect(office.get_by_role("heading", level=1, name=SECOND)).to_be_visible()
    expect(office.get_by_role("button", name="Rückgängig machen").first).to_be_visible()
    merged = office.url
    for title in (FIRST, SECOND):
        office.goto(f"/search?q={title}")
        office.get_by_role("main").get_by_role("link", name=SECOND).first.click()
        assert office.url.partition("?")[0] == merged.partition("?")[0]
    office.goto("/undo")
    office.get_by_role("button", name=re.compile("^Rückgängig machen")).first.click()
    office.goto(f"/search?q={FIRST}")
    expect(office.get_by_role("main").get_by_role("link", name=FIRST).first).to_be_visible()
