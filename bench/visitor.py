"""One person at a browser, as far as forms go: cookies, hidden fields, and the time each answer took."""

import http.client
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode, urlsplit

BOUNDARY = "grenze-4711"
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", f"multipart/form-data; boundary={BOUNDARY}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A page that arrived; ``seconds`` from asking to its last byte."""

    status: int
    text: str
    location: str
    seconds: float
    content: bytes = b""


class Visitor:
    """A connection that is kept, with its cookies; redirects are not followed."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies: dict[str, str] = {}
        self._address = urlsplit(base)
        self._connection = http.client.HTTPConnection(self._address.netloc, timeout=60)

    @property
    def cookie(self) -> str:
        """The cookies as a header says them."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, fields: list[tuple[str, str]]) -> Answer:
        return self._ask("POST", path, urlencode(fields).encode())

    def send(self, path: str, fields: list[tuple[str, str]], *files: tuple[str, str, bytes]) -> Answer:
        """A form that may carry files, each with the name of its field, its own and its content."""
        line = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
        body = b"".join(f'{line}"{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields)
        for field, name, content in files:
            body += f'{line}"{field}"; filename="{name}"\r\n\r\n'.encode() + content + b"\r\n"
        return self._ask("POST", path, body + f"--{BOUNDARY}--\r\n".encode(), MULTIPART)

    def hidden(self, path: str, field: str) -> list[tuple[str, str]]:
        """The hidden fields of the form on that page which asks for the field."""
        answer = self.get(path)
        if answer.status != 200:
            raise RuntimeError(f"{path} antwortet {answer.status}.")
        forms = _Forms()
        forms.feed(answer.text)
        return next(list(form.hidden.items()) for form in forms.found if field in form.asked)

    def sign_in(self, email: str, password: str) -> None:
        """Through the form; raises when no session came of it."""
        fields = [*self.hidden("/login", "password"), ("email", email), ("password", password)]
        answer = self.post("/login", fields)
        if answer.status not in (302, 303) or "/login" in answer.location:
            raise RuntimeError(f"Das Anmelden ist nicht gelungen: {answer.status} {answer.location}")

    def _ask(self, method: str, path: str, body: bytes | None, kind: str = URLENCODED) -> Answer:
        headers = {"Cookie": self.cookie, "User-Agent": "bench", "Origin": self.base, "Referer": self.base + "/"}
        if body is not None:
            headers["Content-Type"] = kind
        path = quote(path, safe="/?&=%+")
        begin = time.perf_counter()
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._connection.close()  # an idle connection that the server has closed
            begin = time.perf_counter()
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
        content = response.read()
        text = content.decode("utf-8", "replace")
        seconds = time.perf_counter() - begin
        self._keep_cookies(response.headers.get_all("Set-Cookie") or [])
        return Answer(response.status, text, response.headers.get("Location", ""), seconds, content)

    def _keep_cookies(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if not morsel.value:
                    del self.cookies[name]


@dataclass(frozen=True, slots=True)
class _Form:
    hidden: dict[str, str]
    asked: set[str]


class _Forms(HTMLParser):
    """The forms of a page; what stands outside of a form is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Form] = []
        self._open: _Form | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            self._open = _Form({}, set())
            self.found.append(self._open)
        elif self._open and tag in ("input", "textarea", "select") and given.get("name"):
            if given.get("type") == "hidden":
                self._open.hidden[str(given["name"])] = given.get("value") or ""
            else:
                self._open.asked.add(str(given["name"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
