"""A device with passkeys, in Python: what a browser would answer, and what a forger would."""

import hashlib
import json
import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """Holds one key pair for one hub."""

    def __init__(self, host: str = "localhost", origin: str = "http://localhost:8000") -> None:
        self.host, self.origin = host, origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.handle = ""
        self.count = 0
        self.flags = PRESENT | VERIFIED

    def make(self, options: dict[str, Any]) -> str:
        """What ``navigator.credentials.create`` gives, as the page sends it."""
        self.handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + encode_cbor(key)
        data = self._data(self.flags | ATTESTED) + attested
        made = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        response = {"attestationObject": _text(made), "transports": ["internal", "odd"]}
        return self._answer("webauthn.create", options["challenge"], response)[0]

    def show(self, options: dict[str, Any], **changes: Any) -> str:
        """What ``navigator.credentials.get`` gives."""
        self.count += 1
        data = self._data(self.flags)
        _answer, client = self._answer("webauthn.get", options["challenge"], {})
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        response = {"authenticatorData": _text(data), "signature": _text(signature), "userHandle": self.handle}
        return self._answer("webauthn.get", options["challenge"], response | changes)[0]

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _answer(self, kind: str, challenge: str, response: dict[str, Any]) -> tuple[str, bytes]:
        client = json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()
        answer = {"id": _text(self.id), "rawId": _text(self.id), "type": "public-key"}
        return json.dumps(answer | {"response": {"clientDataJSON": _text(client), **response}}), client


def _text(value: bytes) -> str:
    return bytes_to_base64url(value)
