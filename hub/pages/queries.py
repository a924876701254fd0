"""Reading page texts: as the office has changed them, else as they come with the hub."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from flask import current_app
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select

from hub.accounts.service.terms import FIRST_VERSION, find_published
from hub.core.db import db
from hub.core.errors import Missing
from hub.core.text import render_markdown
from hub.core.tokens import hash_token
from hub.pages.models import PageText

FOLDER = Path(__file__).parent / "data"
TITLES = {
    "hilfe": _l("Hilfe"),
    "barrierefreiheit": _l("Barrierefreiheit"),
    "datenschutz": _l("Datenschutz"),
    "impressum": _l("Impressum"),
    "nutzungsbedingungen": _l("Nutzungsbedingungen"),
}
TERMS = "nutzungsbedingungen"
LEGAL = ("impressum", "datenschutz")
LANGUAGES = ("de", "en")
_MARKDOWN_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one language; ``changed_at`` is None while the text is the one that came with the hub."""

    slug: str
    language: str
    title: str
    body: str
    changed_at: datetime | None

    @property
    def mark(self) -> str:
        """Stands for this very text, so that a form can tell whether it is still the one it was made from."""
        return hash_token(self.body)[:16]

    @property
    def html(self) -> Markup:
        """The text as it is read."""
        return rendered(self.body)


def get_page(slug: str, language: str) -> Page:
    """A page by its short address; raises Missing."""
    if slug not in TITLES or language not in LANGUAGES:
        raise Missing
    return _pages((slug,), (language,))[0]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of use in force; ``published_at`` is None while they are those that came with the hub."""

    version: int
    body: str
    published_at: datetime | None

    @property
    def html(self) -> Markup:
        """The text as it is read."""
        return rendered(self.body)


def get_terms(language: str) -> Terms:
    """What people agree to; the office's text counts from when it is published."""
    published = find_published()
    if published is None:
        return Terms(FIRST_VERSION, original_text(TERMS, language), None)
    body = published.body_en if language == "en" else published.body_de
    return Terms(published.version, body, published.published_at)


def find_legal_pages(language: str) -> list[Page]:
    """Imprint and privacy, which everyone may read who comes to sign in."""
    return _pages(LEGAL, (language,))


def find_pages() -> list[Page]:
    """All pages in all languages."""
    return _pages(tuple(TITLES), LANGUAGES)


@lru_cache(maxsize=16)
def original_text(slug: str, language: str) -> str:
    """The text that comes with the hub."""
    return (FOLDER / f"{slug}.{language}.md").read_text(encoding="utf-8").strip()


def rendered(body: str) -> Markup:
    """A text with the names of this hub in their places, as safe HTML."""
    return _rendered(body, str(current_app.config["TITLE"]), str(current_app.config["OPERATOR"]))


@lru_cache(maxsize=32)
def _rendered(body: str, title: str, operator: str) -> Markup:
    names = {"title": title, "operator": operator}

    def name(found: re.Match[str]) -> str:
        """The name as plain text; one that ends with a full stop also ends the sentence."""
        full_stop = "" if names[found[1]].endswith(".") else found[2]
        return _MARKDOWN_SIGNS.sub(r"\\\1", names[found[1]]) + full_stop

    return render_markdown(re.sub(r"\{\{(title|operator)\}\}(\.?)", name, body))


def _pages(slugs: Sequence[str], languages: Sequence[str]) -> list[Page]:
    rows = db.session.execute(
        select(PageText.slug, PageText.language, PageText.body, PageText.updated_at).where(
            PageText.slug.in_(slugs), PageText.language.in_(languages)
        )
    )
    changed = {(row.slug, row.language): row for row in rows}
    pages = []
    for slug in slugs:
        for language in languages:
            row = changed.get((slug, language))
            body = row.body if row else original_text(slug, language)
            pages.append(Page(slug, language, str(TITLES[slug]), body, row.updated_at if row else None))
    return pages
