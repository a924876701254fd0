"""What the beginning of a page says: its title, a sketch of its text, and whether it says that nothing was found.

Imported by workers only: lxml takes memory.
"""

import re
from dataclasses import dataclass

from lxml import etree, html

from hub.core.text import clean_line
from hub.fetching.metadata import charset_of
from hub.linkcare.sketching import sketch

TITLE_LENGTH = 200
SHORT_PAGE, BEGINNING = 300, 250
_ASIDE = ("script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "svg", "iframe")
_THING = (
    r"(seite|page|datei|file|dokument|document|inhalt|content|artikel|article|beitrag|post|angebot|url|adresse|resource"
    r"|ressource|webseite|website|eintrag|item|publikation|publication|pressemitteilung)"
)
_NOT_FOUND = re.compile(
    r"^(fehler|error|http|status|http[ -]?fehler|http error)?\W*(404|410)\b"
    r"|\b(fehler|error|status)(code)?\W{0,3}(404|410)\b|\b(404|410)\W{0,3}(fehler|error|not found|nicht gefunden|gone)"
    rf"|\b{_THING}\b.{{0,60}}\b(nicht (mehr )?(gefunden|vorhanden|verfügbar|auffindbar|erreichbar|existent)"
    r"|existiert (leider )?nicht|gibt es (leider )?nicht|wurde (leider )?(entfernt|gelöscht|nicht gefunden)"
    r"|not (be )?found|(is )?no longer (available|exists?|here)|(does not|doesn['’]t|no longer) exists?"
    r"|(has been|was) (removed|deleted)|(is |was )?(not available|unavailable)|(could|can) ?not be found"
    r"|couldn['’]t be found|can['’]t be found)"
    rf"|\b(nicht gefunden|not found|no such)\W{{0,3}}{_THING}?$"
    rf"|^(oh nein|oops|ups|hoppla|sorry)\b.{{0,80}}\b(404|{_THING})"
    rf"|(konnten?|können|kann)\b.{{0,60}}\b{_THING}\b.{{0,60}}\bnicht\b.{{0,20}}\b(finden|gefunden|anzeigen)"
    rf"|(could not|couldn['’]t|cannot|can['’]t|unable to) find\b.{{0,40}}\b{_THING}",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """``sketch`` is empty for pages with little text."""

    title: str = ""
    sketch: str = ""
    is_not_found: bool = False
    asks_password: bool = False


def read(content: bytes, charset: str = "") -> Reading:
    """Read the beginning of a page; what is no page gives an empty reading."""
    source = content.decode(charset_of(content, charset), "replace").replace("\x00", "")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True)
    try:
        tree = html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return Reading()
    title = _text(tree.find(".//title"))[:TITLE_LENGTH]
    asks_password = tree.find(".//input[@type='password']") is not None
    etree.strip_elements(tree, *_ASIDE, etree.Comment, with_tail=False)
    headings = [_text(one)[:TITLE_LENGTH] for name in ("h1", "h2") for one in tree.findall(f".//{name}")[:3]]
    body = tree.find(".//body")
    words = _text(tree if body is None else body)
    return Reading(title, sketch(words), _says_not_found(title, headings, words), asks_password)


def _says_not_found(title: str, headings: list[str], words: str) -> bool:
    """A page with much to read is about something, whatever it is called."""
    if words.count(" ") >= SHORT_PAGE:
        return False
    return any(_NOT_FOUND.search(line) for line in (title, *headings, words[:BEGINNING]))


def _text(element: object) -> str:
    return clean_line(" ".join(element.itertext())) if element is not None else ""  # type: ignore[attr-defined]
