"""Every page of the first issue: axe finds nothing, nothing scrolls sideways, keyboard and no-script work."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.test_single_sign_on import ASK_FIRST, ESSEN, go_there, set_up
from tests.support import axe
from tests.support.browser import scrolls_sideways
from tests.support.journeys import PDF, WIDTHS, first_links, open_as, running, state_of
from tests.support.providers import ProviderProcess
from tests.support.server import HubServer

pytestmark = pytest.mark.browser
MEMBER_PAGES = [
    "/", "/collections", "/collections/bahnhofsviertel", "/collections/bahnhofsviertel?view=list",
    "/collections/steuerung?view=list&kind=dokument&sort=title", "/collections/bahnhofsviertel?view=list&year=1999",
    "/entries/1", "/entries/2", "/entries/new", "/entries/new?collection=klimawandel",
    "/entries/new?url=https%3A%2F%2Fexample.org&title=T", "/entries/from-anywhere", "/offline",
    "/search", "/search?q=Bahnhof",
    "/search?q=Bahnhof&kind=projekt&sort=newest", "/search?q=quarzsandbeet", "/bookmarks", "/account", "/account/email",
    "/account/security",
    "/account/entries", "/bin", "/cities", "/pages/hilfe", "/pages/barrierefreiheit", "/pages/datenschutz",
    "/pages/impressum", "/pages/nutzungsbedingungen",
    "/terms", "/account/close", "/nowhere", "/people", "/entries/79", "/entries/79/practice", "/entries/78/practice",
    "/organisations/1", "/account/organisation", "/search?practice=planned",
    "/entries/79/report", "/entries/79/propose", "/account/reports",
    "/files/1/view", "/files/1/view?page=2&q=Plan", "/files/1/text?q=Plan",
    "/entries/{waiting}", "/entries/{changed}", "/entries/{changed}/edit", "/entries/added?id={changed}&id={waiting}",
    "/practice/1/edit", "/account/kept", "/account/sign-ons", "/account/data", "/account/data/erase",
    "/privacy/periods", "/questions", "/questions?show=settled", "/questions?show=own", "/questions/new",
    "/questions/new?q=Bahnhof&to=office", "/questions/1", "/questions/1?find=Bahnhof", "/questions/1/report",
]  # fmt: skip
OFFICE_PAGES = [
    "/", "/moderation", "/moderation/files", "/people", "/people/1", "/people/list", "/people/rights", "/people/review",
    "/desk", "/desk?source=submission", "/moderation/entries/{waiting}/notes",
    "/people/1/close", "/jobs", "/pages", "/collections-manage", "/thesaurus",
    "/pages/nutzungsbedingungen/edit", "/organisations", "/entries/1/edit",
    "/pages/hilfe/edit", "/vocabularies", "/vocabularies/setting", "/tags", "/tags/1", "/entries/1/history",
    "/moderation/changes", "/moderation/changes/rules", "/letters", "/people/2/erase",
    "/audit", "/audit?who=niemand", "/audit?first=x",
    "/thesaurus/new", "/thesaurus/concepts/angstraum", "/thesaurus/upload", "/search/misses",
    "/search/explain?q=Bahnhof&entry=1", "/organisations/1/edit", "/entries/79/practice",
    "/links", "/links?show=all", "/links/1", "/moderation/reports", "/moderation/reports?decided=1",
    "/sign-on-providers", "/sign-on-providers/new", "/sign-on-providers/1", "/account/sign-ons", "/people/waiting",
    "/people/requests",
    "/questions", "/questions/1", "/questions/1/remove", "/insights",
    "/bin/60/delete", "/collections-manage/new", "/collections-manage/bahnhofsviertel", "/thesaurus/draft",
    "/collections-manage/bahnhofsviertel/board", "/collections-manage/bahnhofsviertel/board?section=0",
    "/collections-manage/bahnhofsviertel/board/2/place",
    "/undo", "/duplicates", "/duplicates?state=apart",
    "/bulk", "/bulk?collection=1&kind=dokument", "/bulk/sheet",
    "/freshness", "/spring-clean", "/entries/1/replace",
    "/entries/1", "/entries/1/related", "/entries/1/related?q=Bahnhof",
    "/notices", "/notices/new", "/featured", "/featured?collection=bahnhofsviertel&q=Bahnhof",
]  # fmt: skip
STRANGER_PAGES = (
    "/login", "/link/unknown", "/login/link", "/login/link?sent=reset", "/email/unknown", "/request",
    "/request/unknown",
)  # fmt: skip
ELSEWHERE = {
    "accounts.second": "test_factors.py, after the first step",
    "accounts.confirm": "test_factors.py, once the last proof is long ago",
    "accounts.set_up_time_code": "test_factors.py, with a seed",
    "accounts.add_passkey": "test_factors.py, under a name",
    "bulk.change": "test_bulk.py, with something to change",
    "bulk.progress": "for scripts",
    "undoing.task": "test_bulk.py, with many to undo",
    "undoing.progress": "for scripts",
    "federating.come_back": "a redirect",
    "entries.take_shared": "a redirect",
    "duplicates.compare": "test_duplicates.py, with two entries alike",
    **dict.fromkeys(("static", "browsing.health", "thesaurus.download", "search.suggest"), "no page"),
    "insights.download": "a table",
    "pages.notice": "the form of /notices/new, filled",
    "entries.link_picture": "a file",
    **dict.fromkeys(("entries.file", "entries.inline_file", "entries.held_file", "entries.preview"), "a file"),
    **dict.fromkeys(("entries.words", "installing.manifest", "installing.service_worker"), "for scripts"),
}
LETTERS = {"HUB_MAIL_URL": "smtp://127.0.0.1:9", "HUB_MAIL_FROM": "hub@example.org"}  # nobody listens there
CONCEPTS = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:x:lampe> a skos:Concept ; skos:prefLabel "Lampe"@de ; skos:altLabel "Leuchte"@de ."""
SCHEMES = ("light", "dark")


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub with example content."""
    with running(tmp_path_factory.mktemp("pages"), LETTERS) as server:
        yield server


@dataclass(frozen=True)
class Day:
    """Signed-in cookies of each example account, as Playwright keeps them, and the numbers of two entries."""

    states: dict[str, Any]
    changed: str
    waiting: str

    def pages(self, paths: list[str]) -> list[str]:
        """Addresses with these numbers in their places."""
        return [path.format(changed=self.changed, waiting=self.waiting) for path in paths]


@pytest.fixture(scope="module")
def states(day: Day) -> dict[str, Any]:
    """Signed-in cookies by account."""
    return day.states


@pytest.fixture(scope="module")
def day(hub, browser, provider_processes) -> Day:
    """What stands on the pages on an ordinary day: an entry, a change and a proposal that wait, a practice, an entry
    in the bin, an upload to look through, a sign-in service and somebody who waits for a yes."""
    accounts = [email.partition("@")[0] for email in first_links(hub) if email != "admin@example.org"]
    kept = {account: state_of(browser, hub, account) for account in accounts}
    member, office = (signed_in(browser, hub, kept[name]) for name in ("mitglied", "verwaltung"))
    changed, waiting = contribute(member, "Wird freigegeben"), contribute(member, "Wartender Eintrag")
    office.goto("/moderation")
    office.get_by_role("button", name=re.compile("^Freigeben")).first.click()
    expect(office.get_by_role("button", name="Rückgängig machen").first).to_be_visible()
    send(office, "/entries/60/delete")
    send(office, "/thesaurus/upload", file={"name": "a.ttl", "mimeType": "text/turtle", "buffer": CONCEPTS.encode()})
    change_and_propose(member, changed)
    ask_and_answer(member)
    set_up(office, hub, provider_processes[0], ESSEN, ASK_FIRST)
    let_somebody_wait(browser, hub, provider_processes[0])
    member.context.close()
    office.context.close()
    return Day(kept, changed, waiting)


def ask_and_answer(page: Page) -> None:
    """A question to all with a short answer."""
    page.goto("/questions/new?q=quarzsandbeet&to=all")
    page.get_by_role("button", name="Frage abschicken").click()
    page.get_by_label("Kurze Antwort").fill("Wir haben eines gesehen.")
    page.get_by_role("button", name="Antworten").click()
    expect(page.get_by_text("Vielen Dank für Ihre Antwort.")).to_be_visible()


def signed_in(browser: Browser, hub: HubServer, state: dict) -> Page:
    return browser.new_context(base_url=hub.url, storage_state=state).new_page()


def contribute(page: Page, title: str) -> str:
    """Send an entry to the office; gives its number."""
    page.goto("/entries/new?collection=klimawandel")
    page.get_by_label("Titel").fill(title)
    page.locator("#files").set_input_files({"name": "plan.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_role("button", name="Zur Freigabe einreichen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page.url.rpartition("/")[2]


def send(page: Page, path: str, **fields: Any) -> None:
    """Send a form without looking at its page."""
    token = page.locator("[name=csrf_token]").first.input_value()
    assert page.request.post(path, multipart={"csrf_token": token, **fields}).ok, path


def change_and_propose(page: Page, number: str) -> None:
    page.goto(f"/entries/{number}/edit")
    page.get_by_label("Titel").fill("Wird freigegeben und geändert")
    page.get_by_role("button", name="Änderung einreichen").click()
    page.goto("/entries/79/practice")
    page.get_by_text("geplant", exact=True).click()
    page.get_by_label("Seit dem Jahr").fill("2027")
    page.get_by_label("Ihre Erfahrung").fill("Wir bereiten es vor.")
    page.get_by_label("Ansprechstelle").fill("Ordnungsamt")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_text("sofort für alle Mitglieder sichtbar")).to_be_visible()
    page.goto("/entries/79/propose")
    page.get_by_label("Erschienen im Jahr").fill("2021")
    page.get_by_role("button", name="Vorschlag senden").click()
    expect(page.get_by_text("Danke. Die Geschäftsstelle")).to_be_visible()


def let_somebody_wait(browser: Browser, hub: HubServer, process: ProviderProcess) -> None:
    """Somebody comes through the service for the first time."""
    page = browser.new_context(base_url=hub.url, locale="de-DE").new_page()
    go_there(page, process, ESSEN)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihre Anfrage ist angekommen")
    page.context.close()


def test_every_page_of_the_application_is_looked_at(app):
    """A new page is written into a list above, or into ELSEWHERE with the reason why not."""
    adapter = app.url_map.bind("localhost")
    looked_at = set()
    for path in (*MEMBER_PAGES, *OFFICE_PAGES, *STRANGER_PAGES):
        if path != "/nowhere":  # what answers there is no page of a room
            address = path.format(changed=1, waiting=1).partition("?")[0]
            looked_at.add(adapter.match(address, method="GET")[0])
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    assert pages - looked_at == set(ELSEWHERE)


def look_at(page: Page, path: str) -> list[str]:
    page.goto(path)
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += [f"{path}, {scheme}: {line}" for line in axe.violations(page, only_colours=scheme == "dark")]
        if scrolls_sideways(page):
            found.append(f"{path}, {scheme}: scrolls sideways")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_for_members(hub, day, new_page, width):
    page = open_as(new_page, hub, day.states["mitglied"], width=width)
    assert [line for path in day.pages(MEMBER_PAGES) for line in look_at(page, path)] == []


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_for_the_office(hub, states, new_page, width):
    page = open_as(new_page, hub, states["verwaltung"], width=width)
    paths = [*OFFICE_PAGES, *office_places(page)]
    assert [line for path in paths for line in look_at(page, path)] == []


def office_places(page: Page) -> list[str]:
    """Where the account menu of the office leads."""
    page.goto("/")
    links = page.locator("details.menu a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    return sorted({link for link in links if link and link.startswith("/")})


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_for_strangers(hub, new_page, width):
    page = open_as(new_page, hub, None, width=width)
    assert [line for path in STRANGER_PAGES for line in look_at(page, path)] == []


def test_nothing_scrolls_sideways_at_320(hub, day, new_page):
    page = open_as(new_page, hub, day.states["verwaltung"], width=320)
    wide = []
    for path in day.pages(sorted({*MEMBER_PAGES, *OFFICE_PAGES})):
        page.goto(path)
        if scrolls_sideways(page):
            wide.append(path)
    assert wide == []


def test_errors_in_the_form_keep_what_was_typed(hub, states, new_page, windows):
    page = open_as(new_page, hub, states["mitglied"])
    page.goto("/entries/new")
    page.get_by_label("Titel").fill("Bleibt stehen")
    page.locator("#files").set_input_files(
        [
            {"name": "gut.pdf", "mimeType": "application/pdf", "buffer": PDF},
            {"name": "schlecht.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"},
        ]
    )
    page.get_by_role("button", name="Zur Freigabe einreichen").click()
    expect(page.get_by_label("Titel")).to_have_value("Bleibt stehen")
    expect(page.get_by_text("schlecht.exe").first).to_be_visible()
    expect(page.get_by_text("gut.pdf").first).to_be_visible()
    assert axe.violations(page) == []
    windows.watch.errors.remove(f"422 {hub.url}/entries/files")  # the file that was refused


def test_keyboard_reaches_search_and_skips_to_content(hub, states, new_page):
    page = open_as(new_page, hub, states["mitglied"])
    page.goto("/collections/bahnhofsviertel?view=list")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Zum Inhalt springen")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_id("inhalt")
    page.keyboard.press("/")
    page.keyboard.type("Bahnhof")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?.*q=Bahnhof"))


def test_works_without_script(hub, states, new_page):
    page = open_as(new_page, hub, states["mitglied"], javascript=False)
    page.goto("/search?q=Bahnhof")
    page.locator("input[name=kind]").first.check()
    page.get_by_role("button", name=re.compile("anwenden|anzeigen")).first.click()
    expect(page).to_have_url(re.compile("kind="))
    page.goto("/entries/2")
    page.get_by_role("button", name=re.compile("Merken")).first.click()
    page.goto("/bookmarks")
    expect(page.locator("main a[href='/entries/2']").first).to_be_visible()
    page.get_by_role("button", name="Dunkel").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
