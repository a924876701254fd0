"""Text on its way in (control characters out, spaces tidied) and on its way out (markdown to safe HTML)."""

import re
import unicodedata

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffe\uffff]"
)
_SPACES = re.compile(r"\s+")
_STAND_IN_BLANKS = re.compile(r"[_+]+")
# Between digits a hyphen is part of a day or a number.
_HYPHENS = re.compile(r"(?<!\d)-+|-+(?!\d)")
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h2", "h3", "h4", "a", "code", "pre", "hr"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(["image"])


def clean_text(value: str | None) -> str:
    """Several lines as they may be stored: NFC, no control or direction characters, no lone surrogates."""
    text = (value or "").encode("utf-8", "ignore").decode("utf-8")
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text).strip()


def clean_line(value: str | None) -> str:
    """One line as it may be stored: like ``clean_text`` with every run of white space as one blank."""
    return _SPACES.sub(" ", clean_text(value)).strip()


def render_markdown(text: str, top_level: int = 2) -> Markup:
    """Markdown as safe HTML; the only place of the product that vouches for markup.

    Headings start at ``top_level`` so that the page keeps its one h1; raw HTML and images are not rendered.
    """
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            level = max(top_level, min(4, int(token.tag[1:])))
            token.tag = f"h{level}"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    safe = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer")
    return Markup(safe)  # noqa: S704 - nh3 has just cleaned it


def plain_from_markdown(text: str) -> str:
    """The words of a markdown text for index and previews."""
    return clean_line(nh3.clean(_markdown.render(text), tags=set()))


def title_from_name(name: str) -> str:
    """The name of a file as a title: without its ending, the signs that stand for blanks as blanks."""
    stem = clean_line(name.rpartition(".")[0] or name)
    words = _STAND_IN_BLANKS.sub(" ", stem)
    return clean_line(words if " " in words else _HYPHENS.sub(" ", words)) or name
