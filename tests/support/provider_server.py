"""A provider of identities for tests, in a process of its own: Authlib's server side, with real code flow and PKCE.

``python -m tests.support.provider_server PORT`` serves. It can be told to misbehave: ``POST /control`` with JSON sets
what it does.

- ``people``: claims by subject; the sign-in page offers a button for each
- ``claims``: values that replace those of the next ID tokens (None takes one away)
- ``sign``: how the next ID tokens are signed: ``none``, ``hs256_public_key``, ``hs256_secret``, ``foreign_key``,
  ``foreign_key_named_ours``, ``unsigned`` (no signature at all), ``rotated`` (a new key, published)
- ``metadata``: values that replace those of the discovery document (None takes one away)
- ``answer``: parameters that replace those of the way back (None takes one away)
- ``token``: a raw answer of the token endpoint, ``{"status": …, "body": …}``
- ``userinfo_only``: the ID token holds no address and no name
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, redirect, render_template_string, request
from joserfc import jwt
from joserfc.jwk import RSAKey

PAGE = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Anmeldung</title></head><body>
<h1>Anmeldung bei {{ issuer }}</h1><form method="post">{% for sub in people %}
<button name="sub" value="{{ sub }}">{{ sub }}</button>{% endfor %}<button name="deny" value="1">Abbrechen</button>
</form></body></html>"""
SECRET = "ein Geheimnis nur für Tests".replace(" ", "-").replace("ü", "ue")
CLIENT_ID = "hub"

app = Flask(__name__)
app.secret_key = "only for tests"
key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
foreign = RSAKey.generate_key(2048, {"kid": "foreign", "use": "sig", "alg": "RS256"})
state: dict[str, Any] = {}
codes: dict[str, "Code"] = {}
tokens: dict[str, str] = {}
seen: dict[str, list[Any]] = {"token_requests": [], "jwks": []}
keys = [key]


class Client(ClientMixin):
    """The hub, as it is registered here; only its own addresses are accepted for the way back."""

    def get_client_id(self):
        return CLIENT_ID

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, uri):
        return uri in state["redirect_uris"]

    def check_client_secret(self, secret):
        return hmac.compare_digest(secret, SECRET)

    def check_endpoint_auth_method(self, method, endpoint):
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    """A code, usable once, within a minute, with the verifier whose challenge it carries."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)
        self.made_at = int(time.time())

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return self.made_at

    def get_acr(self):
        return None

    def get_amr(self):
        return None


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def save_authorization_code(self, code, request):
        data = request.payload.data
        codes[code] = Code(
            code=code,
            subject=request.user,
            redirect_uri=request.payload.redirect_uri,
            scope=request.payload.scope,
            nonce=data.get("nonce"),
            code_challenge=data.get("code_challenge"),
            code_challenge_method=data.get("code_challenge_method"),
        )

    def query_authorization_code(self, code, client):
        return codes.get(code)

    def delete_authorization_code(self, authorization_code):
        codes.pop(authorization_code.code, None)

    def authenticate_user(self, authorization_code):
        return authorization_code.subject


class OpenId(OpenIDCode):
    def exists_nonce(self, nonce, request):
        return False

    def get_client_algorithm(self, client):
        return "RS256"

    def get_client_claims(self, client):
        return {}

    def resolve_client_private_key(self, client):
        return keys[0]

    def get_jwt_config(self, grant, client=None):
        return {"key": keys[0], "alg": "RS256", "exp": 300, "iss": issuer(), "kid": "one"}

    def generate_user_info(self, user, scope):
        return UserInfo(sub=user)


def save_token(token, request):
    tokens[token["access_token"]] = request.user


server = AuthorizationServer(app, query_client=lambda id: Client() if id == CLIENT_ID else None, save_token=save_token)
server.register_grant(CodeGrant, [CodeChallenge(required=True), OpenId(require_nonce=True)])


def issuer() -> str:
    return request.host_url.rstrip("/")


@app.get("/.well-known/openid-configuration")
def discovery() -> Response:
    found = {
        "issuer": issuer(),
        "authorization_endpoint": f"{issuer()}/authorize",
        "token_endpoint": f"{issuer()}/token",
        "jwks_uri": f"{issuer()}/jwks",
        "userinfo_endpoint": f"{issuer()}/userinfo",
        "response_types_supported": ["code"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
    }
    return jsonify(_replaced(found, state.get("metadata", {})))


@app.get("/jwks")
def jwks() -> Response:
    seen["jwks"].append(1)
    return jsonify({"keys": [one.as_dict(private=False) for one in keys]})


@app.route("/authorize", methods=["GET", "POST"])
def authorize() -> Any:
    if request.method == "GET":
        server.get_consent_grant(end_user="someone")
        return render_template_string(PAGE, issuer=issuer(), people=state["people"])
    if "deny" in request.form:
        answer = server.create_authorization_response(grant_user=None)
    else:
        answer = server.create_authorization_response(grant_user=request.form["sub"])
    return _way_back(answer)


@app.post("/token")
def token() -> Any:
    seen["token_requests"].append({"form": dict(request.form), "authorization": request.headers.get("Authorization")})
    raw = state.get("token")
    if raw:
        return Response(raw["body"], raw["status"], content_type="application/json", headers=raw.get("headers"))
    asked = codes.get(request.form.get("code", ""))
    answer = server.create_token_response()
    content = json.loads(answer.get_data())
    if "id_token" in content and asked is not None:
        content["id_token"] = _id_token(asked)
        return jsonify(content)
    return answer


@app.get("/userinfo")
def userinfo() -> Any:
    subject = tokens.get((request.headers.get("Authorization") or "").removeprefix("Bearer "))
    if subject is None:
        return "", 401
    return jsonify({"sub": state.get("userinfo_sub", subject), **state["people"][subject]})


@app.post("/control")
def control() -> Response:
    state.clear()
    codes.clear()
    state.update(people={"anna": {}}, redirect_uris=[])
    state.update(request.get_json())
    del keys[1:]
    keys[0] = key
    if state.get("sign") == "rotated":
        keys[0] = RSAKey.generate_key(2048, {"kid": "two", "use": "sig", "alg": "RS256"})
    seen.update(token_requests=[], jwks=[])
    return jsonify({})


@app.get("/seen")
def seen_so_far() -> Response:
    return jsonify(seen)


@app.post("/logout-token")
def logout_token() -> Response:
    """A token as the provider would send it when somebody signs out there."""
    given = request.get_json()
    now = int(time.time())
    claims = {
        "iss": issuer(),
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + 120,
        "jti": os.urandom(8).hex(),
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        **given.get("claims", {}),
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    signer = foreign if given.get("foreign") else keys[0]
    header = {"alg": "RS256", "kid": keys[0].kid, "typ": given.get("typ", "logout+jwt")}
    return jsonify({"token": jwt.encode(header, claims, signer)})


def _way_back(answer: Response) -> Any:
    parts = urlsplit(answer.headers.get("Location", ""))
    if not parts.scheme:
        return answer
    values = _replaced({**dict(parse_qsl(parts.query)), "iss": issuer()}, state.get("answer", {}))
    return redirect(parts._replace(query=urlencode(values)).geturl())


def _id_token(asked: Code) -> str:
    now = int(time.time())
    person = {} if state.get("userinfo_only") else state["people"][asked.subject]
    claims = {
        "iss": issuer(),
        "sub": asked.subject,
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + 300,
        "auth_time": now,
        "nonce": asked.nonce,
        **person,
    }
    claims = _replaced(claims, state.get("claims", {}))
    return _signed(claims, state.get("sign", ""))


def _signed(claims: dict[str, Any], how: str) -> str:
    public_key = keys[0].as_pem(private=False)
    if how == "none":
        return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."
    if how == "unsigned":
        return f"{_part({'alg': 'RS256', 'kid': 'one', 'typ': 'JWT'})}.{_part(claims)}."
    if how in ("hs256_public_key", "hs256_secret"):
        text = f"{_part({'alg': 'HS256', 'kid': 'one', 'typ': 'JWT'})}.{_part(claims)}"
        secret = public_key if how == "hs256_public_key" else SECRET.encode()
        return f"{text}.{_base64(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"
    signer = foreign if how.startswith("foreign_key") else keys[0]
    name = "one" if how == "foreign_key_named_ours" else signer.kid
    return jwt.encode({"alg": "RS256", "kid": name}, claims, signer)


def _part(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value).encode())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _replaced(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


if __name__ == "__main__":
    app.run("127.0.0.1", int(sys.argv[1]), threaded=True)
