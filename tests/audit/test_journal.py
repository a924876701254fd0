"""T46: the journal holds one JSON object a line whatever people send; no secret ever stands in it."""

import json
import logging
import sys

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from hub.audit.service import record
from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.web.logs import FIELDS, JOURNAL_EVENTS, JsonLines, security_event
from tests.support.making import PASSWORD

HOSTILE = [
    'x\r\n{"level": "INFO", "message": "forged"}',
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m\x85\u2028\u2029",
    "\x00\x7f\x08",
    "rechts\u202enach links",
    '"},{"a":"',
    "\ud800",
]


def line_of(message: str, **more) -> str:
    return JsonLines().format(logging.LogRecord("hub.test", logging.INFO, "", 0, message, None, None, **more))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_t46_no_text_breaks_out_of_its_line(text):
    record_ = logging.LogRecord("hub.test", logging.WARNING, "", 0, "%s", (text,), None)
    record_.facts = {text: text}
    line = JsonLines().format(record_)
    assert line.isascii() and line.isprintable()
    assert json.loads(line)["facts"] == {text: text}
    assert json.loads(line)["message"] == text


@pytest.mark.parametrize("text", HOSTILE[:4], ids=range(4))
def test_t46_what_a_browser_sends_breaks_no_line(app, visitor, caplog, text):
    caplog.set_level(logging.INFO, logger="hub")
    lines = JsonLines()
    with app.test_request_context("/", headers={"User-Agent": "x"}, environ_overrides={"REMOTE_ADDR": text}):
        security_event("host.foreign", host=text)
        written = [lines.format(one) for one in caplog.records]
    assert [json.loads(line)["facts"]["host"] for line in written] == [text]
    assert all(line.isascii() and line.isprintable() for line in written)


def test_a_line_says_when_in_utc(app):
    line = json.loads(line_of("etwas"))
    assert line["at"].endswith("+00:00")
    assert set(line) <= set(FIELDS)


def test_lines_of_a_request_carry_the_number_of_its_error_page(app, make, sign_in, caplog):
    caplog.set_level(logging.INFO, logger="hub")
    seen = []
    handler = logging.Handler()
    handler.emit = lambda record_: seen.append(json.loads(JsonLines().format(record_)))
    logging.getLogger("hub").addHandler(handler)
    try:
        page = sign_in(make.user()).get("/people").get_data(as_text=True)
    finally:
        logging.getLogger("hub").removeHandler(handler)
    [line] = [line for line in seen if line["message"] == "access.denied"]
    assert line["request"] in page and line["address"] == "127.0.0.1"
    assert set(line) <= set(FIELDS)


def test_committed_events_stand_in_the_journal_with_number_and_hash(app, caplog):
    caplog.set_level(logging.INFO, logger="hub.audit")
    with unit_of_work():
        record(SYSTEM, "page.changed", slug="hilfe")
    with pytest.raises(ZeroDivisionError), unit_of_work():
        record(SYSTEM, "page.restored")
        raise ZeroDivisionError
    with unit_of_work():
        pass
    [told] = caplog.records
    assert told.facts["event"] == "page.changed" and len(told.facts["hash"]) == 64
    assert told.facts["detail"] == {"slug": "hilfe"}


def test_an_event_that_is_not_in_the_inventory_cannot_be_noted(app):
    with pytest.raises(KeyError):
        security_event("something.else")
    assert all(text.endswith(".") for text in JOURNAL_EVENTS.values())


def test_no_secret_stands_in_the_journal(app, make, visitor, caplog):
    caplog.set_level(logging.DEBUG, logger="hub")
    person = make.user(password=PASSWORD)
    for word in (PASSWORD, "falsch und sehr geheim"):
        visitor.post("/login", {"email": person.email, "password": word})
        visitor.sign_out()
    visitor.get("/link/geheimes-einmal-zeichen")
    lines = JsonLines()
    written = "\n".join(lines.format(one) for one in caplog.records)
    assert "session.started" in written and "session.refused" in written
    for secret in (PASSWORD, "falsch und sehr geheim", "geheimes-einmal-zeichen", person.email):
        assert secret not in written


def test_errors_of_the_database_come_without_the_values_that_were_sent(app):
    with pytest.raises(DBAPIError):
        db.session.execute(sql("SELECT nothing FROM nowhere WHERE a = :a"), {"a": "ein Geheimnis"})
    assert "ein Geheimnis" not in str(sys.exc_info())
    db.session.rollback()
    try:
        db.session.execute(sql("SELECT nothing FROM nowhere WHERE a = :a"), {"a": "ein Geheimnis"})
    except DBAPIError as error:
        assert "ein Geheimnis" not in str(error)
    db.session.rollback()
