"""OpenID Connect by Authlib: addresses to send people to, tokens for codes, and what a token must be to be believed.

Authlib and joserfc are imported when somebody signs in this way, never when the hub starts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from hub.core import clock
from hub.federating import outside
from hub.federating.reasons import SignOnFailed

# Signatures by key pairs only: with HS256 the client secret, or a public key taken for one, could sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
SMALLEST_RSA = 2048
LONGEST_TOKEN, LONGEST_SUBJECT = 20_000, 255
LEEWAY, LONGEST_AGE = 60, 600
SCOPE = "openid email profile"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
OTHER_TYPES = {"at+jwt", "logout+jwt", "secevent+jwt"}
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
NEEDED_ENDPOINTS = ENDPOINTS[:3]
LISTS = (
    "token_endpoint_auth_methods_supported",
    "id_token_signing_alg_values_supported",
    "code_challenge_methods_supported",
    "response_types_supported",
    "acr_values_supported",
)
FLAGS = ("authorization_response_iss_parameter_supported", "backchannel_logout_supported")


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as a sign-in needs it; a snapshot, so that no transaction stays open while it is asked."""

    id: int
    organisation_id: int
    name: str
    issuer: str
    client_id: str
    secret: str | None = field(repr=False)
    newcomers: str
    trusts_email: bool
    checks_factor: bool
    factor_acr: str
    told: Mapping[str, Any]
    keys: Mapping[str, Any]

    @property
    def must_name_itself(self) -> bool:
        """Whether its answers always carry ``iss`` (RFC 9207)."""
        return bool(self.told.get(FLAGS[0]))


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as a provider has signed it."""

    subject: str
    email: str
    is_email_verified: bool
    name: str
    has_factor: bool
    proven_at: int | None
    sid: str


@dataclass(frozen=True, slots=True)
class Question:
    """What goes out with a person and must come back: state, nonce, PKCE verifier."""

    state: str
    nonce: str
    verifier: str
    asks_again: bool = False


def discover(issuer: str) -> tuple[dict[str, Any], list[str]]:
    """What a provider's metadata say, narrowed to what the hub uses, and codes of what is wrong with them."""
    from authlib.oidc.discovery import get_well_known_url

    return read_metadata(outside.get_json(get_well_known_url(issuer, external=True), issuer), issuer)


def read_metadata(found: Mapping[str, Any], issuer: str) -> tuple[dict[str, Any], list[str]]:
    """As ``discover``, for metadata at hand."""
    told: dict[str, Any] = {"issuer": issuer}
    faults = [] if found.get("issuer") == issuer else ["issuer"]
    for name in ENDPOINTS:
        url = found.get(name)
        if isinstance(url, str) and len(url) < 1000 and outside.is_allowed(url, issuer):
            told[name] = url
        elif name in NEEDED_ENDPOINTS:
            faults.append(name)
    for name in LISTS:
        if isinstance(found.get(name), list):
            told[name] = [value for value in found[name] if isinstance(value, str) and len(value) < 200][:50]
    for name in FLAGS:
        told[name] = found.get(name) is True
    if "code" not in told.get("response_types_supported", ["code"]):
        faults.append("code")
    if "S256" not in told.get("code_challenge_methods_supported", ["S256"]):  # Entra ID knows it and does not say so
        faults.append("pkce")
    if not allowed_algorithms(told):
        faults.append("algorithms")
    return told, faults


def allowed_algorithms(told: Mapping[str, Any]) -> list[str]:
    """What this provider may sign with: what it says, of what we take."""
    said = told.get("id_token_signing_alg_values_supported") or ["RS256"]
    return [name for name in ALGORITHMS if name in said]


def auth_method(told: Mapping[str, Any], has_secret: bool) -> str | None:
    """How the hub shows its secret; None when the provider takes none of the ways we know."""
    if not has_secret:
        return "none"
    said = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return next((name for name in ("client_secret_basic", "client_secret_post") if name in said), None)


def fetch_keys(issuer: str, url: str) -> dict[str, Any]:
    """The public keys a provider signs with: RSA from 2048 bits and elliptic curves, nothing secret."""
    found = outside.get_json(url, issuer).get("keys")
    keys = [_public_part(key) for key in found[:100] if _is_usable(key)] if isinstance(found, list) else []
    return {"keys": keys}


def address_to(provider: Provider, question: Question, redirect_uri: str) -> str:
    """Where the person signs in: code flow with PKCE (S256), state and nonce."""
    more: dict[str, Any] = {"prompt": "login", "max_age": 0} if question.asks_again else {}
    if provider.checks_factor and provider.factor_acr:
        more["acr_values"] = provider.factor_acr
    url, _state = _client(provider, redirect_uri).create_authorization_url(
        provider.told["authorization_endpoint"],
        state=question.state,
        code_verifier=question.verifier,
        nonce=question.nonce,
        **more,
    )
    return str(url)


def redeem(
    provider: Provider, question: Question, code: str, redirect_uri: str, renew: Callable[[], Mapping[str, Any]]
) -> Identity:
    """Who the code stands for. ``renew()`` gives the provider's newest keys. Raises SignOnFailed."""
    token = _fetch_token(provider, question, code, redirect_uri)
    access_token = token.get("access_token")
    claims = _read(provider, str(token.get("id_token") or ""), renew)
    _check_id_token(provider, claims, question, access_token)
    if "email" not in claims and provider.told.get("userinfo_endpoint") and isinstance(access_token, str):
        claims.update(_userinfo(provider, access_token, claims["sub"]))
    return _identity(provider, claims)


def read_logout_token(provider: Provider, text: str, renew: Callable[[], Mapping[str, Any]]) -> tuple[str, str]:
    """Subject and session (either may be empty) that ended at the provider; raises SignOnFailed."""
    claims = _read(provider, text, renew, "logout+jwt")
    _check_claims(provider, claims)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict) or "nonce" in claims:
        raise SignOnFailed("token", "no logout token")
    subject, sid = claims.get("sub") or "", claims.get("sid") or ""
    if not isinstance(subject, str) or not isinstance(sid, str) or not (subject or sid):
        raise SignOnFailed("token", "logout of nobody")
    return subject, sid


class _Session:
    """What Authlib sends goes through our door."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def post(self, url: str, data: dict[str, str], headers: dict[str, str], auth: Any) -> "_Answer":
        """Send a form, with the proof of who the hub is."""
        url, headers, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return _Answer(*outside.post_form(url, self._issuer, body, headers))


@dataclass(frozen=True, slots=True)
class _Answer:
    status_code: int
    content: dict[str, Any]

    def json(self) -> dict[str, Any]:
        """The object that came back."""
        return self.content

    def raise_for_status(self) -> None:
        """Authlib asks this of answers that are none."""
        raise SignOnFailed("unreachable", f"status {self.status_code}")


def _client(provider: Provider, redirect_uri: str) -> Any:
    from authlib.oauth2.client import OAuth2Client

    return OAuth2Client(
        _Session(provider.issuer),
        client_id=provider.client_id,
        client_secret=provider.secret,
        token_endpoint_auth_method=auth_method(provider.told, provider.secret is not None),
        scope=SCOPE,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )


def _fetch_token(provider: Provider, question: Question, code: str, redirect_uri: str) -> Mapping[str, Any]:
    from authlib.oauth2 import OAuth2Error

    client = _client(provider, redirect_uri)
    try:
        token = client.fetch_token(provider.told["token_endpoint"], code=code, code_verifier=question.verifier)
    except OAuth2Error as error:
        raise SignOnFailed("answer", str(error.error)[:60]) from error
    except (ValueError, TypeError) as error:
        raise SignOnFailed("answer", "no token") from error
    return dict(token)


def _read(provider: Provider, text: str, renew: Callable[[], Mapping[str, Any]], wanted_type: str = "") -> Any:
    """The claims of a token whose signature is right; nothing inside is believed before that."""
    from authlib.oidc.core import CodeIDToken
    from joserfc import jws
    from joserfc.errors import JoseError

    try:
        header = jws.extract_compact(text.encode("ascii")).headers() if len(text) <= LONGEST_TOKEN else {}
    except (JoseError, ValueError, TypeError) as error:
        raise SignOnFailed("token", "no token") from error
    type_of = str(header.get("typ") or "").lower()
    if type_of != wanted_type if wanted_type else type_of in OTHER_TYPES:
        raise SignOnFailed("token", "type")
    algorithm = header.get("alg")
    if algorithm not in allowed_algorithms(provider.told):
        raise SignOnFailed("token", "algorithm")
    keys = _fitting(provider.keys, header) or _fitting(renew(), header)
    return CodeIDToken(_verified(text, keys, algorithm), header, _options(provider), {})


def _verified(text: str, keys: list[Any], algorithm: str) -> dict[str, Any]:
    from joserfc import jwk, jwt
    from joserfc.errors import JoseError

    for key in keys:
        try:
            return dict(jwt.decode(text, jwk.import_key(key), algorithms=[algorithm]).claims)
        except (JoseError, ValueError, TypeError):
            continue
    raise SignOnFailed("token", "signature")


def _fitting(keys: Mapping[str, Any], header: Mapping[str, Any]) -> list[Any]:
    """The keys that may have signed: of the right kind, and by their name when the token names one."""
    kind = "EC" if str(header.get("alg", "")).startswith("ES") else "RSA"
    named = header.get("kid")
    return [key for key in keys.get("keys", ()) if key["kty"] == kind and (named is None or key.get("kid") == named)]


def _options(provider: Provider) -> dict[str, Any]:
    issuer, client = provider.issuer, provider.client_id
    needed = {"essential": True}
    return {"iss": {"value": issuer, **needed}, "aud": {"value": client, **needed}, "exp": needed, "iat": needed}


def _check_id_token(provider: Provider, claims: Any, question: Question, access_token: Any) -> None:
    claims.params = {"nonce": question.nonce, "client_id": provider.client_id, "access_token": access_token}
    _check_claims(provider, claims)
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise SignOnFailed("token", "sub")
    if question.asks_again:
        proven_at = claims.get("auth_time")
        if not isinstance(proven_at, int) or _now() - proven_at > LONGEST_AGE:
            raise SignOnFailed("not_again")


def _check_claims(provider: Provider, claims: Any) -> None:
    """Issuer, audience, times, and for ID tokens nonce, azp and at_hash (Authlib); then what is stricter here."""
    from joserfc.errors import JoseError

    try:
        if claims.params:
            claims.validate(now=_now(), leeway=LEEWAY)
        else:
            claims.registry_cls(_now(), LEEWAY, **claims.options).validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise SignOnFailed("token", str(getattr(error, "claim", error))[:60]) from error
    if claims.get("aud") not in (provider.client_id, [provider.client_id]):
        raise SignOnFailed("token", "aud")
    issued_at = claims.get("iat")
    if not isinstance(issued_at, int) or not -LEEWAY <= _now() - issued_at <= LONGEST_AGE:
        raise SignOnFailed("token", "iat")


def _userinfo(provider: Provider, access_token: str, subject: str) -> dict[str, Any]:
    """Address and name, when the token did not hold them; only of the same subject."""
    found = outside.get_json(provider.told["userinfo_endpoint"], provider.issuer, bearer=access_token)
    if found.get("sub") != subject:
        raise SignOnFailed("token", "userinfo sub")
    return {name: found[name] for name in ("email", "email_verified", "name") if name in found}


def _identity(provider: Provider, claims: Mapping[str, Any]) -> Identity:
    ways, level, proven_at = claims.get("amr"), claims.get("acr"), claims.get("auth_time")
    is_strong = "mfa" in (ways or ()) or (provider.factor_acr != "" and level == provider.factor_acr)
    return Identity(
        subject=claims["sub"],
        email=_text(claims, "email"),
        is_email_verified=claims.get("email_verified") is True,
        name=_text(claims, "name"),
        has_factor=provider.checks_factor and is_strong,
        proven_at=proven_at if isinstance(proven_at, int) else None,
        sid=_text(claims, "sid")[:LONGEST_SUBJECT],
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def _is_usable(key: Any) -> bool:
    if not isinstance(key, dict) or key.get("use") not in (None, "sig"):
        return False
    if key.get("kty") == "RSA":
        number = key.get("n")
        return isinstance(number, str) and isinstance(key.get("e"), str) and len(number) * 6 >= SMALLEST_RSA
    return key.get("kty") == "EC" and all(isinstance(key.get(part), str) for part in ("crv", "x", "y"))


def _public_part(key: Mapping[str, Any]) -> dict[str, Any]:
    return {part: key[part] for part in ("kty", "kid", "n", "e", "crv", "x", "y") if isinstance(key.get(part), str)}


def _now() -> int:
    return int(clock.now().timestamp())
