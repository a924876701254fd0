"""Signing out at the provider: it tells the hub (back-channel logout). Who signs out here stays signed in there."""

from hub.core.errors import Missing
from hub.federating import protocol, queries
from hub.federating.service import linking
from hub.federating.service.providers import renew_keys


def end_there(provider_id: int, logout_token: str) -> int:
    """End the sessions a provider names in a signed token; gives their number. Raises SignOnFailed or Missing."""
    provider = queries.load(provider_id)
    if provider is None:
        raise Missing
    jwks_uri = provider.told["jwks_uri"]
    subject, sid = protocol.read_logout_token(
        provider, logout_token, lambda: renew_keys(provider.id, provider.issuer, jwks_uri)
    )
    return linking.end_sessions(provider, subject, sid)
