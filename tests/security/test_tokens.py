"""Secrets and signatures: how long they are, that one kind is never taken for another, and what is kept of them."""

import ast
import base64
import hashlib
import math
import re
from pathlib import Path

import pytest
from flask import current_app
from itsdangerous import URLSafeTimedSerializer

from hub.accounts import browsers, passwords
from hub.accounts.service import people, recovery_codes
from hub.core import sealing, storage, tokens
from hub.web import guard
from tests.entries.builders import PDF

HUB = Path(__file__).resolve().parents[2] / "hub"
BITS = 128


def salts() -> list[str]:
    """The purposes that signatures of the hub are bound to, read from its code."""
    return [
        ast.literal_eval(keyword.value)
        for path in HUB.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and "Serializer" in ast.unparse(node.func)
        for keyword in node.keywords
        if keyword.arg == "salt"
    ]


def test_every_kind_of_signature_has_a_purpose_of_its_own(app):
    """A value signed for one purpose, with our own key, is not accepted for another."""
    assert sorted(salts()) == ["csrf", "known-browser", "picture of a link"]
    key = current_app.config["SECRET_KEY"]
    foreign = URLSafeTimedSerializer(key, salt="csrf", signer_kwargs=tokens.SIGNING).dumps(["name", [1]])
    assert browsers.from_cookie(foreign).user_ids == ()
    own = URLSafeTimedSerializer(key, salt="known-browser", signer_kwargs=tokens.SIGNING).dumps(["name", [1]])
    assert browsers.from_cookie(own).user_ids == (1,)


@pytest.mark.parametrize("key", ["", "another key of the same length as ours is", "None"])
def test_a_signature_under_another_key_counts_for_nothing(app, key):
    forged = URLSafeTimedSerializer(key or "x", salt="known-browser", signer_kwargs=tokens.SIGNING).dumps(["name", [1]])
    assert browsers.from_cookie(forged).user_ids == ()


def test_a_signature_of_another_kind_counts_for_nothing(app):
    """The kind of signature is fixed in the code; what a token says about itself is not asked."""
    key = current_app.config["SECRET_KEY"]
    other = URLSafeTimedSerializer(key, salt="known-browser", signer_kwargs={"digest_method": hashlib.sha512})
    assert browsers.from_cookie(other.dumps(["name", [1]])).user_ids == ()
    head, body = (base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in (b'{"alg":"none"}', b'["name",[1]]'))
    for forged in (f"{head}.{body}.", f"{body}.{head}.", f"{body}..", body):
        assert browsers.from_cookie(forged).user_ids == ()


def test_signatures_use_sha_256(app):
    """Those of forms, of known browsers and of the cookie of a page; one made with SHA-1 is not ours."""
    key = current_app.config["SECRET_KEY"]
    for serializer in (browsers._serializer(), guard._serializer(), app.session_interface.get_signing_serializer(app)):
        signer = serializer.make_signer(serializer.salt)
        assert signer.digest_method().name == "sha256" and len(signer.get_signature(b"x")) == 43
    old = URLSafeTimedSerializer(key, salt="known-browser").dumps(["name", [1]])
    assert browsers.from_cookie(old).user_ids == ()


def test_signatures_end(app, monkeypatch):
    value = browsers.Browser("name", (1,)).to_cookie()
    assert browsers.from_cookie(value).user_ids == (1,)
    monkeypatch.setattr(browsers, "A_YEAR", -1)
    assert browsers.from_cookie(value).user_ids == ()


def test_a_token_of_a_form_is_bound_to_its_visitor(app):
    with app.test_request_context(method="POST"):
        first = guard.csrf_token()
    with app.test_request_context(method="POST", data={guard.CSRF_FIELD: first}):
        assert not guard.is_own_form()


def test_secrets_are_long_and_never_the_same():
    made = {tokens.new_token() for _one in range(1000)}
    assert len(made) == 1000 and tokens.TOKEN_BYTES * 8 >= 2 * BITS
    assert all(len(base64.urlsafe_b64decode(token + "=")) * 8 >= 2 * BITS for token in made)
    assert len(tokens.hash_token("x")) == 64


def test_recovery_codes_are_longer_than_can_be_guessed():
    source = ast.parse(Path(recovery_codes.__file__).read_text(encoding="utf-8"))
    assert any(ast.unparse(node).startswith("secrets.") for node in ast.walk(source) if isinstance(node, ast.Call))
    code = recovery_codes.new_code() if hasattr(recovery_codes, "new_code") else recovery_codes._new_code()
    signs = len(re.sub(r"[^A-Za-z0-9]", "", code))
    assert signs * math.log2(24) >= 80, code


def test_sealing_is_authenticated_and_strong(app):
    """AES-256-GCM: 32 bytes of key, a fresh nonce each time, and no changed bit opens."""
    first, second = sealing.seal("geheim", "place 1"), sealing.seal("geheim", "place 1")
    assert first != second and len(sealing._bytes_of("x")) * 8 == 256
    closed = bytearray(base64.urlsafe_b64decode(first.rsplit("$", 1)[1]))
    for place in range(0, len(closed), 5):
        changed = bytes(byte ^ (place == at) for at, byte in enumerate(closed))
        text = first.rsplit("$", 1)[0] + "$" + base64.urlsafe_b64encode(changed).decode()
        with pytest.raises(sealing.Unreadable):
            sealing.unseal(text, "place 1")


def test_hashes_of_passwords_cost_twelve_and_say_so(app, monkeypatch):
    """As delivered, and read from the stored hash itself: version, kind and cost stand in it."""
    from config import load_settings

    monkeypatch.delenv("HUB_INSTANCE", raising=False)
    folder = app.config["FILES_FOLDER"].parent / "fresh"
    cost = load_settings({"HUB_INSTANCE": str(folder)})["BCRYPT_COST"]
    monkeypatch.setitem(app.config, "BCRYPT_COST", cost)
    stored = passwords.hash_password("sieben graue Tauben am Bahnhof")
    version, kind, told = re.fullmatch(r"(v\d+)\$\$(2[aby])\$(\d\d)\$[./A-Za-z0-9]{53}", stored).groups()
    assert (version, kind, int(told)) == ("v1", "2b", 12)


def test_files_are_named_and_checked_by_sha_256(app, tmp_path):
    import io

    kept = storage.keep(io.BytesIO(PDF), "plan.pdf")
    assert kept.checksum == hashlib.sha256(PDF).hexdigest()
    path = storage.path_of(kept.checksum)
    assert path.is_file() and "plan" not in str(path) and not path.stat().st_mode & 0o111
    assert Path(app.static_folder or HUB / "static") not in path.parents and HUB not in path.parents


def test_words_of_network_and_cities_are_kept_out_of_passwords(app, make):
    make.user(organisation="Mönchengladbach")
    words = people.context_words()
    assert {"Wissensspeicher", "DEFUS", "Mönchengladbach", "Forum"} <= set(words)
    for password in ("Mönchengladbach1", "defus-wissensspeicher", "Wissensspeicher2026"):
        assert "Namen" in (passwords.weakness(password, words) or ""), password
    assert passwords.weakness("sieben graue Tauben am Bahnhof", words) is None
