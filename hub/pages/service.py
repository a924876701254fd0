"""Changing page texts."""

from flask_babel import gettext as _
from sqlalchemy import delete, select

from hub.accounts.service import terms
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.errors import Conflict, Refused
from hub.core.text import clean_text
from hub.core.unit_of_work import unit_of_work
from hub.pages import policy, queries
from hub.pages.models import PageText
from hub.pages.queries import TERMS


def change_text(actor: Actor, slug: str, language: str, body: str, mark: str) -> None:
    """Put a text in place of the one with this mark; raises Conflict when that is no longer the present one."""
    require(policy.may_edit_pages(actor))
    body = clean_text(body)
    if not body:
        raise Refused(_("Bitte geben Sie einen Text ein."))
    if body == queries.original_text(slug, language):
        restore_text(actor, slug, language, mark)
        return
    with unit_of_work() as session:
        _refuse_stale(slug, language, mark)
        row = session.scalar(select(PageText).where(PageText.slug == slug, PageText.language == language))
        if row is None:
            session.add(PageText(slug=slug, language=language, body=body))
        else:
            row.body, row.version, row.updated_at = body, row.version + 1, clock.now()
        record(actor, "page.changed", slug=slug, language=language)


def restore_text(actor: Actor, slug: str, language: str, mark: str) -> None:
    """Go back to the text that came with the hub; raises Conflict as ``change_text`` does."""
    require(policy.may_edit_pages(actor))
    with unit_of_work() as session:
        _refuse_stale(slug, language, mark)
        session.execute(delete(PageText).where(PageText.slug == slug, PageText.language == language))
        record(actor, "page.restored", slug=slug, language=language)


def publish_terms(actor: Actor, asks_all: bool) -> int:
    """Put the present texts in force as new terms of use; raises Refused when they are in force already."""
    require(policy.may_edit_pages(actor))
    texts = {language: queries.get_page(TERMS, language).body for language in queries.LANGUAGES}
    with unit_of_work():
        if all(queries.get_terms(language).body == text for language, text in texts.items()):
            raise Refused(_("Diese Nutzungsbedingungen gelten schon."))
        originals = {language: queries.original_text(TERMS, language) for language in texts}
        return terms.publish(actor, texts, originals, asks_all)


def _refuse_stale(slug: str, language: str, mark: str) -> None:
    if queries.get_page(slug, language).mark != mark:
        raise Conflict(_("Dieser Text wurde inzwischen von jemand anderem geändert."))
