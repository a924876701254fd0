"""What is scanned: the real server with example content, once for each role, and the faulty shop before it."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.security.walking import Form, Walk
from tests.support.postgres import free_port
from tests.support.server import HubServer

SHOP = Path(__file__).resolve().parents[1] / "faulty_app" / "app.py"
SECURE = {"HUB_BASE_URL": "https://hub.example.org", "HUB_WORKER": "0", "WEB_CONCURRENCY": "2"}
FAULTS = ("error.unexpected", "database.busy", "storage.full", "Traceback")
ROLES = ("anonymous", "member", "editor", "admin")


@contextlib.contextmanager
def faulty_shop() -> Iterator[str]:
    """The address of the shop with holes, while it runs."""
    port, folder = free_port(), tempfile.mkdtemp(prefix="shop-")  # what scanners make it write stays there
    process = subprocess.Popen([sys.executable, str(SHOP), str(port)], cwd=folder, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        for _try in range(100):
            with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):
                break
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Hub:
    """The running hub and the cookie of each role."""

    server: HubServer
    app: Any
    url: str

    def cookie(self, role: str) -> str:
        """``name=value`` of a fresh session of this role; empty for strangers."""
        if role == "anonymous":
            return ""
        from sqlalchemy import select

        from hub.accounts import sessions
        from hub.accounts.models import User
        from hub.core.actor import Proof
        from hub.core.db import db

        with self.app.app_context():
            user = db.session.scalar(
                select(User.id).where(User.role == role, User.blocked_at.is_(None)).order_by(User.id)
            )
            proofs = Proof.PASSWORD, Proof.TIME_CODE
            return f"{sessions.cookie_name()}={sessions.start(user, False, *proofs)}"

    def forms(self, role: str) -> list[Form]:
        """All kinds of forms and of addresses with parameters that this role meets."""
        cookie = self.cookie(role)
        walk = Walk(self.app, lambda path: Page(self.url, path, cookie), each=2)
        walk.go(
            "/",
            "/login",
            "/entries/new",
            "/search?q=Bahnhof&page=1&sort=newest",
            "/collections/bahnhofsviertel?view=list",
        )
        return list(walk.forms.values())

    def faults(self) -> list[str]:
        """Answers that were a fault of ours, from the server's log."""
        lines = self.server.log.read_text(errors="replace").splitlines()
        return [line[:400] for line in lines if any(word in line for word in FAULTS)]


class Page:
    """One answer over the wire, as the walk reads it."""

    def __init__(self, url: str, path: str, cookie: str, body: str = "") -> None:
        data = body.encode() or None
        request = urllib.request.Request(url + path, data, headers={"Cookie": cookie} if cookie else {})
        try:
            answer = urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.status_code, self.mimetype = answer.status, answer.headers.get_content_type()
            self._text = answer.read().decode("utf-8", "replace")

    def get_data(self, as_text: bool = True) -> str:
        return self._text

    def close(self) -> None:
        """Read already."""


@contextlib.contextmanager
def running_hub() -> Iterator[Hub]:
    """The hub as behind its proxy (secure cookies, HSTS), reached on loopback."""
    folder = Path(tempfile.mkdtemp(prefix="hub-scan-"))
    server = HubServer(folder, SECURE)
    server.prepare()
    for role in ROLES[1:]:
        words = ("--email", f"{role}@hub.example.org", "--name", role, "--organisation", "Essen", "--role", role)
        server.flask("users", "create", *words, "--password-stdin", text="sieben graue Tauben am Gleis")
    server.flask("users", "close-examples")  # what others reach may not start with open examples
    subprocess.run(["chmod", "-R", "go-rwx", str(folder)], check=True)
    server.start()
    os.environ.update({name: value for name, value in server.environment.items() if name.startswith("HUB_")})
    from hub import create_app

    try:
        yield Hub(server, create_app(), server.url)
    finally:
        server.stop()
