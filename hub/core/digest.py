"""SHA-256 of a text inside the database, so that a row can be moved on along a chain by one statement."""

import hashlib
from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

NAME = "sha256_hex"


def sha256_hex(text: str) -> str:
    """64 hexadecimal digits; the same function is known to SQLite under ``NAME``."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Sha256Hex(FunctionElement[str]):
    """``sha256_hex`` of a text column or expression."""

    name = NAME
    type = String(64)
    inherit_cache = True


@compiles(Sha256Hex)
def _by_our_function(element: Any, compiler: Any, **how: Any) -> str:
    return f"{NAME}({compiler.process(element.clauses, **how)})"


@compiles(Sha256Hex, "postgresql")
def _by_postgres(element: Any, compiler: Any, **how: Any) -> str:
    return f"encode(sha256(convert_to({compiler.process(element.clauses, **how)}, 'UTF8')), 'hex')"
