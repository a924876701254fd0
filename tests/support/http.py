"""A plain browser over the wire for tests against the running server: cookies, the token of a page, forms."""

import html
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Wire:
    """One signed-in browser; answers are (status, address after redirects, text)."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[int, str, str]:
        """Fetch a page."""
        return self._open(urllib.request.Request(self.base_url + path))

    def post(self, path: str, fields: dict[str, Any], page: str | None = None) -> tuple[int, str, str]:
        """Send a form as multipart, with the token of the page it stands on."""
        token = self.token(page or path)
        boundary = secrets.token_hex(12)
        parts = []
        for name, value in {"csrf_token": token, **fields}.items():
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
            if isinstance(value, tuple):
                file_name, content = value
                parts.append(
                    f'{head}; filename="{file_name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode()
                )
                parts.append(content + b"\r\n")
            else:
                parts.append(f"{head}\r\n\r\n{value}\r\n".encode())
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        request = urllib.request.Request(self.base_url + path, data=body)
        request.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
        request.add_header("Origin", self.base_url)
        return self._open(request)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in with address and password."""
        status, address, _text = self.post("/login", {"email": email, "password": password})
        assert status == 200 and not address.endswith("/login"), (status, address)

    def token(self, path: str) -> str:
        """The token that stands on a page."""
        found = _TOKEN.search(self.get(path)[2])
        assert found is not None, f"no token on {path}"
        return html.unescape(found[1])

    def _open(self, request: urllib.request.Request) -> tuple[int, str, str]:
        try:
            with self._opener.open(request, timeout=60) as response:
                return response.status, response.geturl(), response.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.geturl(), error.read().decode("utf-8", "replace")
