"""Two cities with sign-in services of their own: set up, come in, link, wait for a yes, sign out."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support import axe
from tests.support.journeys import enter, first_links
from tests.support.providers import ProviderProcess
from tests.support.server import HubServer

pytestmark = pytest.mark.browser
ESSEN, AUGSBURG = "Stadt Essen", "Stadt Augsburg"
AT_ONCE, ASK_FIRST = "Konto sofort anlegen", "Erst die Koordination oder die Geschäftsstelle fragen"


def set_up(page: Page, hub: HubServer, process: ProviderProcess, city: str, newcomers: str) -> str:
    """What an administrator does for one service; gives its number."""
    page.goto("/sign-on-providers/new")
    page.get_by_label("Name auf dem Knopf").fill(city)
    page.get_by_label("Mitglied", exact=True).select_option(label=city)
    page.get_by_label("Aussteller (Issuer)").fill(process.issuer)
    page.get_by_label("Client-ID").fill(process.client_id)
    page.get_by_label("Client-Secret").fill(process.secret)
    page.get_by_text(newcomers, exact=True).click()
    page.get_by_role("button", name="Anlegen").click()
    expect(page.get_by_text("Der Zugang ist angelegt.")).to_be_visible()
    number = page.url.rpartition("/")[2]
    page.get_by_role("button", name="Verbindung prüfen").click()
    expect(page.get_by_text("Die Verbindung steht.")).to_be_visible()
    page.get_by_role("button", name="Einschalten").click()
    expect(page.get_by_text("Der Knopf steht jetzt auf der Anmeldeseite.")).to_be_visible()
    who = {"email": f"anna@{number}.example", "email_verified": True, "name": f"Anna aus {city}"}
    process.control(people={"anna": who}, redirect_uris=[f"{hub.url}/sign-on/{number}/callback"])
    return number


def go_there(page: Page, process: ProviderProcess, city: str) -> None:
    """From the sign-in page through the service and back."""
    page.goto("/login")
    page.get_by_role("button", name=city).click()
    pass_through(page, process)


def pass_through(page: Page, process: ProviderProcess) -> None:
    page.wait_for_url(f"{process.issuer}/**")
    page.get_by_role("button", name="anna").click()
    page.wait_for_url(lambda url: not url.startswith(process.issuer))


def agree(page: Page) -> None:
    """A newcomer meets the terms of use first."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Nutzungsbedingungen")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Zustimmen und weiter").click()
    expect(page).not_to_have_url(re.compile("/terms"))


def sign_out(page: Page) -> None:
    page.locator("details.menu summary").first.click()
    page.get_by_role("button", name="Abmelden").click()
    expect(page).to_have_url(re.compile("/login"))


def test_two_services_side_by_side(hub, new_page, provider_processes):
    essen, augsburg = provider_processes
    links = first_links(hub)
    office = new_page(base_url=hub.url)
    enter(office, links["verwaltung@example.org"])
    set_up(office, hub, essen, ESSEN, AT_ONCE)
    set_up(office, hub, augsburg, AUGSBURG, ASK_FIRST)

    anna = new_page(base_url=hub.url, width=390)
    go_there(anna, essen, ESSEN)
    agree(anna)
    anna.goto("/account")
    expect(anna.get_by_label("Name", exact=True)).to_have_value(f"Anna aus {ESSEN}")
    other = new_page(base_url=hub.url)
    go_there(other, augsburg, AUGSBURG)
    expect(other.get_by_role("heading", level=1)).to_have_text("Ihre Anfrage ist angekommen")
    assert axe.violations(other) == []
    other.goto("/account")
    expect(other).to_have_url(re.compile("/login"))

    office.goto("/people/requests")
    office.get_by_role("link", name="Anmeldungen über Anmeldedienste").click()
    office.get_by_role("button", name=re.compile(f"^Konto anlegen.*{AUGSBURG}")).click()
    expect(office.get_by_text(f"Anna aus {AUGSBURG} hat jetzt ein Konto")).to_be_visible()
    go_there(other, augsburg, AUGSBURG)
    agree(other)
    other.goto("/account")
    expect(other.get_by_label("Name", exact=True)).to_have_value(f"Anna aus {AUGSBURG}")

    sign_out(other)
    other.goto("/account")
    expect(other).to_have_url(re.compile("/login"))


def test_an_account_is_linked_and_comes_in_that_way(hub, new_page, provider_processes):
    essen = provider_processes[0]
    links = first_links(hub)
    office = new_page(base_url=hub.url)
    enter(office, links["verwaltung@example.org"])
    set_up(office, hub, essen, ESSEN, AT_ONCE)

    member = new_page(base_url=hub.url)
    enter(member, links["mitglied@example.org"])
    member.goto("/account")
    member.get_by_role("link", name="Verbindungen ansehen").click()
    member.get_by_role("button", name=re.compile(f"^Verbinden.*{ESSEN}")).click()
    pass_through(member, essen)
    expect(member.get_by_text(f"{ESSEN} ist mit Ihrem Konto verbunden.")).to_be_visible()
    sign_out(member)

    go_there(member, essen, ESSEN)
    member.goto("/account")
    expect(member.locator("main")).to_contain_text("mitglied@example.org")
    essen_says = essen.logout_token(claims={"sub": "anna"})
    number = member.request.get("/account/sign-ons").text().partition('id="dienst-')[2].partition('"')[0]
    answer = member.request.post(f"/sign-on/{number}/backchannel-logout", form={"logout_token": essen_says})
    assert answer.status == 200
    member.goto("/account")
    expect(member).to_have_url(re.compile("/login"))
