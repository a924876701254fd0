"""Titles that programs put into documents are told from titles; loads nothing, for the process that reads files too."""

import re

_PROGRAM = re.compile(r"^microsoft (word|powerpoint|excel)\s*-\s*", re.I)
_FILE_END = re.compile(r"\.(docx?|pptx?|xlsx?|od[tps]|pdf|indd|qxd|rtf|txt)$", re.I)
_NO_NAME = re.compile(
    r"(untitled|unbenannt|ohne titel|dokument|document|pr[äa]sentation|presentation|powerpoint-pr[äa]sentation"
    r"|powerpoint presentation|folie|slide|mappe|book|title|titel)[\s_-]*\d*",
    re.I,
)


def title_in_document(told: str) -> str:
    """What a document calls itself, in one line, unless a program put that there; empty then."""
    name = _FILE_END.sub("", _PROGRAM.sub("", " ".join(told.split())))
    return "" if len(name) < 4 or _NO_NAME.fullmatch(name) else name
