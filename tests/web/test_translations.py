"""The English catalogue: complete, compiled, and nothing German left on the pages outside of content."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale

from hub.accounts.models import User
from hub.collections.models import Collection
from hub.core import clock
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.web.filters import ago, day, file_size, number
from tests.support.client import Visitor
from tests.support.html_lint import Node, parse
from tests.support.making import Maker

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "hub" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|</?\w+>|\{\{?\w*\}?\}")
GERMAN = re.compile(
    r"\b(?:Suchen?|Sammlung(?:en)?|Informationssammlung(?:en)?|Merkliste|Merken|Beitragen|Anmelden|Abmelden|Eintrag"
    r"|Eintrag hinzufügen|Schlagwort|Abschnitte?|Freigabe|Freigeben|Speichern|Bearbeiten|Archivieren|Ablehnen"
    r"|Konto|Konten|Passwort|Rolle|Redaktion|Koordination|Hilfe|Datenschutz|Impressum|Barrierefreiheit|Startseite"
    r"|Seitentexte|Sortieren|Tafel|Liste|Weiter|freiwillig|heute|gestern|Sprache|Jahr|Titel|Bitte|Sie|und|oder|nicht"
    r"|ist|der|die|das|ein|eine|noch|nur|mit|von|zur?|kein)\b|[äöüßÄÖÜ„]"
)
NAMES = re.compile(
    r"Deutsch-Europäisches Forum für Urbane Sicherheit e\. ?V\.|Kurt-Schumacher-Straße|umlauts and ß|“Bürger[*:]innen”"
)
ATTRIBUTES = ("aria-label", "title", "placeholder", "alt")
MEMBER_PAGES = (
    "/", "/collections", "/collections/squares", "/collections/squares?view=list", "/collections/empty",
    "/collections/squares?view=list&year=1999", "/entries/{entry}", "/entries/{foreign}", "/entries/{waiting}",
    "/entries/{waiting}/edit", "/entries/new", "/search", "/search?q=lighting", "/search?q=%22a&kind=methode",
    "/bookmarks", "/account", "/account/entries", "/account/kept", "/cities", "/pages/hilfe", "/pages/barrierefreiheit",
    "/pages/datenschutz", "/pages/impressum", "/nowhere", "/people", "/entries/from-anywhere", "/bin",
    "/account/reports", "/organisations/{place}", "/entries/{foreign}/report",
    "/entries/{foreign}/propose", "/entries/{method}/practice", "/entries/{waiting}/history", "/offline",
    "/account/security", "/account/email", "/account/data", "/account/data/erase", "/account/close", "/privacy/periods",
    "/account/sign-ons", "/pages/nutzungsbedingungen", "/terms", "/email/unknown",
)  # fmt: skip
OFFICE_PAGES = (
    "/", "/moderation", "/moderation?status=returned", "/moderation?status=rejected", "/moderation?status=withdrawn",
    "/people", "/people/{person}", "/people?q=nobody", "/organisations", "/organisations/{place}/edit",
    "/collections-manage", "/collections-manage/new", "/collections-manage/squares", "/pages", "/pages/hilfe/edit",
    "/entries/{entry}", "/entries/{waiting}", "/entries/{waiting}/edit", "/jobs", "/search/misses", "/search/explain",
    "/search/explain?q=lighting&entry={entry}", "/thesaurus", "/thesaurus?q=nothing", "/thesaurus/new",
    "/thesaurus/upload", "/bin", "/vocabularies", "/vocabularies/setting", "/moderation/reports",
    "/moderation/reports?decided=1", "/moderation/changes", "/moderation/changes/rules", "/moderation/files",
    "/entries/{entry}/history", "/organisations/{place}", "/people/list", "/people/rights", "/people/requests",
    "/people/review", "/people/waiting", "/people/{person}/close", "/people/{person}/erase", "/audit", "/letters",
    "/sign-on-providers", "/sign-on-providers/new", "/account/security",
)  # fmt: skip
WRONG_FORMS = (
    ("/entries/new", {}),
    ("/entries/new", {"title": "A", "url": "no address", "year": "x", "kind": "?", "collections": "nowhere"}),
    ("/people", {}),
    ("/people", {"email": "a@b", "name": "x" * 200, "organisation": "0", "role": "king"}),
    ("/organisations", {"name": "", "longitude": "far", "latitude": "200"}),
    ("/collections-manage/new", {"title": ""}),
    ("/account", {"name": ""}),
    ("/account/password", {"new_password": "short", "repeated_password": "other"}),
    ("/moderation/entries/{waiting}/return", {"note": ""}),
    ("/thesaurus/new", {"name": "", "german": "x" * 200}),
    ("/people/list", {}),
    ("/account/email", {"email": "a@b"}),
    ("/sign-on-providers/new", {}),
)


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """The English texts as they are kept."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


@pytest.fixture
def translate(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The script behind `make translations`."""
    monkeypatch.syspath_prepend(str(ROOT / "deploy"))
    yield importlib.import_module("translate")


def sources(message: Message) -> tuple[str, ...]:
    """The German text, and its plural where it has one."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def texts(message: Message) -> tuple[str, ...]:
    """The English text, and its plural where it has one."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def test_every_text_has_an_english_one(catalogue):
    missing = [message.id for message in catalogue if message.id and not all(map(str.strip, texts(message)))]
    assert missing == []
    assert len(catalogue) > 500


def test_no_translation_is_a_guess_or_left_over(catalogue):
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def test_translations_keep_placeholders_and_marks(catalogue):
    different = []
    for message in (message for message in catalogue if message.id):
        wanted = {tuple(sorted(PLACEHOLDER.findall(source))) for source in sources(message)}
        if any(tuple(sorted(PLACEHOLDER.findall(text))) not in wanted for text in texts(message)):
            different.append(message.id)
    assert different == []


def test_no_translation_repeats_the_german_or_shouts(catalogue):
    german = [text for message in catalogue if message.id for text in texts(message) if re.search(r"[„ß]|!$", text)]
    assert german == []


def test_compiled_catalogue_is_the_kept_one(catalogue):
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = {sources(message): texts(message) for message in read_mo(file) if message.id}
    kept = {sources(message): texts(message) for message in catalogue if message.id}
    assert compiled == kept, "make translations"


def test_catalogue_holds_the_texts_of_the_pages_and_no_others(catalogue, translate, tmp_path):
    translate.collect(tmp_path / "hub.pot")
    with (tmp_path / "hub.pot").open("rb") as file:
        used = {message.id for message in read_po(file) if message.id}
    kept = {message.id for message in catalogue if message.id}
    assert (used - kept, kept - used) == (set(), set()), "make translations"


def test_no_text_of_the_pages_stands_in_templates_unmarked():
    found = []
    for path in sorted((*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates" / "mail").glob("*.txt"))):
        bare = re.sub(
            r"{#.*?#}|{%.*?%}|{{.*?}}|<code>.*?</code>|<kbd>.*?</kbd>", "\n", path.read_text(), flags=re.DOTALL
        )
        words = re.sub(r"<[^>]*>", "\n", bare)
        named = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', bare)
        found += [(path.name, word) for word in [*words.splitlines(), *named] if re.search(r"[A-ZÄÖÜa-zäöü]{3}", word)]
    allowed = {"Deutsch", "English"}
    assert [item for item in found if item[1].strip() not in allowed | {'lang="'}] == []


@pytest.fixture
def things(make: Maker) -> dict[str, int]:
    """Content in English, in every state, so that a German word on a page comes from the interface."""
    with unit_of_work() as session:
        for position, slug in enumerate(("squares", "empty"), 1):
            session.add(Collection(slug=slug, title=f"Collection {position}", introduction="Two.", position=position))
    words = {"collections": ("squares",), "language": "en", "text": "A text.", "summary": "A summary."}
    writer = make.user(name="A. Writer")
    made = {
        "entry": make.entry("Lighting of squares", tags=("light",), note="A reason.", year=2024, **words).id,
        "foreign": make.entry("Beleuchtung", **(words | {"language": "de"})).id,
        "waiting": make.entry("Waiting", "submitted", writer, **words).id,
        "method": make.entry("Walking together", kind="methode", **words).id,
        "place": make.organisation("Essen").id,
        "person": make.user(name="A. Colleague").id,
        "writer": writer.id,
    }
    for status in ("draft", "returned", "rejected", "withdrawn"):
        make.entry(f"Entry {status}", status, writer, status_note="A note.", **words)
    return made


@pytest.fixture
def as_english(app: Flask, things: dict[str, int], make: Maker):
    """``as_english(role)``: a browser in which somebody reads the hub in English; members wrote the entries."""

    def browser(role: str) -> Visitor:
        visitor = Visitor(app)
        visitor.client.set_cookie("hub_language", "en")
        person = db.session.get(User, things["writer"]) if role == "member" else make.user(role=role, name="B. Reader")
        visitor.sign_in(person)
        return visitor

    return browser


def german_words(page: str) -> list[str]:
    """German in what a reader sees or hears, outside of parts that are marked as German."""
    root, _faults = parse(page)
    return [f"{word[:80]}" for word in _words(root) if GERMAN.search(_without_names(word))]


def _words(node: Node) -> Iterator[str]:
    if node.tag in ("script", "style", "code", "textarea") or node.get("lang") == "de":
        return
    yield from (node.get(name) for name in ATTRIBUTES if node.get(name))
    for part in node.parts:
        if isinstance(part, str):
            yield part.strip()
        else:
            yield from _words(part)


def _without_names(text: str) -> str:
    return NAMES.sub("", text)


@pytest.mark.parametrize(("role", "addresses"), [("member", MEMBER_PAGES), ("admin", OFFICE_PAGES)])
def test_pages_in_english_hold_no_german(role, addresses, as_english, things):
    person = as_english(role)
    found = {}
    for address in addresses:
        page = person.get(address.format(**things)).get_data(as_text=True)
        assert '<html lang="en"' in page, address
        if words := german_words(page):
            found[address] = words
    assert found == {}


@pytest.mark.parametrize(("address", "fields"), WRONG_FORMS)
def test_what_is_said_about_a_wrong_form_is_english(address, fields, as_english, things):
    response = as_english("admin").post(address.format(**things), fields)
    assert response.status_code == 422
    assert german_words(response.get_data(as_text=True)) == []


def test_suggestions_are_english(as_english):
    offered = as_english("member").get("/search/suggest?q=Ligh").get_data(as_text=True)
    assert "Lighting of squares" in offered
    assert german_words(offered) == []


def test_signing_in_is_english_for_strangers(visitor):
    visitor.client.set_cookie("hub_language", "en")
    wrong = {"email": "nobody@example.org", "password": "wrong", "keep": "1"}
    for page in (visitor.get("/login"), visitor.get("/link/nothing"), visitor.post("/login", wrong)):
        assert '<html lang="en"' in page.get_data(as_text=True)
        assert german_words(page.get_data(as_text=True)) == []


def test_walk_would_see_german():
    page = '<p>Read</p><p aria-label="Merkliste">x</p><p lang="de">Suchen</p><button>Eintrag hinzufügen</button>'
    assert german_words(page) == ["Merkliste", "Eintrag hinzufügen"]


def test_pages_are_german_without_a_choice(sign_in, make):
    page = sign_in(make.user()).get("/").get_data(as_text=True)
    assert '<html lang="de"' in page
    assert "Informationssammlungen" in page


@pytest.mark.parametrize("address", ["/collections/squares", "/collections/squares?view=list", "/search", "/"])
def test_entries_in_another_language_say_so(address, as_english):
    page, _faults = parse(as_english("member").get(address).get_data(as_text=True))
    titles = [link for link in page.all("a") if link.text() in ("Beleuchtung", "Lighting of squares")]
    languages = {(link.text(), link.get("lang") or link.parent.get("lang")) for link in titles}
    assert languages == {("Beleuchtung", "de"), ("Lighting of squares", "")}


def test_numbers_and_days_follow_the_language(app):
    moment = clock.now().replace(year=2021, month=3, day=9, hour=12)
    shown = {}
    for language in ("de", "en"):
        with app.test_request_context(), force_locale(language):
            shown[language] = (number(1250), file_size(2_400_000), day(moment), ago(moment), ago(clock.now()))
    assert shown["de"] == ("1.250", "2,4 MB", "9.3.2021", "am 9.3.2021", "heute")
    assert shown["en"] == ("1,250", "2.4 MB", "9 Mar 2021", "on 9 Mar 2021", "today")
