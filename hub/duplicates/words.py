"""Why two entries may be the same thing, in words."""

from flask_babel import lazy_gettext as _l

from hub.duplicates.judging import ADDRESS, DOI, FILE, TEXT, TITLE

REASONS = {
    ADDRESS: _l("derselbe Link"),
    DOI: _l("dieselbe DOI"),
    FILE: _l("dieselbe Datei"),
    TEXT: _l("fast derselbe Text"),
    TITLE: _l("Titel und Angaben sehr ähnlich"),
}


def reason_text(reasons: tuple[str, ...]) -> str:
    """All reasons in one line."""
    found = [str(REASONS[name]) for name in reasons if name in REASONS]
    return ", ".join(found) or str(REASONS[TITLE])
