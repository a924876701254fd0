"""Walks the hub as a visitor does: follows links, and gathers each form with its fields as the page shows them."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.support.html_lint import Node, parse

TYPED = {"text", "search", "email", "url", "tel", "number", "password", "textarea"}
SENT = TYPED | {"hidden", "checkbox", "radio", "select", "file", "submit", "date", "month"}


@dataclass(frozen=True)
class Field:
    """One control of a form; ``kind`` is its type, ``options`` what a select or radio group offers."""

    name: str
    kind: str
    value: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page; ``endpoint`` is the view that its action leads to."""

    page: str
    action: str
    method: str
    endpoint: str
    fields: tuple[Field, ...]

    def values(self) -> dict[str, str]:
        """What a browser would send without anything typed; of buttons none."""
        return {field.name: field.value for field in self.fields if field.kind not in ("file", "submit")}

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        """Forms of one kind differ in numbers only."""
        return self.method, self.endpoint, tuple(sorted({field.name for field in self.fields}))


def forms_of(page: str, html: str, endpoint_of: Callable[[str, str], str]) -> Iterator[Form]:
    """Every form of a page."""
    root, _faults = parse(html)
    outside = [node for node in root.all("input", "select", "textarea", "button") if node.get("form")]
    for node in root.all("form"):
        action = urljoin(page, node.get("action") or page)
        method = (node.get("method") or "get").upper()
        own = [one for one in outside if one.get("form") == node.get("id")]
        controls = [*node.all("input", "select", "textarea", "button"), *own]
        fields = tuple(field for control in controls if (field := _field(control)) is not None)
        targets = [urljoin(page, one.get("formaction")) for one in controls if one.get("formaction")]
        if node.get("action") or not targets:
            targets.append(action)
        for target in dict.fromkeys(targets):
            yield Form(page, target, method, endpoint_of(target, method), fields)


def _field(node: Node) -> Field | None:
    name = node.get("name")
    kind = node.get("type") or {"input": "text", "button": "submit"}.get(node.tag, node.tag)
    if not name or name == "csrf_token" or (node.tag == "button" and kind == "button"):
        return None
    if node.tag == "button":
        return Field(name, "submit", node.get("value"))
    if node.tag == "select":
        options = tuple(option.get("value") for option in node.all("option"))
        chosen = [option.get("value") for option in node.all("option") if "selected" in option.attributes]
        return Field(name, "select", (chosen or list(options) or [""])[0], options)
    if node.tag == "textarea":
        return Field(name, "textarea", node.text())
    if kind in ("checkbox", "radio"):
        return Field(name, kind, node.get("value") or "on", (node.get("value") or "on",))
    return Field(name, kind if kind in SENT else "text", node.get("value"))


class Walk:
    """What a person can reach by links from the start page: a few pages of each view, all kinds of forms."""

    def __init__(self, app: Flask, get: Callable[[str], object], each: int = 3) -> None:
        self.app, self.get, self.each = app, get, each
        self.adapter = app.url_map.bind("localhost")
        self.pages: dict[str, str] = {}
        self.forms: dict[tuple, Form] = {}

    def go(self, *starts: str) -> "Walk":
        """Follow links from these pages."""
        waiting, known, counted = deque(starts), set(starts), {}
        while waiting:
            path = waiting.popleft()
            html = self._open(path)
            if html is None:
                continue
            self.pages[path] = html
            for form in forms_of(path, html, self.endpoint_of):
                self.forms.setdefault(form.key, form)
            for link in self._links(path, html):
                endpoint = self.endpoint_of(link, "GET")
                kind = (endpoint, tuple(sorted(part.partition("=")[0] for part in urlsplit(link).query.split("&"))))
                if link in known or not endpoint or counted.get(kind, 0) >= self.each:
                    continue
                known.add(link)
                counted[kind] = counted.get(kind, 0) + 1
                waiting.append(link)
        return self

    def endpoint_of(self, address: str, method: str) -> str:
        """The view behind an address; empty when there is none."""
        try:
            return str(self.adapter.match(urlsplit(address).path, method)[0])
        except HTTPException:
            return ""

    def _open(self, path: str) -> str | None:
        response = self.get(path)
        if response.mimetype != "text/html" or response.status_code != 200:
            response.close()
            return None
        return response.get_data(as_text=True)

    def _links(self, path: str, html: str) -> Iterator[str]:
        for node in parse(html)[0].all("a"):
            address = urljoin(path, node.get("href").partition("#")[0])
            if address.startswith("/") and self.endpoint_of(address, "GET") not in ("", "static"):
                yield address
