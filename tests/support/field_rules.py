"""What each field of each form accepts, read from the form classes; `python -m tests.support.field_rules` writes it."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wtforms import Form, validators
from wtforms.fields.core import UnboundField

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "felder.md"
HEAD = """# Regeln für Eingaben

Jedes Feld, das jemand ausfüllt, und was der Server davon annimmt; geprüft wird immer dort, nie nur im Browser.
Die Tabelle entsteht aus den Formularklassen, ein Test vergleicht sie: `.venv/bin/python -m tests.support.field_rules`.
Für alle gilt dazu: Steuerzeichen entfallen, eine Zahl liegt zwischen 1 und 2^31-1, ein Wert aus einer Liste muss in
ihr stehen, und getippter Text einer Anfrage hat zusammen höchstens 500 000 Zeichen in höchstens 200 Feldern.

| Formular | Feld | Art | Regel |
| --- | --- | --- | --- |
"""
WORDS = {
    validators.InputRequired: "nötig",
    validators.DataRequired: "nötig",
    validators.Optional: "freiwillig",
}


def forms() -> list[type[Form]]:
    """All form classes of the hub."""
    found: set[type[Form]] = set()
    for path in sorted((ROOT / "hub").glob("*/*forms.py")):
        module = importlib.import_module(f"hub.{path.parent.name}.{path.stem}")
        found |= {
            one
            for one in vars(module).values()
            if isinstance(one, type) and issubclass(one, Form) and one.__module__ == module.__name__
        }
    return sorted(found, key=lambda form: (form.__module__, form.__name__))


def fields(form: type[Form]) -> Iterator[tuple[str, UnboundField]]:
    """Its fields by name."""
    for name in dir(form):
        if isinstance(field := getattr(form, name), UnboundField):
            yield name, field


def rules(field: UnboundField) -> str:
    """The rules of a field in words."""
    checks = field.kwargs.get("validators") or next((one for one in field.args if isinstance(one, list | tuple)), [])
    return ", ".join(dict.fromkeys(filter(None, map(_words, checks))))


def _words(check: Any) -> str:
    if type(check) in WORDS:
        return WORDS[type(check)]
    if isinstance(check, validators.Length):
        least = f"{check.min} bis " if check.min > 0 else "höchstens "
        return f"{least}{check.max} Zeichen" if check.max > 0 else f"mindestens {check.min} Zeichen"
    if isinstance(check, validators.NumberRange):
        return f"{check.min} bis {check.max}"
    if isinstance(check, validators.EqualTo):
        return f"wie {check.fieldname}"
    return str(getattr(check, "__name__", type(check).__name__)).strip("_")


def document() -> str:
    """The whole text of docs/felder.md."""
    lines = [
        f"| `{form.__module__.removeprefix('hub.')}.{form.__name__}` | `{name}` | {field.field_class.__name__} "
        f"| {rules(field) or '–'} |\n"
        for form in forms()
        for name, field in fields(form)
    ]
    return HEAD + "".join(lines)


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"{DOCUMENT.relative_to(ROOT)}\n")
