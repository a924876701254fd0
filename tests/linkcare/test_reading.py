"""Pages that say "not found" with status 200, and pages that merely speak of it; texts that are the same or another."""

import pytest

from hub.linkcare import robots
from hub.linkcare.reading import read
from hub.linkcare.sketching import is_another, likeness, sketch
from tests.linkcare.behaviours import OTHER, WORDS, page

NOT_FOUND = [
    "Seite nicht gefunden", "404", "Fehler 404", "Error 404 – Not Found", "404 - Datei oder Verzeichnis nicht gefunden",
    "Die gewünschte Seite existiert nicht", "Die von Ihnen aufgerufene Seite gibt es leider nicht mehr",
    "Diese Seite wurde leider nicht gefunden", "Der Artikel ist nicht mehr verfügbar", "Dieser Inhalt wurde entfernt",
    "Wir konnten die Seite leider nicht finden", "HTTP 404", "Oops! Seite weg", "Dokument nicht vorhanden",
    "Page not found", "The page you requested could not be found", "This page doesn’t exist",
    "Sorry, this page is no longer available", "We couldn't find the page", "Not Found", "410 Gone",
    "The requested URL was not found on this server",
]  # fmt: skip
ONLY_AS_TITLE = {"404", "HTTP 404", "Oops! Seite weg"}
FOUND = [
    "Licht am Bahnhof", "Täter nicht gefunden: Polizei sucht Zeugen", "Haus Nr. 404 in der Bahnhofstraße",
    "Kein Platz für Angst", "Wohnung gefunden, Nachbarn nicht", "Der Platz, den es nicht mehr gibt",
    "Leitfaden 2024: Seiten 40 bis 44", "Missing persons in cities", "Not in my backyard: what cities do",
]  # fmt: skip


@pytest.mark.parametrize("title", NOT_FOUND)
def test_not_found_is_understood_in_title_heading_and_text(title):
    assert read(page("Bitte nutzen Sie die Suche.", title).encode()).is_not_found
    if title not in ONLY_AS_TITLE:
        assert read(page(title, "Stadt Musterstadt").encode()).is_not_found


@pytest.mark.parametrize("title", FOUND)
def test_other_titles_are_no_error_pages(title):
    assert not read(page("Kurzer Text.", title).encode()).is_not_found


def test_long_article_about_missing_pages_is_an_article():
    assert not read(page(WORDS * 12, "Seite nicht gefunden: was tun?").encode()).is_not_found


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"<", b"<!--" * 5000, b"<div>" * 20_000])
def test_what_is_no_page_says_nothing(content):
    assert not read(content).is_not_found


def test_edited_text_is_recognised_and_another_is_not():
    first = sketch(WORDS * 2)
    edited = sketch(WORDS + "Im Herbst kamen weitere Leuchten und eine Bank hinzu. " * 2 + WORDS[60:])
    assert likeness(first, edited) > 0.5
    assert not is_another(first, edited)
    assert is_another(first, sketch(OTHER * 2))
    assert not is_another(first, sketch("Zu kurz."))


def test_rules_for_programs_take_the_longest_match_and_wildcards():
    rules = "User-agent: *\nDisallow: /intern\nAllow: /intern/offen\nDisallow: /*?druck=\nCrawl-delay: 12"
    assert not robots.may_ask(rules, "https://stadt.example/intern/a")
    assert robots.may_ask(rules, "https://stadt.example/intern/offen/a")
    assert not robots.may_ask(rules, "https://stadt.example/a?druck=1")
    assert robots.delay(rules, 5.0) == 12
    assert robots.delay("User-agent: *\nCrawl-delay: 9999", 5.0) == robots.SLOWEST
    assert robots.may_ask("User-agent: andere\nDisallow: /", "https://stadt.example/")
    assert not robots.may_ask("User-agent: DEFUS-Wissensspeicher\nDisallow: /", "https://stadt.example/")
