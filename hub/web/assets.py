"""Static files under names that carry their checksum, so that browsers may keep them for good.

Small files are read once at the start; texts are compressed then, not with each request. Large ones (the reader of PDF)
stay on disk and are packed when somebody asks: a browser does so once, and no server process holds them.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import brotli
from flask import Flask, Response, abort, request

from hub.web.guard import public
from hub.web.icons import IconSet

FOR_GOOD = "public, max-age=31536000, immutable"
SHORT = "public, max-age=300"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".pfb": "application/octet-stream",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
TEXTS = {".css", ".js", ".mjs", ".svg"}
LARGE = 120_000
UNSERVED = "vendor/icons/"
SPRITE = "icons.svg"
_HASHED = re.compile(r"^(?P<stem>.+)\.(?P<digest>[0-9a-f]{10})(?P<suffix>\.[a-z0-9]+)$")
_CSS_URL = re.compile(r'url\("([^":]+)"\)')


@dataclass(frozen=True, slots=True)
class Asset:
    """One served file: its bytes by content coding ("" is plain) and the checksum of the plain ones.

    A large one has its path and the codings that are made when they are asked for.
    """

    media_type: str
    digest: str
    bodies: dict[str, bytes]
    path: Path | None = None

    def coding(self, accepted: str) -> str:
        """The smallest coding that the browser accepts."""
        return next((coding for coding in ("br", "gzip") if coding in self.bodies and coding in accepted), "")

    def body(self, coding: str) -> bytes:
        """The bytes to send."""
        if self.path is None:
            return self.bodies[coding]
        content = self.path.read_bytes()
        if coding == "br":
            return brotli.compress(content, quality=5)
        return gzip.compress(content, 6, mtime=0) if coding else content


class AssetStore:
    """The files of the static folder by path, and their addresses with checksum."""

    def __init__(self, folder: Path, prefix: str, icons: IconSet) -> None:
        self._prefix = prefix
        self.assets: dict[str, Asset] = {}
        self._addresses: dict[str, str] = {}
        self._add(SPRITE, icons.sprite().encode())
        paths = [path for path in sorted(folder.rglob("*")) if path.suffix in MEDIA_TYPES]
        for path in sorted(paths, key=lambda path: path.suffix == ".css"):
            name = path.relative_to(folder).as_posix()
            if not name.startswith(UNSERVED):
                content = path.read_bytes()
                if len(content) > LARGE:
                    self._add_large(name, content, path)
                else:
                    self._add(name, self._with_hashed_urls(name, content) if path.suffix == ".css" else content)

    def address(self, name: str) -> str:
        """The address of a file, for example ``/static/css/base.0123456789.css``."""
        return self._addresses[name]

    def find(self, name: str) -> tuple[Asset, bool] | None:
        """The file behind a name with or without checksum, and whether the checksum is today's."""
        match = _HASHED.match(name)
        if match and (asset := self.assets.get(match["stem"] + match["suffix"])):
            return asset, asset.digest == match["digest"]
        asset = self.assets.get(name)
        return (asset, False) if asset else None

    def _add_large(self, name: str, content: bytes, path: Path) -> None:
        codings = ("", "br", "gzip") if path.suffix in TEXTS else ("",)
        self._keep(name, content, dict.fromkeys(codings, b""), path)

    def _add(self, name: str, content: bytes) -> None:
        suffix = posixpath.splitext(name)[1]
        bodies = {"": content}
        if suffix in TEXTS:
            bodies["br"] = brotli.compress(content, quality=5)  # a tenth of the time of 10, and little memory
            bodies["gzip"] = gzip.compress(content, 9, mtime=0)
        self._keep(name, content, bodies)

    def _keep(self, name: str, content: bytes, bodies: dict[str, bytes], path: Path | None = None) -> None:
        stem, suffix = posixpath.splitext(name)
        digest = hashlib.sha256(content).hexdigest()[:10]
        self.assets[name] = Asset(MEDIA_TYPES[suffix], digest, bodies, path)
        self._addresses[name] = f"{self._prefix}/{stem}.{digest}{suffix}"

    def _with_hashed_urls(self, name: str, content: bytes) -> bytes:
        """Let a style sheet name its fonts by their hashed addresses too."""

        def hashed(match: re.Match[str]) -> str:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[1]))
            return f'url("{self.address(target)}")'

        return _CSS_URL.sub(hashed, content.decode()).encode()


def init_assets(app: Flask) -> None:
    """Serve the static folder and give templates ``static_url`` and ``icon``."""
    folder = Path(app.static_folder or Path(app.root_path).parent / "static")
    icons = IconSet(folder / "vendor" / "icons")
    store = AssetStore(folder, app.static_url_path or "/static", icons)
    app.extensions["assets"] = store
    app.jinja_env.globals["static_url"] = store.address
    app.jinja_env.globals["icon"] = icons.drawer(store.address(SPRITE))
    if "static" not in app.view_functions:
        app.add_url_rule("/static/<path:filename>", endpoint="static")
    app.view_functions["static"] = _view(store)


def _view(store: AssetStore) -> Callable[[str], Response]:
    @public
    def static(filename: str) -> Response:
        found = store.find(filename)
        if found is None:
            abort(404)
        asset, is_current = found
        coding = asset.coding(request.headers.get("Accept-Encoding", ""))
        response = Response(asset.body(coding), content_type=asset.media_type)
        response.headers["Cache-Control"] = FOR_GOOD if is_current else SHORT
        if len(asset.bodies) > 1:
            response.headers["Vary"] = "Accept-Encoding"
        if coding:
            response.headers["Content-Encoding"] = coding
        response.set_etag(f"{asset.digest}{coding}")
        response.make_conditional(request)
        return response

    return static
