"""Providers of identities as processes of their own, and the part of a browser that signs in there."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.support.postgres import free_port
from tests.support.provider_server import CLIENT_ID, SECRET

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0


class _StayHere(urllib.request.HTTPRedirectHandler):
    """The test itself carries the way back into the hub."""

    def redirect_request(self, *_given: Any) -> None:
        return None


_browser = urllib.request.build_opener(_StayHere, urllib.request.ProxyHandler({}))


class ProviderProcess:
    """One provider: ``control`` says who signs in there and how it misbehaves, ``sign_in`` walks through its page."""

    client_id, secret = CLIENT_ID, SECRET

    def __init__(self) -> None:
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "tests.support.provider_server", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait()

    def control(self, **settings: Any) -> None:
        """Begin anew with these settings (see ``provider_server``)."""
        self._post("/control", settings)

    def seen(self) -> dict[str, list[Any]]:
        """What the hub has asked since then."""
        with _browser.open(f"{self.issuer}/seen", timeout=10) as answer:
            return json.loads(answer.read())

    def logout_token(self, **how: Any) -> str:
        """A token that says somebody signed out there."""
        return self._post("/logout-token", how)["token"]

    def sign_in(self, address: str, subject: str = "anna") -> str:
        """Sign in at the address the hub sent us to; returns the address the provider sends us back to."""
        return self._go(address, {"sub": subject})

    def deny(self, address: str) -> str:
        """Cancel there."""
        return self._go(address, {"deny": "1"})

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def _go(self, address: str, form: dict[str, str]) -> str:
        assert address.startswith(self.issuer), address
        try:
            with _browser.open(address, urlencode(form).encode(), timeout=10) as answer:
                raise AssertionError(f"no way back: {answer.read()[:300]!r}")
        except urllib.error.HTTPError as answer:
            with answer:
                assert answer.code == 302, answer.read()[:500]
                return answer.headers["Location"]

    def _post(self, path: str, content: dict[str, Any]) -> Any:
        body = json.dumps(content).encode()
        asked = urllib.request.Request(self.issuer + path, body, {"Content-Type": "application/json"})
        with _browser.open(asked, timeout=10) as answer:
            return json.loads(answer.read())

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.control()
                return
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)


def values_of(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query, keep_blank_values=True).items()}


def with_values(address: str, **changes: str | None) -> str:
    """The path of an address with other parameters; None takes one away."""
    values = {name: value for name, value in {**values_of(address), **changes}.items() if value is not None}
    return f"{urlsplit(address).path}?{urlencode(values)}"


@pytest.fixture(scope="session")
def provider_processes() -> Iterator[list[ProviderProcess]]:
    """Two providers, started once."""
    running = [ProviderProcess(), ProviderProcess()]
    yield running
    for process in running:
        process.close()
