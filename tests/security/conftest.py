"""A hub with one of everything, and a browser of each role in it."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from hub.core.permissions import Role
from hub.entries.models import Kind
from hub.entries.service.contributing import EntryDetails, revise_entry, submit_entry
from hub.entries.service.files import hold_upload
from hub.entries.service.practice import PracticeDetails, record_practice
from hub.moderation import report_service
from hub.search.service import thesaurus
from tests.entries.builders import PDF, picture
from tests.security.walking import Form, Walk
from tests.support.making import Maker

ROLES = ("anonymous", "member", "coordinator", "editor", "admin", "disabled")


@dataclass(frozen=True)
class Filled:
    """Numbers of the things that are there."""

    published: int
    waiting: int
    file: int


@pytest.fixture
def filled(app: Flask, make: Maker) -> Filled:
    """One of everything: entries, files, a practice, a report, a waiting change, an entry in the bin."""
    owner = make.user(organisation="Essen")
    actor = make.actor(owner)
    home = make.collection().id
    held = [
        hold_upload(actor, io.BytesIO(PDF), "plan.pdf"),
        hold_upload(actor, io.BytesIO(picture("PNG")), "platz.png"),
    ]
    published = make.entry(
        title="Beleuchtung am Bahnhof", contributor=owner, tags=("licht",), section="Zum Einstieg", kind="methode"
    )
    make.entry(title="Wird gelöscht", status="deleted", contributor=owner)
    details = EntryDetails(
        title="Wartet",
        kind=Kind.METHODE,
        text="Ein Text.",
        collection_ids=[home],
        organisation_id=owner.organisation_id,
    )
    waiting = submit_entry(actor, details, [file.id for file in held])
    practice = PracticeDetails("running", 2024, "Es hilft.", "Ordnungsamt")
    record_practice(actor, published.id, owner.organisation_id, practice)
    report_service.report_problem(actor, published.id, "broken", "Der Link führt ins Leere.")
    changed = EntryDetails(
        title="Beleuchtung, neu", kind=Kind.METHODE, text="Neuer Text.", collection_ids=[home],
        organisation_id=owner.organisation_id,
    )  # fmt: skip
    revise_entry(actor, published, changed, published.version)
    thesaurus.fill_thesaurus()
    return Filled(published.id, waiting.id, held[0].id)


@pytest.fixture
def person_of(make: Maker, sign_in: Any) -> Callable[[str], Any]:
    """``person_of(role)``: a browser of this role; ``anonymous`` is nobody, ``disabled`` was signed in once."""

    def enter(role: str) -> Any:
        known = role if role in list(Role) else "member"
        office = known in ("editor", "admin")
        user = make.user(role=known, organisation="Geschäftsstelle" if office else "Essen")
        person = sign_in(user)
        person.lints = False
        if role == "disabled":
            block(make, user)
        if role == "anonymous":
            person.sign_out()
        return person

    return enter


def block(make: Maker, user: Any) -> None:
    """The office has blocked this person."""
    from hub.core import clock
    from hub.core.unit_of_work import unit_of_work

    with unit_of_work():
        user.blocked_at = clock.now()


def forms_for(app: Flask, person: Any, filled: Filled) -> list[Form]:
    """All kinds of forms that this person finds on the pages."""
    starts = ("/", "/login", "/entries/new", f"/entries/{filled.published}", f"/entries/{filled.published}/edit")
    walk = Walk(app, person.get).go(*starts, f"/entries/{filled.waiting}", "/search?q=Bahnhof", "/account")
    return list(walk.forms.values())
