"""The components rendered without the application: markup, labels, icons and vendor files."""

import gzip
import hashlib
import json
import re
import tomllib
from pathlib import Path

import brotli
import pytest
from flask import Flask, render_template
from flask_babel import Babel
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import (
    BooleanField,
    Form,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
    widgets,
)
from wtforms.fields.choices import SelectChoice

from hub.web import navigation
from hub.web.assets import AssetStore, init_assets
from hub.web.dotmap import draw_map
from hub.web.facets import Choice, facet_line, init_facets
from hub.web.icons import IconSet
from hub.web.words import init_words, translate
from tests.support.html_lint import problems

ROOT = Path(__file__).resolve().parents[2]
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
VENDOR = STATIC / "vendor"
IMPORT = "{% import 'components/ui.html' as ui %}"
UNSERVED = ["../config.py", "vendor/update.py", "vendor/VENDOR.toml", "vendor/icons/train.svg", "x"]
ENDPOINTS = [
    "browsing.start",
    "installing.manifest",
    "search.results",
    "accounts.sign_in",
    "accounts.sign_out",
    "web.set_theme",
    "web.set_language",
]
KINDS = [SelectChoice("dokument", "Dokument"), SelectChoice("methode", "Methode")]
CITIES = [("Essen", 7.01, 51.46), ("Gladbeck", 6.99, 51.57), ("Berlin", 13.4, 52.52), ("München", 11.58, 48.14)]


class Checks(SelectMultipleField):
    """Several ticks, as the product's forms use them."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class SampleForm(Form):
    """One field of each sort."""

    title = StringField("Titel", [validators.InputRequired("Bitte geben Sie einen Titel ein.")])
    summary = TextAreaField("Worum geht es?")
    collection = SelectField("Sammlung", choices=[SelectChoice("", "Bitte wählen"), SelectChoice("a", "Klimawandel")])
    year = IntegerField("Jahr", [validators.Optional()])
    kind = RadioField("Art", [validators.InputRequired("Bitte wählen Sie eine Art.")], choices=KINDS)
    topics = Checks("Themen", choices=[SelectChoice("licht", "Licht"), SelectChoice("ordnung", "Ordnung")])
    agree = BooleanField("Ich darf diese Datei teilen.", [validators.InputRequired("Bitte bestätigen Sie das.")])
    files = MultipleFileField("Dateien")


class Person:
    """A signed-in person who may do everything."""

    name, organisation_name, is_authenticated, wants_keys = "Probekonto", "Stadt Essen", True, True

    def may(self, permission: str) -> bool:
        return True


def small_app() -> Flask:
    """Just enough of an application to render pages: addresses, texts, icons."""
    app = Flask("hub", root_path=str(ROOT / "hub"), template_folder=str(TEMPLATES), static_folder=str(STATIC))
    app.static_url_path = "/static"
    app.secret_key = "test"
    app.jinja_loader = ChoiceLoader([FileSystemLoader(TEMPLATES), FileSystemLoader(Path(__file__).parent)])
    Babel(app, default_locale="de")
    init_words(app)
    init_facets(app)
    init_assets(app)
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    for endpoint in ENDPOINTS:
        app.add_url_rule("/" + endpoint.replace(".", "-"), endpoint=endpoint, view_func=lambda: "")
    return app


@pytest.fixture(scope="module")
def app() -> Flask:
    return small_app()


def page_data(theme: str = "auto", actor: Person | None = None) -> dict:
    line = {"label": "Sammlungen", "url": "/collections", "icon": "books", "current": "page", "count": 4}
    menus = {"main": [line], "action": [line], "account": [line], "foot": [line]}
    return {
        "site": {"title": "DEFUS Wissensspeicher", "operator": "Ein Netzwerk e. V."},
        "theme": theme,
        "lang": "de",
        "menus": menus,
        "actor": actor,
    }


def demo_data() -> dict:
    entry = {"url": "/entries/1", "title": "Aufenthaltsqualität und Sicherheitsempfinden", "kind": "dokument"}
    more = {"organisation": "Stadt Essen", "year": 2025, "format": "PDF", "bookmark_url": "/b", "colour": "c-klima"}
    more |= {"kind": "methode", "is_new": True, "collection": "Klimawandel", "is_saved": True}
    tile = {"url": "/c", "title": "Klimawandel und urbane Sicherheit", "icon": "temperature-sun", "colour": "c-klima"}
    facets = [
        Choice("a", "Dokument", 3, selected=True),
        Choice("b", "Methode", 0, selected=False),
        Choice("c", "Fachartikel", 2, selected=False),
    ]
    form = SampleForm()
    form.validate()
    return {
        "form": form,
        "entries": [entry, entry | more],
        "collections": [tile | {"count_text": "58 Einträge", "freshness": "Ergänzt heute", "new_count": 2}] * 2,
        "facets": facets,
        "page_url": lambda number: f"?page={number}",
        "map_small": draw_map(CITIES, "Karte der Mitgliedsstädte"),
    }


@pytest.fixture(scope="module")
def demo(app: Flask) -> str:
    with app.test_request_context("/"):
        return render_template("demo.html", **page_data(actor=Person()), **demo_data())


def test_demo_page_has_no_fault_in_markup(demo: str) -> None:
    assert problems(demo) == []


def test_components_carry_no_style_and_no_script_in_the_markup(demo: str) -> None:
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", demo)


def test_each_faulty_field_is_named_in_the_summary_and_marked(demo: str) -> None:
    summary = demo[demo.index('id="fehler"') :][:900]
    assert all(f'href="#{name}"' in summary for name in ("title", "kind", "agree"))
    assert 'aria-describedby="title-fehler" aria-invalid="true"' in demo
    assert '<legend class="field__label">Art' in demo


def test_facet_without_hits_is_disabled_but_a_chosen_one_stays(demo: str) -> None:
    assert 'name="kind" value="b" disabled' in demo
    assert 'name="kind" value="a" checked' in demo


def test_pager_shows_ends_and_neighbours_only(app: Flask) -> None:
    template = IMPORT + "{{ ui.pager(5, 9, url) }}"
    with app.test_request_context("/"):
        html = app.jinja_env.from_string(template).render(url=lambda number: f"?page={number}")
    assert re.findall(r">Seite </span>(\d+)<", html) == ["1", "4", "5", "6", "9"]
    assert html.count("…") == 2


def test_one_page_has_no_pager(app: Flask) -> None:
    with app.test_request_context("/"):
        assert not app.jinja_env.from_string(IMPORT + "{{ ui.pager(1, 1, none) }}").render()


def test_titles_are_escaped(app: Flask) -> None:
    template = IMPORT + "{{ ui.bookmark('/b', false, title) }}{{ ui.tags([(title, '/')]) }}"
    with app.test_request_context("/"):
        html = app.jinja_env.from_string(template).render(title='"><img>')
    assert "<img>" not in html


@pytest.mark.parametrize("code", [400, 403, 404, 409, 413, 422, 429, 500, 503])
@pytest.mark.parametrize("person", [None, Person()], ids=["stranger", "member"])
def test_error_pages_render_and_keep_what_was_typed(app: Flask, code: int, person: Person | None) -> None:
    with app.test_request_context("/"):
        typed = [{"name": "Titel", "value": "Mein <Titel>"}]
        html = render_template(f"errors/{code}.html", **page_data(actor=person), reference="AB12-CD34", typed=typed)
    assert problems(html) == []
    assert "AB12-CD34" in html and "Mein &lt;Titel&gt;" in html
    assert ('role="search"' in html) == (person is not None or code == 503)


@pytest.mark.parametrize("layout", ["plain", "side", "login"])
def test_layouts_render_for_strangers(app: Flask, layout: str) -> None:
    block = "form" if layout == "login" else "content" if layout == "side" else "main"
    source = f"{{% extends 'layouts/{layout}.html' %}}{{% block title %}}Probe{{% endblock %}}"
    source += f"{{% block {block} %}}<h1>Probe</h1>{{% endblock %}}"
    with app.test_request_context("/"):
        html = app.jinja_env.from_string(source).render(**page_data(actor=Person() if layout == "side" else None))
    assert problems(html) == []


def test_every_icon_named_in_a_template_is_there() -> None:
    icons = IconSet(VENDOR / "icons")
    calls = [
        (path.name, name)
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"\bicon\('([a-z0-9-]+)'", path.read_text())
    ]
    assert calls
    assert [(file, name) for file, name in calls if name not in icons] == []


def test_unknown_icon_is_refused(app: Flask) -> None:
    with pytest.raises(LookupError, match="no-such-icon"):
        app.jinja_env.globals["icon"]("no-such-icon")


def test_vendor_files_are_the_ones_that_the_list_names() -> None:
    packages = tomllib.loads((VENDOR / "VENDOR.toml").read_text())["package"]
    listed = {file["path"]: file["sha256"] for package in packages for file in package["file"]}
    present = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("fonts", "icons", "LICENSES", "pdfjs")
        for path in (VENDOR / folder).iterdir()
    }
    assert present == listed


def test_vendor_versions_are_exact_and_the_ones_of_package_json() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    packages = tomllib.loads((VENDOR / "VENDOR.toml").read_text())["package"]
    assert {package["name"]: package["version"] for package in packages} == wanted
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def store() -> AssetStore:
    return AssetStore(STATIC, "/static", IconSet(VENDOR / "icons"))


def test_hashed_address_is_kept_for_good_and_a_stale_one_is_not(app: Flask) -> None:
    address = store().address("css/base.css")
    client = app.test_client()
    fresh, stale = client.get(address), client.get(re.sub(r"\.[0-9a-f]{10}\.", ".0000000000.", address))
    assert fresh.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert stale.status_code == 200 and "immutable" not in stale.headers["Cache-Control"]
    assert fresh.data == stale.data


def test_texts_travel_compressed_and_an_unchanged_file_not_at_all(app: Flask) -> None:
    client, address = app.test_client(), store().address("css/components.css")
    packed = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "br" and packed.headers["Vary"] == "Accept-Encoding"
    assert len(packed.data) < len(client.get(address).data) / 4
    again = client.get(address, headers={"Accept-Encoding": "gzip, br", "If-None-Match": packed.headers["ETag"]})
    assert again.status_code == 304


def test_large_scripts_are_packed_when_asked_for_and_held_by_nobody(app: Flask) -> None:
    found = store()
    assert sum(len(body) for asset in found.assets.values() for body in asset.bodies.values()) < 1_000_000
    client, address = app.test_client(), found.address("vendor/pdfjs/pdf.worker.min.mjs")
    plain = client.get(address)
    assert plain.mimetype == "text/javascript"
    for coding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        packed = client.get(address, headers={"Accept-Encoding": coding})
        assert packed.headers["Content-Encoding"] == coding
        assert len(packed.data) < len(plain.data) / 3
        assert unpack(packed.data) == plain.data


def test_fonts_in_style_sheets_have_hashed_addresses_that_exist(app: Flask) -> None:
    client = app.test_client()
    addresses = re.findall(r'url\("([^"]+)"\)', client.get(store().address("css/tokens.css")).text)
    assert len(addresses) == 6
    assert {client.get(address).headers["Cache-Control"] for address in addresses} == {
        "public, max-age=31536000, immutable"
    }


@pytest.mark.parametrize("path", UNSERVED)
def test_only_listed_kinds_of_files_are_served(app: Flask, path: str) -> None:
    assert app.test_client().get(f"/static/{path}").status_code == 404


def test_own_script_stays_small() -> None:
    sizes = {path: len(asset.bodies["gzip"]) for path, asset in store().assets.items() if path.startswith("js/")}
    assert sizes["js/app.js"] <= 3 * 1024
    assert sizes["js/suggest.js"] <= 2.5 * 1024
    assert sum(sizes.values()) <= 30 * 1024


def test_map_shows_every_city_once_with_its_name() -> None:
    drawing = draw_map(CITIES, "Karte", labels=True)
    assert drawing.count("<circle") == len(CITIES) == drawing.count("<text")
    assert "München" in drawing and "style=" not in drawing


def test_menu_leaves_out_what_a_person_may_not_open(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_items", {})
    navigation.add(navigation.Item("Suche", "search.results", None, "search", 2))
    navigation.add(navigation.Item("Start", "browsing.start", "entry:read", "home", 1))
    navigation.add(navigation.Item("Fehlt", "nowhere.page", None, "x", 3))

    class Reader(Person):
        def may(self, permission: str) -> bool:
            return False

    with app.test_request_context("/search-results"):
        assert [line["label"] for line in navigation.Menus(Person()).main] == ["Start", "Suche"]
        assert [line["current"] for line in navigation.Menus(Person()).main] == ["", "page"]
        assert [line["label"] for line in navigation.Menus(Reader()).main] == ["Suche"]
        assert navigation.Menus(None).main == []
    assert navigation.unknown_endpoints(app) == {"nowhere.page"}


def test_values_in_translated_texts_are_escaped(app: Flask) -> None:
    with app.test_request_context("/"):
        assert translate("Merken: %(title)s", title="<b>") == "Merken: &lt;b&gt;"
        assert translate("100 %") == "100 %"


def test_line_of_a_facet_escapes_what_it_shows_and_says_its_state():
    odd = '<b>"Städte"</b>'
    lines = [
        facet_line("tag", Choice(odd, odd, 3, selected=True)),
        facet_line("tag", Choice(odd, odd, 0, selected=False)),
        facet_line("tag", Choice(odd, odd, 3, selected=False), single=True),
    ]
    assert not any("<b>" in line or '"Städte' in line for line in lines)
    assert [" checked" in line for line in lines] == [True, False, False]
    assert [" disabled" in line for line in lines] == [False, True, False]
    assert ['type="radio"' in line for line in lines] == [False, False, True]
