"""Setting up providers: what an administrator types, what the provider says of itself, on and off."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, select, update

from hub.accounts.models import Organisation
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import SYSTEM, Actor, require
from hub.core.db import db
from hub.core.errors import Conflict, Refused
from hub.core.sealing import is_under_newest_key, seal
from hub.core.text import clean_line
from hub.core.unit_of_work import unit_of_work
from hub.federating import outside, policy, protocol, queries
from hub.federating.models import IdentityProvider, LinkedIdentity
from hub.federating.reasons import SignOnFailed

log = logging.getLogger("hub.federating")
RENEW_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ProviderDetails:
    """What an administrator says of a provider; an empty secret keeps the stored one."""

    organisation_id: int
    name: str
    issuer: str
    client_id: str
    client_secret: str
    newcomers: str
    trusts_email: bool
    checks_factor: bool
    factor_acr: str


def create_provider(actor: Actor, details: ProviderDetails) -> IdentityProvider:
    """Add a provider, switched off; raises Refused in words."""
    require(policy.may_edit_providers(actor))
    _refuse_unusable(details, None)
    with unit_of_work() as session:
        provider = IdentityProvider(**_values(details))
        session.add(provider)
        session.flush()
        if details.client_secret:
            provider.sealed_secret = seal(details.client_secret, queries.place_of(provider.id))
        record(actor, "provider.created", provider.id)
    return provider


def change_provider(actor: Actor, provider: IdentityProvider, details: ProviderDetails, version: int) -> None:
    """Change it. With another issuer or client it is switched off until the connection was checked again.

    Raises Conflict when somebody else was faster, Refused when accounts are linked and the issuer would change: the
    subjects of one provider mean other people at another.
    """
    require(policy.may_edit_providers(actor))
    _refuse_unusable(details, provider)
    with unit_of_work() as session:
        session.refresh(provider, with_for_update=True)
        if provider.version != version:
            raise Conflict(
                _("Dieser Zugang wurde inzwischen von jemand anderem geändert. Bitte prüfen Sie die Angaben.")
            )
        is_other = (provider.issuer, provider.client_id) != (details.issuer, details.client_id)
        if is_other and session.scalar(select(exists().where(LinkedIdentity.provider_id == provider.id))):
            raise Refused(
                _(
                    "Mit diesem Zugang sind schon Konten verbunden. Aussteller und Client-ID bleiben deshalb, wie sie "
                    "sind; für einen anderen Dienst legen Sie bitte einen neuen Zugang an."
                )
            )
        for name, value in _values(details).items():
            setattr(provider, name, value)
        if details.client_secret:
            provider.sealed_secret = seal(details.client_secret, queries.place_of(provider.id))
        if is_other:
            provider.is_on, provider.told, provider.keys, provider.checked_at = False, None, None, None
        provider.version += 1
        record(actor, "provider.changed", provider.id)


def check_provider(actor: Actor, provider: IdentityProvider) -> list[str]:
    """Ask the provider what it says of itself; keeps that and its keys, or returns codes of what is wrong."""
    require(policy.may_edit_providers(actor))
    known = queries.snapshot(provider)
    try:
        told, keys, faults = _ask(known)
    except SignOnFailed as error:
        return [error.detail if error.code == "unreachable" else error.code]
    if known.secret == "":
        faults.append("secret")
    if protocol.auth_method(told, known.secret is not None) is None:
        faults.append("auth_method")
    if not faults and not keys.get("keys"):
        faults.append("keys")
    if not faults:
        _keep(actor, known.id, told, keys)
    return faults


def switch_provider(actor: Actor, provider: IdentityProvider, on: bool) -> None:
    """Show or hide its button; sessions that came through it go on. Raises Refused when it was never checked."""
    require(policy.may_edit_providers(actor))
    with unit_of_work() as session:
        session.refresh(provider, with_for_update=True)
        if on and not provider.told:
            raise Refused(_("Bitte prüfen Sie zuerst die Verbindung. Danach lässt sich der Zugang einschalten."))
        provider.is_on = on
        record(actor, "provider.switched_on" if on else "provider.switched_off", provider.id)


def delete_provider(actor: Actor, provider: IdentityProvider) -> None:
    """Take it out with its links; the accounts stay, their people come in on other ways."""
    require(policy.may_edit_providers(actor))
    with unit_of_work() as session:
        session.refresh(provider, with_for_update=True)
        if provider.is_on:
            raise Refused(_("Bitte schalten Sie den Zugang zuerst ab."))
        record(actor, "provider.deleted", provider.id)
        session.delete(provider)


def renew_keys(provider_id: int, issuer: str, jwks_uri: str) -> dict[str, Any]:
    """The newest keys, for a token signed with one we do not know; asked at most once a minute."""
    row = db.session.get(IdentityProvider, provider_id, populate_existing=True)
    if row is None or (row.keys_at is not None and clock.now() - row.keys_at < RENEW_AFTER):
        return dict(row.keys or {}) if row is not None else {}
    with unit_of_work() as session:  # before asking, so that forged tokens cannot make us ask again and again
        session.execute(_of(provider_id).values(keys_at=clock.now()))
    keys = protocol.fetch_keys(issuer, jwks_uri)
    with unit_of_work() as session:
        session.execute(_of(provider_id).values(keys=keys))
    return keys


def renew_all(_payload: dict[str, Any]) -> None:
    """Every day: metadata and keys of the providers in use, and secrets under a former sealing key anew."""
    rows = db.session.scalars(select(IdentityProvider).where(IdentityProvider.is_on)).all()
    for known in [queries.snapshot(row) for row in rows]:
        try:
            told, keys, faults = _ask(known)
        except SignOnFailed as error:
            log.warning("provider %s is not to be reached: %s", known.id, error.detail)
            continue
        if faults or not keys.get("keys"):
            log.warning("provider %s says what cannot be used: %s", known.id, " ".join(faults) or "keys")
            continue
        _keep(SYSTEM, known.id, told, keys)
    _seal_anew()


def _seal_anew() -> None:
    with unit_of_work() as session:
        for row in session.scalars(select(IdentityProvider).where(IdentityProvider.sealed_secret.is_not(None))):
            secret = queries.snapshot(row).secret
            if secret and not is_under_newest_key(row.sealed_secret or ""):
                row.sealed_secret = seal(secret, queries.place_of(row.id))


def _ask(known: protocol.Provider) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    told, faults = protocol.discover(known.issuer)
    keys = protocol.fetch_keys(known.issuer, told["jwks_uri"]) if not faults else {}
    return told, keys, faults


def _keep(actor: Actor, provider_id: int, told: dict[str, Any], keys: dict[str, Any]) -> None:
    now = clock.now()
    with unit_of_work() as session:
        session.execute(_of(provider_id).values(told=told, keys=keys, checked_at=now, keys_at=now))
        record(actor, "provider.checked", provider_id)


def _of(provider_id: int) -> Any:
    return update(IdentityProvider).where(IdentityProvider.id == provider_id)


def _values(details: ProviderDetails) -> dict[str, Any]:
    return {
        "organisation_id": details.organisation_id,
        "name": clean_line(details.name),
        "issuer": details.issuer,
        "client_id": details.client_id,
        "newcomers": details.newcomers,
        "trusts_email": details.trusts_email,
        "checks_factor": details.checks_factor,
        "factor_acr": details.factor_acr,
    }


def _refuse_unusable(details: ProviderDetails, own: IdentityProvider | None) -> None:
    if not outside.is_allowed(details.issuer, details.issuer):
        raise Refused(_("Die Adresse des Ausstellers beginnt mit https://."))
    if db.session.get(Organisation, details.organisation_id) is None:
        raise Refused(_("Bitte wählen Sie ein Mitglied."))
    same = (IdentityProvider.name == clean_line(details.name)) | (
        (IdentityProvider.issuer == details.issuer) & (IdentityProvider.client_id == details.client_id)
    )
    others = select(IdentityProvider.id).where(same)
    if db.session.scalar(others.where(IdentityProvider.id != own.id) if own is not None else others) is not None:
        raise Refused(
            _("Einen Zugang mit diesem Namen, oder mit diesem Aussteller und dieser Client-ID, gibt es schon.")
        )
