"""What an organisation does with a method or project: say it, change it, confirm it, take it out and put it back."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from hub.accounts.models import Organisation
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Refused
from hub.core.text import clean_line, clean_text
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy, queries
from hub.entries.models import Practice, PracticeState

KEPT_AFTER_REMOVAL = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PracticeDetails:
    """What an organisation says; without a day of review it is asked again in twelve months."""

    state: PracticeState
    since_year: int
    experience: str
    contact: str
    since_month: int | None = None
    contact_email: str = ""
    review_on: date | None = None


def in_a_year() -> date:
    """Twelve months from today."""
    today = clock.today()
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=today.year + 1, day=day)


def record_practice(actor: Actor, entry_id: int, organisation_id: int, details: PracticeDetails) -> Practice:
    """Say for the first time what an organisation does with an entry; every member sees it at once.

    Raises Conflict when the organisation has said something already, Refused for a person instead of an office.
    """
    require(policy.may_speak_for(actor, organisation_id))
    with unit_of_work() as session:
        entry = queries.get_entry(actor, entry_id)
        if not policy.takes_practice(entry):
            raise Refused(_("Das geht nur bei veröffentlichten Methoden und Projekten."))
        if db.session.get(Organisation, organisation_id) is None:
            raise Refused(_("Diese Organisation gibt es nicht mehr."))
        practice = session.scalar(
            select(Practice).where(Practice.entry_id == entry_id, Practice.organisation_id == organisation_id)
        )
        if practice is None:
            practice = Practice(entry_id=entry_id, organisation_id=organisation_id)
            session.add(practice)
        elif practice.removed_at is None:
            raise Conflict(_("Für diese Organisation steht hier schon etwas."))
        practice.removed_at = None
        _write(actor, practice, details)
        session.flush()
        record(actor, "practice.recorded", practice.id, entry_id=entry_id)
    return practice


def change_practice(actor: Actor, practice_id: int, details: PracticeDetails, version: int) -> Practice:
    """Say something else. Raises Conflict when somebody was faster; nothing is overwritten then."""
    with unit_of_work():
        practice = _own(actor, practice_id)
        if practice.version != version:
            raise Conflict(_("Diese Angaben wurden inzwischen von jemand anderem geändert. Bitte prüfen Sie sie."))
        _write(actor, practice, details)
        record(actor, "practice.changed", practice.id, entry_id=practice.entry_id)
    return practice


def confirm_practice(actor: Actor, practice_id: int) -> Practice:
    """It still holds; the organisation is asked again in twelve months."""
    with unit_of_work():
        practice = _own(actor, practice_id)
        practice.stated_at, practice.review_on = clock.now(), in_a_year()
        record(actor, "practice.confirmed", practice.id, entry_id=practice.entry_id)
    return practice


def remove_practice(actor: Actor, practice_id: int) -> Practice:
    """Take it out; it can be put back for thirty days."""
    with unit_of_work():
        practice = _own(actor, practice_id)
        practice.removed_at = clock.now()
        record(actor, "practice.removed", practice.id, entry_id=practice.entry_id)
    return practice


def restore_practice(actor: Actor, practice_id: int) -> Practice:
    """Undo a removal."""
    with unit_of_work():
        practice = _own(actor, practice_id, is_removed=True)
        practice.removed_at = None
        record(actor, "practice.restored", practice.id, entry_id=practice.entry_id)
    return practice


def sweep_removed() -> int:
    """Delete for good what was taken out a month ago; tells how many."""
    with unit_of_work() as session:
        over = session.scalars(select(Practice).where(Practice.removed_at < clock.now() - KEPT_AFTER_REMOVAL)).all()
        for practice in over:
            session.delete(practice)
    return len(over)


def _own(actor: Actor, practice_id: int, is_removed: bool = False) -> Practice:
    practice = queries.get_practice(actor, practice_id, is_removed)
    require(policy.may_speak_for(actor, practice.organisation_id))
    return practice


def _write(actor: Actor, practice: Practice, details: PracticeDetails) -> None:
    email, contact = clean_line(details.contact_email).lower(), clean_line(details.contact)
    if email and email == actor.email:
        raise Refused(_("Das ist Ihre eigene Adresse. Bitte nennen Sie ein Funktionspostfach oder keines."))
    if contact.casefold() == actor.name.casefold():
        raise Refused(_("Bitte nennen Sie eine Stelle oder Funktion statt einer Person."))
    practice.state = details.state
    practice.since_year, practice.since_month = details.since_year, details.since_month
    practice.experience = clean_text(details.experience)
    practice.contact, practice.contact_email = contact, email
    practice.review_on = details.review_on or in_a_year()
    practice.stated_at = clock.now()
