"""A small shop full of holes, for one purpose: a scanner that does not find them proves nothing by its silence.

Standard library only, bound to loopback, started by the scan alone: `python app.py PORT`. The hub never imports it.
"""

import contextlib
import html
import sqlite3
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

LINKS = (
    "/search?q=Lampe",
    "/hello?name=Eva",
    "/go?to=/hello",
    "/head?x=1",
    "/run?host=localhost",
    "/file?name=app.py",
    "/notes",
    "/profile",
)
FORM = '<form method="post" action="{0}"><input name="{1}" value=""><button>Senden</button></form>'
TABLE = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
LOCK = threading.Lock()
NOTES: list[str] = []


class Shop(BaseHTTPRequestHandler):
    """Every page holds one fault, named in its method."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        given = parse_qs(parts.query.replace("%00", ""), keep_blank_values=True)
        values = {name: value[0] for name, value in given.items()}
        view = getattr(self, "show_" + parts.path.strip("/").replace(".", "_"), None)
        if parts.path == "/":
            self.page("".join(f'<a href="{html.escape(link)}">x</a>' for link in LINKS))
        elif view is None:
            self.page("Nichts", 404)
        else:
            view(values)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        values = {name: value[0] for name, value in parse_qs(body).items()}
        if self.path == "/notes":
            NOTES[:] = [*NOTES[-20:], values.get("note", "")]
        self.page("Gespeichert")  # anybody may send it: no token

    do_PUT = do_DELETE = do_POST  # whoever asks may write

    def do_OPTIONS(self) -> None:
        self.send_response(200)
        self.send_header("Allow", "GET, POST, PUT, DELETE, TRACE")
        self.end_headers()

    def show_search(self, values: dict[str, str]) -> None:
        """SQL from text."""
        try:
            with LOCK:
                rows = TABLE.execute(f"SELECT name FROM thing WHERE name = '{values.get('q', '')}'").fetchall()
        except sqlite3.Error as error:
            self.page(f"sqlite3.OperationalError: {error}", 500)
            return
        self.page("<br>".join(html.escape(str(row[0])) for row in rows) or "Nichts gefunden")

    def show_hello(self, values: dict[str, str]) -> None:
        """A name that is not escaped."""
        self.page(f"Hallo {values.get('name', '')}")

    def show_go(self, values: dict[str, str]) -> None:
        """A redirect to anywhere."""
        self.send_response(302)
        self.send_header("Location", values.get("to", "/"))
        self.end_headers()

    def show_head(self, values: dict[str, str]) -> None:
        """A header that can be split."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.wfile.write(
            b"".join(self._headers_buffer) + f"X-Shop: {values.get('x', '')}\r\n\r\nKopf".encode("latin-1", "replace")
        )
        self._headers_buffer = []

    def show_run(self, values: dict[str, str]) -> None:
        """A command from text."""
        done = subprocess.run(f"echo {values.get('host', '')}", shell=True, capture_output=True, text=True, timeout=5)
        self.page(f"<pre>{html.escape(done.stdout + done.stderr)}</pre>")

    def show_file(self, values: dict[str, str]) -> None:
        """A path from text."""
        path = Path(__file__).parent / values.get("name", "").replace("\0", "")
        text = ""
        with contextlib.suppress(OSError):
            text = path.read_text(errors="replace")
        self.page(f"<pre>{html.escape(text)}</pre>")

    def show_notes(self, _values: dict[str, str]) -> None:
        """What others wrote, not escaped."""
        self.page("".join(f"<p>{note}</p>" for note in NOTES) + FORM.format("/notes", "note"))

    def show_profile(self, _values: dict[str, str]) -> None:
        """A change without a token."""
        self.page(FORM.format("/profile", "email"))

    def show_profile_bak(self, _values: dict[str, str]) -> None:
        """A forgotten copy."""
        self.page("<?php echo 'Kopie'; ?>")

    def page(self, body: str, status: int = 200) -> None:
        """No policy, no nosniff, a cookie without any protection."""
        data = f"<html><body>{body}</body></html>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Set-Cookie", "shop=1; Path=/")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    TABLE.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT)")
    TABLE.executemany("INSERT INTO thing (name) VALUES (?)", [("Lampe",), ("Bank",), ("Baum",)])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Shop).serve_forever()
