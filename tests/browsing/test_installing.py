"""The hub as an app: what it says of itself, and that the browser keeps nothing of anybody."""

import io
import json
import re

from PIL import Image

from hub.browsing.installing import NOTICE_FILES


def told(visitor) -> dict:
    response = visitor.get("/manifest.webmanifest")
    assert response.mimetype == "application/manifest+json"
    return json.loads(response.data)


def test_manifest_makes_the_hub_an_app(visitor, app):
    manifest = told(visitor)
    assert (manifest["name"], manifest["display"]) == (app.config["TITLE"], "standalone")
    assert (manifest["start_url"], manifest["short_name"]) == ("/", "Wissensspeicher")
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} == {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    }  # fmt: skip


def test_icons_are_there_in_their_sizes(visitor):
    for icon in told(visitor)["icons"]:
        response = visitor.get(icon["src"])
        with Image.open(io.BytesIO(response.data)) as image:
            assert (response.mimetype, "x".join(map(str, image.size))) == ("image/png", icon["sizes"])


def test_phone_shares_words_and_files(visitor):
    target = told(visitor)["share_target"]
    assert (target["action"], target["method"]) == ("/entries/shared", "POST")
    assert target["enctype"] == "multipart/form-data", "files need it"
    [taken] = target["params"].pop("files")
    assert target["params"] == {"title": "title", "text": "text", "url": "url"}
    assert taken["name"] == "files"
    assert {"application/pdf", ".pdf", ".docx", "image/jpeg"} <= set(taken["accept"])


def test_signed_in_pages_name_the_manifest_and_strangers_pages_do_not(visitor, make, sign_in):
    assert 'rel="manifest" href="/manifest.webmanifest"' in sign_in(make.user()).get("/").get_data(as_text=True)
    assert 'rel="manifest"' not in visitor.get("/login").get_data(as_text=True)


def test_worker_keeps_the_notice_and_files_of_the_design_only(visitor):
    script = visitor.get("/service-worker.js").get_data(as_text=True)
    files = json.loads(re.search(r"FILES = (\[.*?\]);", script)[1])
    assert files[0] == "/offline" and len(files) == 1 + len(NOTICE_FILES)
    assert all(name.startswith("/static/") for name in files[1:])
    assert all(visitor.get(name).status_code == 200 for name in files)
    assert "credentials: 'omit'" in script


def test_worker_is_the_same_for_everybody(visitor, make, sign_in):
    person = sign_in(make.user())
    for path in ("/service-worker.js", "/offline", "/manifest.webmanifest"):
        assert visitor.get(path).data == person.get(path).data, path


def test_notice_says_what_is_the_matter(visitor):
    page = visitor.get("/offline").get_data(as_text=True)
    assert "Gerade keine Verbindung" in page and "keine Inhalte" in page
