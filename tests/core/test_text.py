"""Text on its way in and out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.text import clean_line, clean_text, plain_from_markdown, render_markdown


@given(st.text())
def test_cleaned_text_holds_no_control_characters(value):
    cleaned = clean_text(value)
    assert not any(ord(letter) < 32 and letter not in "\n\t" for letter in cleaned)
    assert not any("\ud800" <= letter <= "\udfff" for letter in cleaned)
    assert clean_text(cleaned) == cleaned


@given(st.text())
def test_cleaned_line_is_one_line(value):
    assert "\n" not in clean_line(value)
    assert clean_line(value) == clean_line(value).strip()


def test_direction_marks_and_zero_widths_go():
    assert clean_line("Pla\u202etz\u200b am \ufeffBahnhof") == "Platz am Bahnhof"


def test_umlauts_are_composed():
    assert clean_line("Pra\u0308vention") == "Prävention"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[klick](javascript:alert(1))",
        "[klick](JaVaScRiPt:alert(1))",
        "[klick](data:text/html;base64,PHNjcmlwdD4=)",
        "![bild](https://example.org/zaehler.gif)",
        "<a href='javascript:alert(1)'>x</a>",
        "<style>*{display:none}</style>",
        "[x](vbscript:msgbox)",
        "&#106;avascript:alert(1)",
        "<svg/onload=alert(1)>",
        "`<b onclick=1>`",
    ],
)
def test_t01_markdown_gives_no_active_content(hostile):
    html = str(render_markdown(hostile)).lower()
    assert "<script" not in html and "<img" not in html and "<svg" not in html and "<style" not in html
    assert 'href="javascript' not in html and 'href="data' not in html and 'href="vbscript' not in html
    assert " onerror=" not in html.replace("&lt;img src=x onerror=", "")


def test_headings_stay_below_the_title_of_the_page():
    assert str(render_markdown("# Eins\n\n###### Sechs")) == "<h2>Eins</h2>\n<h4>Sechs</h4>\n"


def test_links_open_without_telling_where_from():
    assert 'rel="noopener noreferrer"' in str(render_markdown("[Netz](https://www.defus.de)"))


def test_plain_words_of_markdown():
    assert plain_from_markdown("## Ziel\n\n- *Platz* und [Netz](https://www.defus.de)") == "Ziel Platz und Netz"
