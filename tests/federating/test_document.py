"""What docs/single-sign-on.md tells operators is what the code does (ASVS 7.1.3)."""

import re
from pathlib import Path

import pytest

from hub.accounts import sessions
from hub.core import actor, tokens
from hub.federating import outside, protocol
from hub.federating.service import newcomers, signing_on
from hub.fetching import safe_fetch

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "single-sign-on.md"
SECTIONS = ("Wer wird wer", "Was geprüft wird", "Wie lange eine Sitzung dauert")
NAMES = ("RFC 9207", "S256", "`max_age=0`")


def minutes(time):
    return int(time.total_seconds()) // 60


def hours(time):
    return minutes(time) // 60


def facts():
    """What the document has to say, with the numbers of the code."""
    yield f"nach {minutes(sessions.IDLE)} Minuten ohne Nutzung"
    yield f"(Redaktion und Verwaltung {minutes(sessions.IDLE_OFFICE)})"
    yield f"oder nach {hours(sessions.ABSOLUTE)} Stunden."
    yield f"spätestens nach {hours(sessions.ABSOLUTE)} Stunden draußen"
    yield f"„{sessions.KEPT.days} Tage angemeldet bleiben“ gibt es auf diesem Weg nicht"
    yield f"älter als {minutes(actor.FRESH_FOR)} Minuten, muss"
    yield f"je {tokens.TOKEN_BYTES * 8} Bit, an diesen Browser und diesen Dienst gebunden"
    yield f"{minutes(signing_on.OPEN_FOR)} Minuten, einmal"
    yield f"höchstens {signing_on.MOST_OPEN} zugleich offene je Netz"
    yield f"nicht älter als {protocol.LONGEST_AGE // 60} Minuten"
    yield f"Uhren dürfen {protocol.LEEWAY} Sekunden auseinandergehen"
    yield f"RSA ab {protocol.SMALLEST_RSA} Bit"
    yield f"{safe_fetch.TOTAL_SECONDS:.0f} Sekunden, {safe_fetch.DATA_BYTES // 1024} KiB"
    yield f"höchstens {outside.MOST_AT_ONCE} zugleich je Prozess"
    yield f"{newcomers.KEPT_FOR.days} Tage nach der Frage"
    yield _algorithms()


def _algorithms():
    kinds = {name[:2] for name in protocol.ALGORITHMS}
    sizes = sorted({int(name[2:]) for name in protocol.ALGORITHMS})
    assert {f"{kind}{size}" for kind in kinds for size in sizes} == set(protocol.ALGORITHMS)
    assert kinds == {"RS", "PS", "ES"}
    return f"RS, PS oder ES mit {sizes[0]} bis {sizes[-1]} Bit"


def text():
    return " ".join(DOCUMENT.read_text(encoding="utf-8").split())


@pytest.mark.parametrize("fact", [*facts()])
def test_the_document_gives_the_number_of_the_code(fact):
    assert fact in text()


def test_no_number_in_the_document_is_left_unchecked():
    parts = re.split(r"^## (.+)$", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    told = dict(zip(parts[1::2], parts[2::2], strict=True))
    rest = " ".join(" ".join(told[name] for name in SECTIONS).split())
    for known in (*facts(), *NAMES):
        rest = rest.replace(known, "")
    assert re.findall(r"\d+", rest) == []


def test_the_document_names_what_is_asked_of_a_provider():
    assert f"Bereiche `{protocol.SCOPE}`" in text()
