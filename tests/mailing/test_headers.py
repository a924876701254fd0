"""T17: whatever stands in names, texts and addresses, a letter has always the same headers and one recipient."""

import email
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.core import clock
from hub.mailing import composing
from hub.mailing.composing import HEADERS, compose
from hub.mailing.models import SUBJECT_LENGTH, Letter
from hub.mailing.rendering import render
from tests.mailing.samples import LETTERS

ONE_DATABASE = True
FOLDER = Path(__file__).resolve().parents[2] / "templates" / "mail"
NASTY = st.sampled_from(
    ["\r\nBcc: evil@example.org", "\nBcc: evil@example.org\n\n", "a\r\n\r\nBody", "{{ 7*7 }}", "=?utf-8?q?=0ABcc:_x?=",
     "\x00", "\x1e", "\u2028Bcc: x", "\x85Bcc: x", "x\x0bBcc: y", "Name <evil@example.org>", "a, evil@example.org",
     "\ud800", "%(name)s", "%", "\u202egro.elpmaxe", "<script>alert(1)</script>", '"><img src=x>', "ä" * 500, " \t "]
)  # fmt: skip
TEXTS = st.one_of(NASTY, st.text(max_size=60), st.tuples(st.text(max_size=10), NASTY).map("".join))
MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def is_ours(name: str) -> bool:
    return name == "url" or name.endswith("_url") or name in ("lang", "page")


def filled(values: dict[str, Any], text: str) -> dict[str, Any]:
    """The values with this text wherever somebody could have written it, lists of texts included."""
    return {
        name: text
        if isinstance(value, str) and not is_ours(name)
        else [text for _ in value]
        if isinstance(value, list)
        else value
        for name, value in values.items()
    }


def parsed(letter: Letter) -> EmailMessage:
    data = compose(letter, clock.now()).as_bytes()
    assert b"\n" not in data.replace(b"\r\n", b"")
    return cast(EmailMessage, email.message_from_bytes(data, policy=default))


def test_every_letter_has_a_sample():
    plain, rich = (
        {path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob(f"[!_]*{ending}")}
        for ending in (".txt", ".html")
    )
    assert plain == rich == set(LETTERS) | {"base"}


@pytest.mark.parametrize("template", sorted(LETTERS))
@given(text=TEXTS, language=st.sampled_from(["de", "en"]))
@MANY
def test_t17_headers_are_always_the_same(app: Flask, template: str, text: str, language: str):
    rendered = render(template, language, filled(LETTERS[template], text))
    assert 0 < len(rendered.subject) <= SUBJECT_LENGTH
    letter = Letter(
        recipient="erna@example.org", subject=rendered.subject, text=rendered.text, html=rendered.html, mark="abc"
    )
    message = parsed(letter)
    assert list(message) == list(HEADERS)
    assert [address.addr_spec for address in message["To"].addresses] == ["erna@example.org"]
    assert [address.addr_spec for address in message["From"].addresses] == [composing.sender().addr_spec]
    assert "".join(message["Subject"].split()) == "".join(composing.one_line(rendered.subject).split())
    assert message["Message-ID"] == "<abc@127.0.0.1>"
    html = message.get_body(("html",)).get_content()
    assert "<script" not in html and "<img" not in html


@given(
    address=st.one_of(
        TEXTS, TEXTS.map(lambda text: f"{text}@example.org"), TEXTS.map(lambda text: f"erna@{text}"), st.emails()
    )
)
@example(address="erna@example.org")
@example(address="erna@müllheim.example")
@MANY
def test_t17_address_is_one_address_or_none(app: Flask, address: str):
    letter = Letter(recipient=address, subject="Betreff", text="x", html="x", mark="abc")
    try:
        message = parsed(letter)
    except ValueError:
        return
    assert list(message) == list(HEADERS)
    assert len(message["To"].addresses) == 1
    assert message["To"].addresses[0].addr_spec.isascii()


@given(title=TEXTS)
@MANY
def test_t17_name_of_the_hub_adds_no_header(app: Flask, title: str):
    kept = app.config["TITLE"]
    app.config["TITLE"] = title
    try:
        message = parsed(Letter(recipient="erna@example.org", subject="Betreff", text="x", html="x", mark="abc"))
    finally:
        app.config["TITLE"] = kept
    assert list(message) == list(HEADERS)
    assert len(message["From"].addresses) == 1


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("template", sorted(LETTERS))
def test_letters_say_who_writes_and_leave_nothing_open(app: Flask, template: str, language: str):
    rendered = render(template, language, LETTERS[template])
    for text in (rendered.text, rendered.html):
        assert app.config["BASE_URL"] in text
        assert app.config["OPERATOR"] in text
        assert "None" not in text and "Undefined" not in text and "{{" not in text and "%(" not in text
    assert "\n\n\n" not in rendered.text
    assert all(len(line) < 900 for line in rendered.text.splitlines())
