"""Accounts: create, change, block; the own account."""

import re
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from hub.accounts import notices, passwords, policy, queries, sessions
from hub.accounts.models import User
from hub.accounts.service.confirming import WrongPassword, is_own_password
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import Actor, Proof, require
from hub.core.errors import Conflict, Missing, Refused
from hub.core.permissions import Role
from hub.core.text import clean_line
from hub.core.unit_of_work import unit_of_work


@dataclass(frozen=True, slots=True)
class Person:
    """What an account is made of."""

    email: str
    name: str
    organisation_id: int
    role: Role


def create_user(actor: Actor, person: Person, password: str | None = None, is_example: bool = False) -> User:
    """Add an account; raises Refused when the address is taken or the password is weak."""
    require(policy.may_bring_in(actor, person.role, person.organisation_id))
    email = queries.normal_email(person.email)
    name = clean_line(person.name)
    if password is not None:
        refuse_weak(password, email, name)
    hashed = passwords.hash_password(password) if password is not None else None
    with unit_of_work() as session:
        if queries.find_user_by_email(email) is not None:
            raise Refused(_("Für die Adresse %(email)s gibt es schon ein Konto.", email=email))
        user = User(
            email=email,
            name=name,
            organisation_id=person.organisation_id,
            role=person.role,
            password_hash=hashed,
            is_example=is_example,
        )
        session.add(user)
        session.flush()
        record(actor, "user.created", user.id, role=person.role)
    return user


def change_person(actor: Actor, user: User, name: str, organisation_id: int, role: Role, version: int) -> None:
    """Change name, organisation and role; a changed right ends the person's sessions. The last admin stays one.

    Those who look after the account change its name only.

    Raises Conflict when somebody else has changed the account since ``version``.
    """
    with unit_of_work() as session:
        admins = queries.lock_active_admins()
        session.refresh(user, with_for_update=True)
        rights_change = user.role != role or user.organisation_id != organisation_id
        require(policy.may_manage_accounts(actor) if rights_change else policy.may_tend(actor, user))
        if user.version != version:
            raise Conflict(
                _("Dieses Konto wurde inzwischen von jemand anderem geändert. Bitte prüfen Sie die Angaben.")
            )
        if user.role == Role.ADMIN and role != Role.ADMIN:
            keep_one_admin(user, admins)
        user.name, user.organisation_id, user.role = clean_line(name), organisation_id, role
        user.version += 1
        record(actor, "user.changed", user.id, role=role)
        if rights_change:
            sessions.end_all(user.id)


def block_user(actor: Actor, user: User) -> None:
    """Close the account at once everywhere; what the person contributed stays."""
    with unit_of_work() as session:
        admins = queries.lock_active_admins()
        session.refresh(user, with_for_update=True)
        require(policy.may_tend(actor, user))
        keep_one_admin(user, admins)
        user.blocked_at = user.blocked_at or clock.now()
        record(actor, "user.blocked", user.id)
        sessions.end_all(user.id)


def unblock_user(actor: Actor, user: User) -> None:
    """Open the account again."""
    with unit_of_work() as session:
        session.refresh(user, with_for_update=True)
        require(policy.may_tend(actor, user))
        user.blocked_at = user.left_at = None
        record(actor, "user.unblocked", user.id)


def change_own_name(actor: Actor, name: str) -> None:
    """Change how the own name is shown."""
    with unit_of_work():
        queries.get_own_user(actor).name = clean_line(name)
        record(actor, "user.renamed", actor.id)


def choose_language(actor: Actor, language: str) -> None:
    """Letters come in the language that the person has chosen for the pages."""
    with unit_of_work():
        queries.get_own_user(actor).language = language


def choose_letters(actor: Actor, about_entries: bool, about_questions: bool) -> None:
    """Whether letters come about what becomes of the person's entries, reports and questions; and about what others
    ask everybody."""
    with unit_of_work():
        user = queries.get_own_user(actor)
        user.wants_letters, user.wants_questions = about_entries, about_questions


def choose_keys(actor: Actor, wants: bool) -> None:
    """Whether single letters do something on pages, for this person (WCAG 2.1.4)."""
    with unit_of_work():
        queries.get_own_user(actor).wants_keys = wants


def change_own_password(actor: Actor, current: str, new: str, address: str) -> None:
    """Change the own password; all other sessions end. Raises WrongPassword or Refused in words."""
    user = queries.get_own_user(actor)
    if user.password_hash is not None and not is_own_password(actor, user, current, address):
        raise WrongPassword(_("Das bisherige Passwort stimmt nicht."))
    refuse_weak(new, user.email, user.name)
    hashed = passwords.hash_password(new)
    with unit_of_work():
        user = queries.get_own_user(actor)
        user.password_hash = hashed
        record(actor, "user.password_set", actor.id)
        sessions.end_all(user.id, except_id=actor.session_id)
        notices.tell_password_changed(user)
        sessions.prove(actor, Proof.PASSWORD)


def end_other_sessions(actor: Actor) -> None:
    """Sign the person out everywhere but here."""
    if actor.id is None:
        return
    with unit_of_work():
        sessions.end_all(actor.id, except_id=actor.session_id)
        record(actor, "session.others_ended", actor.id)


def end_own_session(actor: Actor, session_id: int) -> None:
    """Sign the person out of one other browser; raises Missing when it is not theirs."""
    with unit_of_work():
        if not sessions.end_of(actor, session_id):
            raise Missing
        record(actor, "session.ended", actor.id)


def end_sessions_of(actor: Actor, user: User) -> None:
    """Sign a person out everywhere, for the administration."""
    require(policy.may_manage_accounts(actor))
    with unit_of_work():
        sessions.end_all(user.id)
        record(actor, "session.all_ended", user.id)


def mark_read(actor: Actor) -> None:
    """Count everything published until now as read; the start page shows as new what comes after."""
    with unit_of_work():
        queries.get_own_user(actor).read_until = clock.now()


def refuse_weak(password: str, email: str, name: str) -> None:
    """Raise Refused with the reason when a password is too easy to guess."""
    context = [*email.replace("@", " ").replace(".", " ").split(), *name.split(), *context_words()]
    reason = passwords.weakness(password, context)
    if reason:
        raise Refused(reason)


def context_words() -> list[str]:
    """What everybody here would guess first: the words of title, operator and all organisations of the network."""
    names = [current_app.config["TITLE"], current_app.config["OPERATOR"], *queries.find_organisation_names()]
    return sorted({word for name in names for word in re.findall(r"\w{4,}", name)})


def keep_one_admin(user: User, admins: set[int]) -> None:
    """Raise Refused when this is the last of the active admins.

    ``admins`` were locked before anything else in the unit: of two people who go at the same moment the second waits
    and sees that the first has gone.
    """
    if admins == {user.id}:
        raise Refused(_("Es muss mindestens eine Person mit der Rolle Verwaltung geben."))
