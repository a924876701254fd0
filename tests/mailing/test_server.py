"""Speaking to the mail server: nothing in the clear, certificates checked, logins only over TLS."""

import shutil
import subprocess
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from hub.core.db import db
from hub.jobs.worker import do_all_due
from hub.mailing import server, service
from hub.mailing.models import Letter, Reason, State
from hub.mailing.server import server_from
from tests.support.mail import PostOffice
from tests.support.requirements import missing


@pytest.fixture
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostOffice]:
    """A mail server with STARTTLS and a login, whose certificate nobody knows; its name is localhost."""
    if shutil.which("openssl") is None:
        missing("openssl")
    folder = tmp_path_factory.mktemp("secure")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"), "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(command, check=True, capture_output=True)
    office = PostOffice(folder, "tls")
    yield office
    office.close()


@pytest.fixture
def hub(app: Flask, secure: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A hub that logs in there."""
    monkeypatch.setitem(app.config, "MAIL_URL", f"smtp://hub:geheim@localhost:{secure.port}")
    monkeypatch.setitem(app.config, "MAIL_FROM", "hub@example.org")
    return app


def sent() -> Letter:
    service.post("probe", "erna@example.org", "de", name="Erna")
    do_all_due()
    db.session.rollback()
    letter = db.session.scalar(select(Letter).execution_options(populate_existing=True))
    assert letter is not None
    return letter


def test_letter_leaves_over_tls_with_a_login(hub: Flask, secure: PostOffice, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(secure.folder / "cert.pem"))
    assert sent().state == State.SENT
    assert len(secure.messages()) == 1


def test_unknown_certificate_gets_neither_login_nor_letter(hub: Flask, secure: PostOffice):
    letter = sent()
    assert (letter.state, letter.reason) == (State.WAITING, Reason.SERVER)
    assert "CERTIFICATE_VERIFY_FAILED" in letter.error
    assert secure.messages() == []


def test_certificate_of_another_name_is_refused(hub: Flask, secure: PostOffice, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(secure.folder / "cert.pem"))
    monkeypatch.setitem(hub.config, "MAIL_URL", f"smtp://hub:geheim@127.0.0.1:{secure.port}")
    assert "CERTIFICATE_VERIFY_FAILED" in sent().error


def test_wrong_login_is_told_without_the_password(hub: Flask, secure: PostOffice, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(secure.folder / "cert.pem"))
    monkeypatch.setitem(hub.config, "MAIL_URL", f"smtp://hub:falschesGeheimnis@localhost:{secure.port}")
    letter = sent()
    assert (letter.state, letter.reason) == (State.WAITING, Reason.SERVER)
    assert letter.error.startswith("535")
    assert "falschesGeheimnis" not in letter.error


def test_server_elsewhere_that_offers_no_tls_gets_nothing(app: Flask, post_office: PostOffice, monkeypatch):
    monkeypatch.setattr(server, "LOOPBACK", set())
    monkeypatch.setitem(app.config, "MAIL_URL", post_office.url)
    monkeypatch.setitem(app.config, "MAIL_FROM", "hub@example.org")
    letter = sent()
    assert (letter.state, letter.reason) == (State.WAITING, Reason.SERVER)
    assert "STARTTLS" in letter.error
    assert post_office.messages() == []


def test_addresses_of_servers_are_read():
    plain = server_from("smtp://hub:p%40ss%2F@mail.example.org")
    assert (plain.host, plain.port, plain.user, plain.password) == ("mail.example.org", 587, "hub", "p@ss/")
    assert plain.needs_tls and not plain.is_tls
    secure = server_from("smtps://mail.example.org")
    assert (secure.port, secure.user, secure.is_tls) == (465, None, True)
    assert not server_from("smtp://127.0.0.1:25").needs_tls
