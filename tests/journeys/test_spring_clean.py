"""A member answers the ten entries of the spring clean by keyboard alone, and takes an answer back."""

import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.journeys.test_desk import Keys
from tests.support import axe
from tests.support.journeys import enter, first_links
from tests.support.server import ROOT, HubServer

pytestmark = pytest.mark.browser
MAKE_LIST = """
from sqlalchemy import select, update
from hub import create_app
from hub.accounts.models import User
from hub.core import clock
from hub.core.db import db
from hub.entries.models import Entry
from hub.freshness import cleaning
with create_app().app_context():
    home = db.session.scalar(select(User.organisation_id).where(User.email == "mitglied@example.org"))
    ten = list(db.session.scalars(select(Entry.id).where(Entry.status == "published").order_by(Entry.id).limit(10)))
    due = {"responsible_id": home, "review_on": clock.today()}
    db.session.execute(update(Entry).where(Entry.id.in_(ten)).values(due))
    db.session.commit()
    cleaning.make_lists({})
"""


@pytest.fixture
def hub(tmp_path):
    """A hub in which the member's organisation is asked about ten entries."""
    server = HubServer(tmp_path)
    server.prepare()
    subprocess.run([sys.executable, "-c", MAKE_LIST], cwd=ROOT, env=server.environment, check=True)
    server.start()
    yield server
    server.stop()


def test_ten_entries_are_answered_by_keyboard_alone(hub, new_page):
    page = new_page(base_url=hub.url)
    enter(page, first_links(hub)["mitglied@example.org"])
    page.goto("/account/organisation")
    page.get_by_role("link", name="Zur Liste Ihrer Organisation").click()
    expect(page.get_by_text("0 von 10")).to_be_visible()
    assert axe.violations(page) == []
    keys = Keys(page)
    page.get_by_role("button", name="Stimmt noch").first.focus()
    keys.press("Enter")
    for done in range(1, 10):
        expect(page.get_by_text(f"{done} von 10")).to_be_visible()
        keys.press("Tab", "Tab", "Enter")  # past the title of the next entry to its first answer
    expect(page.get_by_text("Vielen Dank, das war alles.")).to_be_visible()
    keys.press("Tab", "Tab", "Enter")  # past the title to taking back
    expect(page.get_by_text("9 von 10")).to_be_visible()
    keys.press("Tab", "Tab", "Tab", "Tab", "Enter")  # past right and replaced to outdated
    expect(page.get_by_text("Vielen Dank, das war alles.")).to_be_visible()
    expect(page.get_by_text("überholt", exact=True)).to_be_visible()
    assert axe.violations(page) == []
    assert keys.pressed < 40
