"""The certificate is checked against the name in the address, though the connection goes to the checked IP address."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from hub.fetching import safe_fetch
from hub.fetching.safe_fetch import Door, FetchError, fetch
from tests.fetching.conftest import head
from tests.support.requirements import missing

NAME = "stadt.example"


class SecureServer:
    """Answers every request over TLS with one page; notes the name that callers asked for."""

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "cert.pem"
        key = folder / "key.pem"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        command += ["-keyout", str(key), "-out", str(self.certificate), "-days", "2", "-subj", f"/CN={NAME}"]
        command += ["-addext", f"subjectAltName=DNS:{NAME}"]
        subprocess.run(command, check=True, capture_output=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, key)
        self.names: list[str | None] = []
        self.context.sni_callback = lambda _line, name, _context: self.names.append(name)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.02)
        self.port = self._listening.getsockname()[1]
        self.door = Door(frozenset({("127.0.0.1", self.port)}))
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while not self._ending.is_set():
            with suppress(TimeoutError):
                raw, _address = self._listening.accept()
                raw.settimeout(5)
                with raw, suppress(OSError), self.context.wrap_socket(raw, server_side=True) as line:
                    line.recv(4096)
                    line.sendall(head(200, "text/html", "4") + b"sich")

    def close(self) -> None:
        self._ending.set()
        self._thread.join()
        self._listening.close()


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureServer]:
    if not shutil.which("openssl"):
        missing("openssl", "OpenSSL ist nicht installiert: sudo apt install openssl")
    server = SecureServer(tmp_path_factory.mktemp("tls"))
    yield server
    server.close()


@pytest.fixture
def trusted(secure: SecureServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate of the server counts as one of the known authorities."""
    context = ssl.create_default_context(cafile=str(secure.certificate))
    monkeypatch.setattr(safe_fetch, "_tls", lambda: context)


def test_name_of_the_address_is_asked_for_and_checked(secure, trusted, names):
    names[NAME] = [["127.0.0.1"]]
    fetched = fetch(f"https://{NAME}:{secure.port}/", secure.door)
    assert (fetched.status, fetched.content) == (200, b"sich")
    assert secure.names[-1] == NAME


def test_certificate_of_another_name_is_refused(secure, trusted, names):
    names["anders.example"] = [["127.0.0.1"]]
    with pytest.raises(FetchError, match="tls"):
        fetch(f"https://anders.example:{secure.port}/", secure.door)


def test_r18_certificate_of_nobody_is_refused(secure, names):
    names[NAME] = [["127.0.0.1"]]
    with pytest.raises(FetchError, match="tls"):
        fetch(f"https://{NAME}:{secure.port}/", secure.door)


def test_plain_server_behind_https_is_told_apart(outside, names):
    names[NAME] = [["127.0.0.1"]]
    outside.pages["/"] = b"HTTP/1.1 200 OK\r\n\r\n"
    with pytest.raises(FetchError) as caught:
        fetch(f"https://{NAME}:{outside.port}/", Door(frozenset({("127.0.0.1", outside.port)})))
    assert caught.value.reason in {"tls", "timeout", "no_answer"}
