"""How dates, sizes and texts look in templates."""

from datetime import date, datetime
from urllib.parse import urlsplit

from flask import Flask
from flask_babel import format_date, get_locale, ngettext
from flask_babel import gettext as _

from hub.core import clock
from hub.core.text import render_markdown


def init_filters(app: Flask) -> None:
    """Register the filters."""
    app.jinja_env.filters.update(
        ago=ago, day=day, minute=minute, iso=iso, file_size=file_size, markdown=render_markdown, host=host,
        number=number, soft=soft,
    )  # fmt: skip
    app.jinja_env.policies["ext.i18n.trimmed"] = True


def ago(moment: datetime | None) -> str:
    """heute, gestern, vor 9 Tagen up to 14 days, then the date."""
    if moment is None:
        return _("noch nie")
    days = (clock.today() - clock.local(moment).date()).days
    if days <= 0:
        return _("heute")
    if days == 1:
        return _("gestern")
    if days <= 14:
        return ngettext("vor %(num)s Tag", "vor %(num)s Tagen", days)
    return _("am %(day)s", day=day(moment))


def day(moment: datetime | date | None) -> str:
    """3.11.2026 in German, 3 Nov 2026 in English."""
    if moment is None:
        return ""
    value = clock.local(moment).date() if isinstance(moment, datetime) else moment
    if str(get_locale()).startswith("de"):
        return f"{value.day}.{value.month}.{value.year}"
    return format_date(value, "d MMM y")


def minute(moment: datetime) -> str:
    """Day and minute on the clock on the wall."""
    return f"{day(moment)}, {clock.local(moment):%H:%M}"


def iso(moment: datetime) -> str:
    """For the datetime attribute of a time element."""
    return moment.isoformat(timespec="seconds")


def number(value: int) -> str:
    """1.250 in German, 1,250 in English."""
    text = f"{value:,}"
    return text.replace(",", ".") if str(get_locale()).startswith("de") else text


def file_size(size: int) -> str:
    """2,4 MB: units of 1,000, one decimal from a megabyte on."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    text = f"{size / 1_000_000:.1f} MB"
    return text.replace(".", ",") if str(get_locale()).startswith("de") else text


def host(url: str) -> str:
    """The host of an address without www, for source lines."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


_BREAKS = {
    "sicherheit": "sicher\u00adheit", "viertel": "\u00adviertel", "bearbeitung": "\u00adbearbeitung",
    "prävention": "\u00adprävention", "management": "\u00admanagement", "beschäftigten": "beschäf\u00adtigten",
}  # fmt: skip


def soft(text: str) -> str:
    """Soft hyphens at the joints of long compounds, for narrow cards; never in titles or exports."""
    words = [_soften(word) if len(word) > 14 else word for word in text.split(" ")]
    return " ".join(words)


def _soften(word: str) -> str:
    for part, broken in _BREAKS.items():
        word = word.replace(part, broken)
    return word
