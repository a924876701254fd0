"""Makes people, collections and entries for tests, in one unit of work each."""

from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import select

from hub.accounts.models import Organisation, User
from hub.collections.models import Collection, Section
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import db
from hub.core.permissions import Role
from hub.core.unit_of_work import unit_of_work
from hub.entries.models import Entry, EntryBody, EntryCollection, EntryTag, Status, Tag
from hub.entries.service.contributing import EntryDetails, submit_entry

PASSWORD = "ein wirklich langer Satz 42"
_numbers = count(1)


def submitted(actor: Actor, details: EntryDetails, *more: Any, **named: Any) -> Entry:
    """An entry taken in through ``submit_entry``."""
    return db.session.get_one(Entry, submit_entry(actor, details, *more, **named).id)


class Maker:
    """``make.user()``, ``make.entry()`` …: every value can be given, the rest is filled in."""

    def organisation(self, name: str = "Essen", kind: str = "city") -> Organisation:
        """An organisation by name, made when it is not there."""
        found = db.session.scalar(select(Organisation).where(Organisation.name == name))
        if found is not None:
            return found
        with unit_of_work() as session:
            label = f"Stadt {name}" if kind == "city" else name
            made = Organisation(name=name, label=label, kind=kind, longitude=7.0, latitude=51.4)
            session.add(made)
        return made

    def user(self, role: str = "member", organisation: str = "Essen", password: str | None = None, **more: Any) -> User:
        """An account; without a password it can only be entered by a link or by ``Visitor.sign_in``."""
        from hub.accounts.passwords import hash_password

        number = next(_numbers)
        place = self.organisation(organisation)
        values = {"email": f"person{number}@example.org", "name": f"Person {number}", **more}
        if password is not None:
            values["password_hash"] = hash_password(password)
        with unit_of_work() as session:
            made = User(role=role, organisation_id=place.id, **values)
            session.add(made)
        return made

    def actor(self, user: User) -> Actor:
        """The person as services receive it."""
        return Actor(
            id=user.id,
            name=user.name,
            role=Role(user.role),
            email=user.email,
            organisation_id=user.organisation_id,
            organisation_name="",
        )

    def collection(self, slug: str = "bahnhofsviertel", sections: tuple[str, ...] = ("Zum Einstieg",)) -> Collection:
        """A collection by its address, made when it is not there."""
        found = db.session.scalar(select(Collection).where(Collection.slug == slug))
        if found is not None:
            return found
        with unit_of_work() as session:
            made = Collection(
                slug=slug,
                title=f"Sammlung {slug}",
                introduction="Zwei Sätze. Zur Einführung.",
                position=next(_numbers),
                sections=[Section(title=title, position=i) for i, title in enumerate(sections, 1)],
            )
            session.add(made)
        return made

    def entry(
        self,
        title: str | None = None,
        status: str = "published",
        contributor: User | Actor | None = None,
        collections: tuple[str, ...] = ("bahnhofsviertel",),
        section: str | None = None,
        tags: tuple[str, ...] = (),
        organisation: str = "Essen",
        kind: str = "dokument",
        body: str = "",
        at: datetime | None = None,
        **more: Any,
    ) -> Entry:
        """An entry in any status, in the index when it is published."""
        moment = at or clock.now()
        place = self.organisation(organisation)
        homes = [self.collection(slug) for slug in collections]
        shown_at = moment if status == Status.PUBLISHED else None
        published_at = moment if status in (Status.PUBLISHED, Status.WITHDRAWN) else None
        values: dict[str, Any] = {
            "title": title or f"Eintrag {next(_numbers)}",
            "text": "Ein Text.",
            "published_at": published_at,
            "submitted_at": moment,
            **more,
        }
        with unit_of_work() as session:
            made = Entry(
                status=status,
                kind=kind,
                organisation_id=place.id,
                contributor_id=contributor.id if contributor is not None else None,
                created_at=moment,
                updated_at=moment,
                places=[
                    EntryCollection(collection_id=home.id, position=i, published_at=shown_at)
                    for i, home in enumerate(homes)
                ],
                tag_links=[EntryTag(tag=self._tag(name)) for name in tags],
                **values,
            )
            if section is not None:
                made.places[0].section_id = session.scalar(
                    select(Section.id).where(Section.collection_id == homes[0].id, Section.title == section)
                )
            session.add(made)
            session.flush()
            if body:
                session.add(EntryBody(entry_id=made.id, body=body))
        return made

    def _tag(self, name: str) -> Tag:
        found = db.session.scalar(select(Tag).where(Tag.key == name.casefold()))
        return found or Tag(name=name, key=name.casefold())
