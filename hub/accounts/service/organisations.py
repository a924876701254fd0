"""Member cities and bodies."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select

from hub.accounts import policy
from hub.accounts.models import Organisation
from hub.audit.service import record
from hub.core.actor import SYSTEM, Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Refused
from hub.core.text import clean_line
from hub.core.unit_of_work import unit_of_work

STARTING_ORGANISATIONS = Path(__file__).parent.parent / "data" / "organisations.toml"


@dataclass(frozen=True, slots=True)
class OrganisationDetails:
    """What the office knows of an organisation; the place is for the map."""

    name: str
    kind: str
    longitude: float | None = None
    latitude: float | None = None


def label_of(name: str, kind: str) -> str:
    """A city is shown as "Stadt Essen", everything else under its own name."""
    return f"Stadt {name}" if kind == "city" else name


def create_organisation(actor: Actor, details: OrganisationDetails) -> Organisation:
    """Add an organisation; raises Refused when the name is taken."""
    require(policy.may_edit_organisations(actor))
    name = clean_line(details.name)
    with unit_of_work() as session:
        _refuse_taken(name, None)
        organisation = Organisation(
            name=name,
            label=label_of(name, details.kind),
            kind=details.kind,
            longitude=details.longitude,
            latitude=details.latitude,
        )
        session.add(organisation)
        session.flush()
        record(actor, "organisation.created", organisation.id)
    return organisation


def change_organisation(actor: Actor, organisation: Organisation, details: OrganisationDetails, version: int) -> None:
    """Rename or move an organisation; its entries are found under the new name at once.

    Raises Conflict when somebody else has changed it since ``version``; ``organisation`` then shows the new state.
    """
    require(policy.may_edit_organisations(actor))
    name = clean_line(details.name)
    with unit_of_work() as session:
        session.refresh(organisation, with_for_update=True)
        if organisation.version != version:
            raise Conflict(_("Diese Angaben wurden inzwischen von jemand anderem geändert. Bitte prüfen Sie sie."))
        _refuse_taken(name, organisation.id)
        organisation.name, organisation.kind = name, details.kind
        organisation.label = label_of(name, details.kind)
        organisation.longitude, organisation.latitude = details.longitude, details.latitude
        record(actor, "organisation.changed", organisation.id)


def find_or_create(actor: Actor, name: str) -> Organisation:
    """The organisation of that name or label ("Essen", "Stadt Essen"); created as a body when unknown."""
    name = clean_line(name)
    found = find_by_name(name)
    if found is not None:
        return found
    return create_organisation(actor, OrganisationDetails(name=name, kind="body"))


def find_by_name(name: str) -> Organisation | None:
    """By plain name or label."""
    name = clean_line(name)
    return db.session.scalar(select(Organisation).where((Organisation.name == name) | (Organisation.label == name)))


def load_starting_organisations() -> None:
    """The members of the network as the data file names them; those that exist are left alone."""
    rows = tomllib.loads(STARTING_ORGANISATIONS.read_text(encoding="utf-8"))["organisations"]
    with unit_of_work():
        for row in rows:
            if find_by_name(row["name"]) is None:
                details = OrganisationDetails(row["name"], row["kind"], row.get("longitude"), row.get("latitude"))
                create_organisation(SYSTEM, details)


def _refuse_taken(name: str, own_id: int | None) -> None:
    found = find_by_name(name)
    if found is not None and found.id != own_id:
        raise Refused(_("Eine Organisation mit dem Namen %(name)s gibt es schon.", name=name))
