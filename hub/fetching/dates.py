"""Days and years as pages write them: ISO, German, English and French, and in addresses."""

import re
from datetime import date

from hub.core import clock

EARLIEST = 1800
_MONTHS = (
    ("jan",),
    ("feb", "fév", "fev"),
    ("mär", "maer", "mar", "mrz"),
    ("apr", "avr"),
    ("mai", "may"),
    ("juni", "jun", "juin"),
    ("juli", "jul", "juil"),
    ("aug", "aoû", "aou"),
    ("sep",),
    ("okt", "oct"),
    ("nov",),
    ("dez", "dec", "déc"),
)
_MONTH = r"(?P<month>[A-Za-zäéûÄÉ]{3,10})\.?"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)",
        r"\b(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})\b",
        r"\b(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4}|\d{2})\b",
        r"\b(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})\b",
        rf"\b(?P<d>\d{{1,2}})(?:\.|er|st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\s*,?\s+(?P<y>\d{{4}})\b",
        rf"\b{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})\b",
    )
)
_IN_ADDRESS = re.compile(r"/(?P<y>20\d{2}|19\d{2})[/-](?P<m>\d{1,2})[/-](?P<d>\d{1,2})(?=\D|$)")
_YEAR = re.compile(r"(?<!\d)(1[89]\d{2}|20\d{2})(?!\d)")


def find_day(text: str) -> date | None:
    """The first day written in a text; never one after tomorrow."""
    for pattern in _PATTERNS:
        for found in pattern.finditer(text[:2000]):
            day = _day(found)
            if day is not None:
                return day
    return None


def day_in_address(url: str) -> date | None:
    """The day in the path of an address, as news sites and blogs have it."""
    found = _IN_ADDRESS.search(url)
    return _day(found) if found else None


def find_year(text: str) -> int | None:
    """The first year in a text, up to next year."""
    years = (int(year) for year in _YEAR.findall(text[:2000]))
    return next((year for year in years if EARLIEST <= year <= clock.today().year + 1), None)


def _day(found: re.Match[str]) -> date | None:
    parts = found.groupdict()
    month = int(parts["m"]) if parts.get("m") else _month(parts["month"])
    year = int(parts["y"])
    if year < 100:
        year += 2000 if year <= clock.today().year % 100 else 1900
    try:
        day = date(year, month, int(parts["d"]))
    except ValueError:
        return None
    return day if year >= EARLIEST and (day - clock.today()).days <= 1 else None


def _month(name: str) -> int:
    lower = name.lower()
    return next((number for number, starts in enumerate(_MONTHS, 1) if lower.startswith(starts)), 0)
