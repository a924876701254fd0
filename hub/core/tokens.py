"""Chance and one-way references: secrets leave as text, only their SHA-256 is kept."""

import hashlib
import secrets

TOKEN_BYTES = 32
SIGNING = {"digest_method": hashlib.sha256}  # itsdangerous would take SHA-1


def new_token() -> str:
    """A fresh 256-bit secret as URL-safe text."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """What the database keeps of a secret: 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
