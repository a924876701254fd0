"""The hub as an app on a phone or desktop: its description, and a notice for moments without a network.

All three are the same for everybody and hold nothing of anybody; the worker in the browser keeps the notice and nothing
else, and never a page of the hub.
"""

import hashlib
import json

from flask import Blueprint, Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.core.filetypes import ACCEPT, TYPES
from hub.web.assets import AssetStore
from hub.web.guard import public

bp = Blueprint("installing", __name__)
SCRIPT = "js/service-worker.js"
NOTICE_FILES = ("css/tokens.css", "css/base.css", "css/components.css", "img/mark.svg")
ICONS = (("192x192", "any", "img/app-192.png"), ("512x512", "any", "img/app-512.png"),
         ("512x512", "maskable", "img/app-maskable-512.png"))  # fmt: skip
SHARED_TYPES = sorted({*(kind.media_type for kind in TYPES.values()), *ACCEPT.split(",")})
PAPER, BRAND = "#fcf9f5", "#5b2389"


@bp.get("/manifest.webmanifest")
@public
def manifest() -> ResponseReturnValue:
    """Name, icons, and what the phone may share with the hub: the form opens filled, nothing is saved."""
    title = current_app.config["TITLE"]
    told = {
        "id": "/",
        "name": title,
        "short_name": title.split()[-1],
        "description": _("Eintragen und finden, was andere Städte schon wissen."),
        "lang": "de",
        "start_url": url_for("browsing.start"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": BRAND,
        "icons": [
            {"src": _address(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for sizes, purpose, name in ICONS
        ],
        "shortcuts": [{"name": _("Beitragen"), "url": url_for("entries.submit")}],
        "share_target": {
            "action": url_for("entries.take_shared"),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "title": "title",
                "text": "text",
                "url": "url",
                "files": [{"name": "files", "accept": SHARED_TYPES}],
            },
        },
    }
    return _for_everybody(json.dumps(told, ensure_ascii=False), "application/manifest+json")


@bp.get("/service-worker.js")
@public
def service_worker() -> ResponseReturnValue:
    """The worker in the browser; new files give it another text, and browsers take the new one."""
    files = [url_for("installing.offline"), *map(_address, NOTICE_FILES)]
    notice = render_template("browsing/offline.html")
    version = hashlib.sha256("".join([*files, notice]).encode()).hexdigest()[:10]
    head = f"const VERSION = {json.dumps(version)}, FILES = {json.dumps(files)};\n"
    return _for_everybody(head + _assets().assets[SCRIPT].bodies[""].decode(), "text/javascript")


@bp.get("/offline")
@public
def offline() -> ResponseReturnValue:
    """What is seen without a network."""
    return render_template("browsing/offline.html")


def _assets() -> AssetStore:
    store: AssetStore = current_app.extensions["assets"]
    return store


def _address(name: str) -> str:
    return _assets().address(name)


def _for_everybody(text: str, media_type: str) -> Response:
    response = Response(text, content_type=f"{media_type}; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response
