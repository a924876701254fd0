"""Every event has a label; every security event has a test that proves it is written."""

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.audit.details import DETAILS, detail_in_words
from hub.audit.events import EVENTS, THINGS, label_of
from hub.audit.models import AuditEvent
from hub.core.db import db
from hub.web.logs import JOURNAL_EVENTS

ROOT = Path(__file__).parent.parent.parent
CODE = re.compile(r"^[a-z_]+\.[a-z_]+$")


def recorded_codes() -> set[str]:
    """What the calls of ``record`` name in the code, as far as it stands there as a text."""
    found = set()
    for path in (ROOT / "hub").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if called == "record" and len(node.args) > 1:
                found |= {
                    str(part.value)
                    for part in ast.walk(node.args[1])
                    if isinstance(part, ast.Constant) and CODE.match(str(part.value))
                }
    return found


def test_every_event_of_the_code_has_a_label():
    found = recorded_codes()
    assert len(found) > 40
    assert found - EVENTS.keys() == set()


def recorded_details() -> set[str]:
    """What the calls of ``record`` keep besides."""
    calls = (
        node
        for path in (ROOT / "hub").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "record"
    )
    return {keyword.arg for call in calls for keyword in call.keywords if keyword.arg}


def test_every_detail_of_the_code_has_words(app):
    assert recorded_details() - DETAILS.keys() == set()
    with app.test_request_context():
        assert detail_in_words({"asks_all": True, "waiting": ["a", "b"]}) == "fragt alle: ja; wartet auf Freigabe: a, b"
        assert detail_in_words({"unknown": 1}) == "unknown: 1" and detail_in_words(None) == ""


def test_every_event_is_about_a_thing_with_a_name():
    assert {code.partition(".")[0] for code in EVENTS} == THINGS.keys()


def test_labels_are_told_apart(app):
    with app.test_request_context("/"):
        labels = [label_of(code) for code in EVENTS]
    assert len(set(labels)) == len(labels)
    assert all(label[0].isupper() for label in labels)


def test_every_security_event_has_a_test():
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    proved = set(re.findall(r"proves\(\s*\"([a-z_.]+)\"", text))
    wanted = {code for code, event in EVENTS.items() if event.is_security} | JOURNAL_EVENTS.keys()
    assert wanted - proved == set(), "give it a test with @proves in tests/audit/test_security_events.py or elsewhere"
    assert proved - wanted == set()


@pytest.mark.parametrize("code", ["user.blocked", "of.tomorrow"])
def test_an_event_of_a_newer_version_keeps_its_code(app, code):
    with app.test_request_context("/"):
        assert label_of(code) == ("Konto gesperrt" if code == "user.blocked" else code)


def test_nothing_is_recorded_without_a_name(app, make):
    assert set(db.session.scalars(select(AuditEvent.action))) <= EVENTS.keys()
