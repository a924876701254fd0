"""What pages say about themselves is read right, and what a hostile page says stays plain text."""

import time

import pytest

from hub.fetching import dates, languages, metadata
from hub.fetching.safe_fetch import PAGE_BYTES
from tests.fetching.pages import DE, EXAMPLES, Example, body, html

WANTED = ("title", "publisher", "date", "language")


def read(example: Example) -> tuple[metadata.Facts, str]:
    content = example.content.encode() if isinstance(example.content, str) else example.content
    charset = "utf-8" if "utf-8" in example.kind else ""
    return metadata.read(content[:PAGE_BYTES], f"https://{example.host}{example.path}", charset)


def told(facts: metadata.Facts) -> dict[str, str]:
    return {
        "title": facts.title,
        "publisher": facts.publisher,
        "date": facts.published_on or str(facts.year or ""),
        "language": facts.language,
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_page_is_read_as_a_reader_would(example):
    facts, _text = read(example)
    assert told(facts) == {name: getattr(example, name) for name in WANTED}
    assert {name: getattr(facts, name) for name in example.more} == example.more


def test_there_are_twenty_kinds_of_pages():
    assert len({example.name for example in EXAMPLES}) >= 20


def test_article_is_without_menu_and_footer():
    _facts, text = read(EXAMPLES[0])
    assert "Unterführung am Bahnhof neu beleuchtet" in text
    assert "Impressum" not in text
    assert "Rathaus" not in text


def test_t16_what_a_page_says_is_cut_and_cleaned():
    page = html(
        f"<title>{'T' * 5000}</title><meta name='description' content='{'d ' * 5000}'>"
        "<meta name='author' content='A\u202eB\u0007 <script>x</script>'>",
        body(DE),
    )
    facts, _text = metadata.read(page.encode(), "https://seite.example/")
    assert (len(facts.title), len(facts.description)) == (300, 1000)
    assert facts.authors == ("AB <script>x</script>",)


@pytest.mark.parametrize(
    "image", ["javascript:alert(1)", "data:image/png;base64,AA", "http://user@x/", "//[bad", "ftp://x/y", "\x00"]
)
def test_t16_preview_picture_is_an_address_of_the_web(image):
    page = html(f"<meta property='og:image' content='{image}'>", body(DE))
    assert metadata.read(page.encode(), "https://seite.example/")[0].image == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"\x00" * 1000,
        b"<",
        b"<html>",
        bytes(range(256)) * 50,
        b"<!doctype html><html><head><title></title></head></html>",
        b"<div>" * 20_000,
        b"<?xml version='1.0' encoding='utf-99'?><html/>",
        b"<!DOCTYPE x [<!ENTITY a 'b'><!ENTITY c '&a;&a;&a;'>]><html><title>&c;</title>",
        b'<script type=\'application/ld+json\'>{"@type":{"a":[1]},"headline":[[]],"author":5}</script>',
        b'<script type=\'application/ld+json\'>[null, 1, "x", [[{"@graph": 7}]]]</script>',
        b"<meta charset='x'>" * 1000,
        b"\xff\xfe<\x00h\x00",
        "<title>\ud800</title>".encode("utf-8", "surrogatepass"),
    ],
)
def test_broken_page_says_nothing_and_breaks_nothing(content):
    facts, text = metadata.read(content, "https://seite.example/a")
    assert len(facts.title) <= 300
    assert isinstance(text, str)


def test_long_page_is_read_in_seconds():
    began = time.monotonic()
    read(next(example for example in EXAMPLES if example.name == "ten megabytes"))
    assert time.monotonic() - began < 15


def test_login_page_is_known_by_its_password_field():
    page = html("<title>Anmelden</title>", "<body><form><input name=u><input type=password name=p></form></body>")
    assert metadata.read(page.encode(), "https://seite.example/login")[0].asks_password


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-12T10:00:00Z", "2024-03-12"),
        ("12.03.2024", "2024-03-12"),
        ("12. 3. 2024", "2024-03-12"),
        ("am 12. März 2024 um 9 Uhr", "2024-03-12"),
        ("12. Maerz 2024", "2024-03-12"),
        ("March 12, 2024", "2024-03-12"),
        ("12 March 2024", "2024-03-12"),
        ("12 Mar. 2024", "2024-03-12"),
        ("le 1er août 2023", "2023-08-01"),
        ("20240312", "2024-03-12"),
        ("2024/3/5", "2024-03-05"),
        ("12.03.19", "2019-03-12"),
        ("31.02.2024", None),
        ("2999-01-01", None),
        ("Paragraf 12.3", None),
        ("0000-00-00", None),
        ("", None),
    ],
)
def test_day_is_found_in_many_spellings(text, day):
    found = dates.find_day(text)
    assert (found.isoformat() if found else None) == day


@pytest.mark.parametrize(
    ("code", "language"),
    [("de-DE", "de"), ("de_AT", "de"), ("ger", "de"), ("EN", "en"), ("Deutsch", "de"), ("fra", "fr"), ("xx", None)],
)
def test_declared_language_is_known(code, language):
    assert languages.known(code) == language


def test_short_text_has_no_language():
    assert languages.guess("Bahnhof Impressum Kontakt") is None


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ('{"@type":"Article","headline":{"@value":"Licht &amp; Weg"}}', ("Licht & Weg", "", "")),
        ('{"@type":["Article"],"headline":["<b>Licht</b>"],"publisher":["Amt"]}', ("Licht", "Amt", "")),
        ('{"@type":"Article","name":"Licht","publisher":{"name":"Amt"},"image":["https://a.example/1.jpg"]}',
         ("Licht", "Amt", "https://a.example/1.jpg")),
        ('{"@type":"Article","headline":"Licht","image":{"url":"/2.jpg"},"publisher":"https://a.example"}',
         ("Licht", "seite.example", "https://seite.example/2.jpg")),
        ('{"@type":"Article","headline":2024,"image":{"contentUrl":7}}', ("2024", "", "")),
        ('{"@type":"WebPage","name":"Seite","mainEntity":{"@type":"Article","headline":"Licht"}}', ("Licht", "", "")),
    ],
)  # fmt: skip
def test_statements_are_read_in_the_shapes_sites_write_them(statement, told):
    page = html(f"<script type='application/ld+json'>{statement}</script>", body(DE))
    facts, _text = metadata.read(page.encode(), "https://seite.example/")
    title, publisher, image = told
    assert (facts.title, facts.publisher, facts.image) == (title, publisher or "seite.example", image)


def test_even_mixture_of_languages_is_left_open():
    assert languages.guess("der und die the of to " * 20) is None
