"""The page linter finds planted faults and leaves a good page alone."""

import pytest

from tests.support.html_lint import problems

GOOD = """<!doctype html>
<html lang="de"><head><meta charset="utf-8">
<title>Suche · Speicher</title><script src="/static/js/hub.js"></script></head>
<body><h1>Suche</h1><svg><title>Lupe</title></svg><p>Ein Absatz<p>noch einer
<form method="post" action="/add"><input type="hidden" name="csrf_token" value="x">
<label for="q">Wort</label><input id="q" name="q"><label>Jahr <input name="year"></label>
<button type="submit">Suchen</button></form><a href="/"><img src="/a.png" alt="Start"></a></body></html>"""

FAULTS = {
    "a second h1": ("<h1>Suche</h1>", "<h1>Suche</h1><h1>Noch eine</h1>", "2 h1"),
    "no h1": ("<h1>Suche</h1>", "", "0 h1"),
    "a title that differs": ("<title>Suche", "<title>Anderes", "does not begin"),
    "no title": ("<title>Suche · Speicher</title>", "", "0 title"),
    "no language": (' lang="de"', "", "no lang"),
    "a field without label": ('<label for="q">Wort</label>', "", "has no label"),
    "an empty label": ("<label>Jahr ", "<label>", "has no label"),
    "a button without words": (">Suchen<", "><", "has no text"),
    "an id used twice": ('name="year"', 'name="year" id="q"', "2 times"),
    "a reference to nothing": ('name="year"', 'name="year" aria-describedby="hint"', "missing id 'hint'"),
    "an inline script": ("<h1>", "<script>1</script><h1>", "inline script"),
    "an inline style": ("<h1>", "<style>p{}</style><h1>", "inline style"),
    "a style attribute": ("<h1>", "<h1 style='color:red'>", "style attribute"),
    "a handler": ("<h1>", "<h1 onclick='go()'>", "inline handler onclick"),
    "a script address": ('href="/"', 'href=" JavaScript:go()"', "script as address"),
    "a form without token": ('<input type="hidden" name="csrf_token" value="x">', "", "without csrf_token"),
    "an empty token": ('value="x"', 'value=""', "without csrf_token"),
    "a token in a GET form": ('method="post"', 'method="get"', "in the address"),
    "a picture without alt": (' alt="Start"', "", "has no alt"),
    "a wrong end tag": ("</label><button", "</b></label><button", "closes"),
    "an open element": ("</form>", "", "closes"),
}


def test_a_good_page_has_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    good, bad, message = FAULTS[fault]
    page = GOOD.replace("</label>\n<button", "</label><button")
    assert good in page
    assert any(message in problem for problem in problems(page.replace(good, bad, 1)))
