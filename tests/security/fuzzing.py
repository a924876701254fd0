"""R25: requests that nobody means, over every route, as every role; seeded, so that a run can be repeated."""

import io
import random
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

from flask import Flask

from tests.house.test_access import VALUES, rules
from tests.security.odd_input import BODIES, CONTENT_TYPES, METHODS, PATHS, Odd
from tests.security.walking import Form, forms_of

PARAMETERS = (
    "q page sort view year kind collection tag organisation language next id old new entry saved seite "
    "status decided format name deleted role held url title text practice stadt v do also"
).split()
CHECKED_EVERY = 25


@dataclass
class Sent:
    """One request as Werkzeug's test client takes it."""

    path: str
    method: str
    more: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        shown = {name: value if len(repr(value)) < 300 else repr(value)[:300] for name, value in self.more.items()}
        return f"{self.method} {self.path[:200]} {shown}"


class Fuzzer:
    """Draws requests: known forms with some fields turned odd, known routes with odd parts, and plain dirt."""

    def __init__(self, app: Flask, seed: int) -> None:
        self.chance = random.Random(seed)
        self.odd = Odd(self.chance)
        self.routes = [one for one in rules(app) if one[0] != "static"]
        self.patterns = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
        self.adapter = app.url_map.bind("localhost")

    def draw(self, forms: list[Form], token: str) -> Sent:
        """The next request; most changes carry the token of this browser, so that they get past the guard."""
        kind = self.chance.random()
        if forms and kind < 0.5:
            sent = self._form(self.chance.choice(forms), token)
        elif kind < 0.85:
            sent = self._route(token)
        elif kind < 0.92:
            sent = Sent(self.chance.choice(PATHS), self.chance.choice(METHODS))
        else:
            sent = self._body()
        if self.chance.random() < 0.25:
            sent.more["headers"] = list(dict(self.odd.header() for _ in range(2)).items())
        return sent

    def _form(self, form: Form, token: str) -> Sent:
        values: dict[str, list[Any]] = {name: [value] for name, value in form.values().items()}
        for one in self.odd.some([one for one in form.fields if one.kind != "file"]):
            values[one.name] = [self.odd.value() for _ in range(self.chance.choice((1, 1, 1, 2, 5)))]
            if one.options and self.chance.random() < 0.5:
                values[one.name] = [self.chance.choice(one.options)]
            if self.chance.random() < 0.1:
                del values[one.name]
        if self.chance.random() < 0.1:
            values[self.odd.value()[:2000]] = [self.odd.value()]
        if form.method == "GET":
            return Sent(with_query(form.action.partition("?")[0], values), "GET")
        if self.chance.random() < 0.95:
            values["csrf_token"] = [token]
        files = [one.name for one in form.fields if one.kind == "file"]
        if files and self.chance.random() < 0.7:
            for name in files:
                content, label = self.odd.file()
                values[name] = [(io.BytesIO(content), label.encode("utf-8", "replace").decode())]
            return Sent(form.action, "POST", {"data": as_text(values), "content_type": "multipart/form-data"})
        return Sent(form.action, "POST", encoded(values))

    def _route(self, token: str) -> Sent:
        rule = self.chance.choice(self.patterns)
        method = self.chance.choice(sorted(rule.methods or {"GET"}))
        path = self._path(rule)
        values = {name: [self.odd.value()] for name in self.odd.some(PARAMETERS)}
        if method == "POST":
            values |= {"csrf_token": [token]}
            return Sent(path, method, encoded(values))
        return Sent(with_query(path, values) if self.chance.random() < 0.8 else path, method)

    def _path(self, rule: Any) -> str:
        """The route's address with fitting parts, one of them turned odd now and then."""
        path = rule.rule
        for name in rule.arguments:
            start = path.index("<")
            end = path.index(">")
            fits = str(VALUES.get(name, "hilfe" if rule.endpoint.startswith("pages.") else self.chance.randint(1, 4)))
            value = fits if self.chance.random() < 0.6 else self.odd.segment()
            path = path[:start] + quoted(value) + path[end + 1 :]
        return path

    def _body(self) -> Sent:
        _endpoint, method, path = self.chance.choice([one for one in self.routes if one[1] == "POST"])
        return Sent(
            path, method, {"data": self.chance.choice(BODIES), "content_type": self.chance.choice(CONTENT_TYPES)}
        )


def quoted(value: str) -> str:
    """A value for a path; half characters stay half."""
    return quote_from_bytes(value.encode("utf-8", "surrogatepass"), safe="")


def with_query(path: str, values: dict[str, list[Any]]) -> str:
    """The address with these values; at most as long as the server takes."""
    query = urlencode(values, doseq=True, encoding="utf-8", errors="surrogatepass")
    return f"{path}?{query[:60_000]}"


def encoded(values: dict[str, list[Any]]) -> dict[str, Any]:
    """A body as a browser writes it."""
    body = urlencode(values, doseq=True, encoding="utf-8", errors="surrogatepass").encode()
    return {"data": body, "content_type": "application/x-www-form-urlencoded"}


def as_text(values: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Half characters have no place in a multipart body that Werkzeug writes."""
    return {
        name.encode("utf-8", "replace").decode(): [
            value.encode("utf-8", "replace").decode() if isinstance(value, str) else value for value in given
        ]
        for name, given in values.items()
    }


@dataclass
class Run:
    """What a run has met: answers by status, and each request that failed with its trace."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def fuzz(app: Flask, enter: Callable[[], Any], forms: list[Form], count: int, seed: int, endless: bool = False) -> Run:
    """Send ``count`` requests in a browser that ``enter()`` opens, again and again when its session has ended."""
    fuzzer, run, person = Fuzzer(app, seed), Run(), enter()
    token = person.token()
    for number in range(count):
        if number % CHECKED_EVERY == 0 and number:
            person = enter()
            token = person.token()
        sent = fuzzer.draw(forms, token)
        try:
            response = person._open(sent.method, sent.path, **sent.more)
        except Exception as error:
            run.faults.append(f"seed {seed}, request {number}: {sent}: {where(error)}")
            continue
        run.statuses[response.status_code] += 1
        if response.status_code >= 500 and response.status_code != 501:
            run.faults.append(f"seed {seed}, request {number}: {sent}: {response.status_code}")
        is_plain = response.mimetype == "text/html" and "Content-Encoding" not in response.headers
        if is_plain and fuzzer.chance.random() < 0.05:
            html = response.get_data(as_text=True)
            forms.extend(one for one in _new_forms(sent.path, html, fuzzer) if len(forms) < 200)
        response.close()
    return run


def where(error: Exception) -> str:
    """What went wrong, and the last line of ours on the way there."""
    ours = [one for one in traceback.extract_tb(error.__traceback__) if "/hub/" in one.filename]
    place = f"{ours[-1].filename.rpartition('/hub/')[2]}:{ours[-1].lineno}" if ours else "elsewhere"
    return f"{place}: {type(error).__name__}: {str(error)[:300]}"


def _new_forms(path: str, html: str, fuzzer: Fuzzer) -> Iterator[Form]:
    def endpoint(_address: str, _method: str) -> str:
        return ""

    for form in forms_of(path, html, endpoint):
        if form.fields and form.action.startswith("/") and "logout" not in form.action:
            yield form
