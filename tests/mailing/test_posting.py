"""Letters are rows from the moment their occasion is committed, rendered in the language of the reader."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.accounts.models import User
from hub.core.db import db
from hub.core.links import absolute
from hub.core.unit_of_work import unit_of_work
from hub.jobs.models import Job
from hub.mailing import service
from hub.mailing.models import Letter


@pytest.fixture
def configured(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub with a mail server; nobody listens there."""
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:9")
    monkeypatch.setitem(app.config, "MAIL_FROM", "hub@example.org")


def letters() -> list[Letter]:
    return list(db.session.scalars(select(Letter).order_by(Letter.id)))


def job_count() -> int:
    return db.session.scalar(select(func.count()).select_from(Job).where(Job.kind == service.KIND)) or 0


def test_letter_is_rendered_as_text_and_html_in_the_language_of_the_reader(configured):
    service.post("probe", "a@example.org", "de", name="Müller & Söhne <b>")
    [letter] = letters()
    assert letter.subject == "Probe-E-Mail aus dem Wissensspeicher"
    assert letter.text and letter.html
    assert letter.text.startswith("Guten Tag Müller & Söhne <b>,\n\ndiese E-Mail kam an.")
    assert "Müller &amp; Söhne &lt;b&gt;" in letter.html
    assert '<html lang="de">' in letter.html


def test_nothing_is_posted_when_the_unit_fails(configured):
    with pytest.raises(RuntimeError), unit_of_work():
        service.post("probe", "a@example.org", "de", name="A")
        raise RuntimeError
    assert letters() == []
    assert job_count() == 0


def test_posted_letter_has_a_job(configured):
    service.post("probe", "a@example.org", "de", name="A")
    assert job_count() == 1


def test_second_letter_with_the_same_key_is_not_written(configured):
    assert service.post("probe", "a@example.org", "de", once="digest 1 2026-11-22", name="A")
    assert not service.post("probe", "a@example.org", "de", once="digest 1 2026-11-22", name="A")
    assert service.post("probe", "a@example.org", "de", once="digest 2 2026-11-22", name="A")
    assert len(letters()) == 2


def test_without_a_mail_server_letters_stay_in_the_outbox(app):
    assert not service.is_configured()
    service.post("probe", "a@example.org", "de", name="A")
    assert len(letters()) == 1
    assert job_count() == 0


def test_links_come_from_the_configured_base_whatever_the_host_header_says(app: Flask, monkeypatch):
    monkeypatch.setitem(app.config, "BASE_URL", "https://wissen.example.org")
    assert absolute("accounts.link", token="x", q="a b") == "https://wissen.example.org/link/x?q=a+b"
    with app.test_request_context("/", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}):
        assert absolute("accounts.link", token="x") == "https://wissen.example.org/link/x"


def test_language_switch_is_kept_for_letters(make, sign_in):
    user = make.user()
    sign_in(user).post("/preferences/language", {"language": "en"})
    assert db.session.scalar(select(User.language).where(User.id == user.id)) == "en"
    sign_in(user).post("/preferences/language", {"language": "fr"})
    assert db.session.scalar(select(User.language).where(User.id == user.id)) == "en"


def test_language_switch_of_strangers_changes_no_account(make, visitor):
    user = make.user()
    visitor.post("/preferences/language", {"language": "en"})
    assert db.session.scalar(select(User.language).where(User.id == user.id)) == "de"
