"""Asking for access oneself, with an address of a member organisation; its coordination or the office decides."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, delete, func, or_, select

from hub.accounts import joining_notices, limits, policy, queries
from hub.accounts.joining_models import AccessRequest, MailDomain
from hub.accounts.limits import Limit
from hub.accounts.models import Organisation, User
from hub.accounts.service import people, terms
from hub.accounts.service.people import Person
from hub.accounts.service.signing_in import make_link
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import SYSTEM, Actor, require
from hub.core.db import db
from hub.core.errors import Missing, Refused
from hub.core.permissions import Permission, Reach, Role, reach_of
from hub.core.text import clean_line
from hub.core.tokens import hash_token, new_token
from hub.core.unit_of_work import unit_of_work

A_DAY = timedelta(days=1)
CONFIRM_WITHIN, KEPT_WAITING = timedelta(hours=24), timedelta(days=60)
PER_ADDRESS, PER_NETWORK, OVERALL = 3, 20, 300
MOST_DOMAINS, MOST_SHOWN = 20, 200
# Addresses that anybody can get: whoever owned one of these would own everybody.
FREE_MAIL = frozenset(
    "gmail.com googlemail.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de outlook.com outlook.de hotmail.com "
    "hotmail.de live.com live.de yahoo.com yahoo.de icloud.com me.com freenet.de arcor.de posteo.de mailbox.org "
    "proton.me protonmail.com aol.com mail.de email.de 1und1.de".split()
)
_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def find_domains(organisation_id: int) -> list[str]:
    """The mail domains of an organisation."""
    rows = select(MailDomain.domain).where(MailDomain.organisation_id == organisation_id).order_by(MailDomain.domain)
    return list(db.session.scalars(rows))


def set_domains(actor: Actor, organisation: Organisation, text: str) -> None:
    """Say what stands behind the @ of its people, one a line; raises Refused for what is no domain or another's."""
    require(policy.may_edit_organisations(actor))
    wanted = sorted({word.lower().lstrip("@") for word in text.replace(",", " ").split()})
    if len(wanted) > MOST_DOMAINS:
        raise Refused(_("Möglich sind höchstens %(most)s Domains.", most=MOST_DOMAINS))
    for domain in wanted:
        _refuse_domain(domain)
    with unit_of_work() as session:
        others = MailDomain.domain.in_(wanted) & (MailDomain.organisation_id != organisation.id)
        taken = session.scalar(select(MailDomain.domain).where(others))
        if taken is not None:
            raise Refused(_("%(domain)s gehört schon zu einer anderen Organisation.", domain=taken))
        session.execute(delete(MailDomain).where(MailDomain.organisation_id == organisation.id))
        session.add_all(MailDomain(domain=domain, organisation_id=organisation.id) for domain in wanted)
        record(actor, "organisation.domains_changed", organisation.id, domains=wanted)


def ask(email: str, name: str, address: str, language: str, version: int) -> None:
    """Somebody wants in. The answer on the page is always the same; what happens stands in a letter, if any."""
    email = queries.normal_email(email)
    counted = limits.take(
        Limit("ask_mail", hash_token(email), PER_ADDRESS, A_DAY),
        Limit("ask_net", limits.network_of(address), PER_NETWORK, A_DAY),
        Limit("ask_all", "", OVERALL, A_DAY),
    )
    if counted is None:
        return
    with unit_of_work():
        organisation_id = _organisation_of(email)
        if organisation_id is None:
            return
        user = queries.find_user_by_email(email)
        if user is None:
            _note(email, clean_line(name), organisation_id, language, version)
        elif user.blocked_at is None:
            joining_notices.tell_known(user)


def confirm(token: str) -> None:
    """The address is theirs; who decides is told. Raises Missing when the link is over, used or unknown."""
    with unit_of_work():
        request = find_unconfirmed(token)
        if request is None:
            raise Missing
        request.confirmed_at = clock.now()
        record(SYSTEM, "request.confirmed", request.id)
        for user in queries.find_deciders(request.organisation_id):
            joining_notices.tell_request(user, request.name)


def find_unconfirmed(token: str) -> AccessRequest | None:
    """A request whose link can still be used."""
    is_open = AccessRequest.confirmed_at.is_(None) & (AccessRequest.created_at > clock.now() - CONFIRM_WITHIN)
    return db.session.scalar(select(AccessRequest).where(AccessRequest.token_hash == hash_token(token), is_open))


def find_requests(actor: Actor) -> Sequence[Any]:
    """What the actor may decide, oldest first, with the name of the organisation."""
    require(policy.may_tend_accounts(actor))
    rows = select(AccessRequest, Organisation.label).join(
        Organisation, Organisation.id == AccessRequest.organisation_id
    )
    return db.session.execute(rows.where(_decided_by(actor)).order_by(AccessRequest.id).limit(MOST_SHOWN)).all()


def request_count(actor: Actor) -> Select[int]:
    """How many wait for the actor, as a question for the menu."""
    return select(func.count()).select_from(AccessRequest).where(_decided_by(actor))


def approve(actor: Actor, request_id: int) -> User:
    """Make the account; its terms count as agreed to when the request was sent. The link goes by mail."""
    with unit_of_work() as session:
        request = _get(actor, request_id)
        person = Person(request.email, request.name, request.organisation_id, Role.MEMBER)
        user = people.create_user(actor, person)
        user.language, user.invited_at, user.terms_version = request.language, clock.now(), 0
        terms.accept(user, request.terms_version, request.created_at)
        joining_notices.tell_approved(user, make_link(actor, user, "invitation"))
        record(actor, "request.approved", request.id, user=user.id)
        session.delete(request)
    return user


def decline(actor: Actor, request_id: int, reason: str) -> str:
    """No; the person is told why, and nothing of the request is kept. Returns the name."""
    with unit_of_work() as session:
        request = _get(actor, request_id)
        joining_notices.tell_declined(request, clean_line(reason))
        record(actor, "request.declined", request.id)
        session.delete(request)
    return request.name


def sweep_requests(_payload: dict[str, Any]) -> None:
    """Forget requests that nobody confirmed within a day or decided within two months."""
    now = clock.now()
    never_confirmed = AccessRequest.confirmed_at.is_(None) & (AccessRequest.created_at < now - CONFIRM_WITHIN)
    with unit_of_work() as session:
        never_decided = AccessRequest.confirmed_at < now - KEPT_WAITING
        session.execute(delete(AccessRequest).where(or_(never_confirmed, never_decided)))


def _note(email: str, name: str, organisation_id: int, language: str, version: int) -> None:
    """Keep the request until its link is opened; asking again before that sends a new link."""
    request = db.session.scalar(select(AccessRequest).where(AccessRequest.email == email).with_for_update())
    if request is not None and request.confirmed_at is not None:
        return
    if request is None:
        request = AccessRequest(email=email)
        db.session.add(request)
    token = new_token()
    request.name, request.organisation_id, request.language = name, organisation_id, language
    request.token_hash, request.terms_version, request.created_at = hash_token(token), version, clock.now()
    joining_notices.tell_confirm(email, language, name, token)


def _organisation_of(email: str) -> int | None:
    domain = email.rpartition("@")[2]
    return db.session.scalar(select(MailDomain.organisation_id).where(MailDomain.domain == domain))


def _decided_by(actor: Actor) -> Any:
    reach = reach_of(actor.role, Permission.ACCOUNT_TEND, Role.MEMBER)
    is_confirmed = AccessRequest.confirmed_at.is_not(None)
    if reach == Reach.ALL:
        return is_confirmed
    return is_confirmed & (AccessRequest.organisation_id == actor.organisation_id)


def _get(actor: Actor, request_id: int) -> AccessRequest:
    """Of two who decide at the same moment the second finds it gone."""
    require(policy.may_tend_accounts(actor))
    wanted = select(AccessRequest).where(AccessRequest.id == request_id, _decided_by(actor)).with_for_update()
    request = db.session.scalar(wanted.execution_options(populate_existing=True))
    if request is None:
        raise Missing
    return request


def _refuse_domain(domain: str) -> None:
    if not _DOMAIN.fullmatch(domain):
        raise Refused(_("%(domain)s ist keine Domain. Sie sieht so aus: stadt-essen.de", domain=domain))
    if domain in FREE_MAIL:
        raise Refused(_("Unter %(domain)s bekommt jede Person eine Adresse.", domain=domain))
