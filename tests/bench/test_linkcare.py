"""The measurement of link care: what its websites answer, and how gaps are counted."""

from datetime import UTC, datetime, timedelta

from bench import linkcare
from bench.skipping import SkippingClock

START = datetime(2026, 3, 2, tzinfo=UTC)


def test_every_website_has_the_same_mix():
    assert [linkcare.kind_of(place) for place in (0, 3, 7, 11, 17, 20)] == [
        *("seite", "datei", "weg", "umgezogen", "verboten", "seite"),
    ]


def test_websites_answer_by_their_path():
    assert linkcare.answer_to("GET", "/seite/1").startswith(b"HTTP/1.1 200 ")
    assert linkcare.answer_to("HEAD", "/datei/1").endswith(b"\r\n\r\n")
    assert linkcare.answer_to("GET", "/weg/1").startswith(b"HTTP/1.1 404 ")
    assert b"Location: /seite/umgezogen/1" in linkcare.answer_to("HEAD", "/umgezogen/1")


def test_shortest_gap_is_that_of_one_website():
    moments = [START + timedelta(seconds=seconds) for seconds in (0, 6, 11)]
    assert linkcare.shortest_gap({"a": moments, "b": [START + timedelta(seconds=1)]}) == 5


def test_the_clock_skips_waiting_and_nothing_else():
    clock = SkippingClock(START)
    clock.wait(set(), timedelta(hours=3))
    assert timedelta(hours=3) <= clock.now() - START < timedelta(hours=3, seconds=5)
    assert clock.skipped == timedelta(hours=3)
