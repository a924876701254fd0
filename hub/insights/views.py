"""The page that tells the office what is missing, and its numbers as CSV."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from hub.core import clock
from hub.core.actor import Actor
from hub.core.errors import Missing
from hub.core.permissions import Permission
from hub.core.tables import csv_lines
from hub.entries.models import KIND_LABELS, Kind
from hub.insights import queries
from hub.insights.queries import Month, Topic, Used
from hub.web.charts import draw_bars, draw_columns
from hub.web.filters import number
from hub.web.guard import requires

bp = Blueprint("insights", __name__, url_prefix="/insights")
SHOWN_MISSING, SHOWN_BARS, SHOWN_ROWS = 15, 10, 12
Table = Iterable[Sequence[Any]]


@bp.get("")
@requires(Permission.INSIGHT_READ)
def needs() -> ResponseReturnValue:
    """What the network needs."""
    months = queries.find_months(current_user)
    missing = queries.find_missing(current_user)
    topics, used = queries.find_topics(current_user), queries.find_used(current_user)
    return render_template(
        "insights/needs.html",
        months=[(_month(month), month) for month in months],
        month_charts=_month_charts(months),
        missing=missing[:SHOWN_MISSING],
        missing_total=len(missing),
        missing_chart=_missing_chart([(miss.text, miss.count) for miss in missing[:SHOWN_BARS]]),
        sought=queries.find_sought(current_user, missing)[:SHOWN_ROWS],
        thin=queries.thin_topics(topics)[:SHOWN_ROWS],
        topic_chart=_topic_chart(topics),
        used=used[:SHOWN_ROWS],
        used_chart=_used_chart(used),
        unopened=queries.find_unopened(current_user),
        shown_rows=SHOWN_ROWS,
        kind_labels=KIND_LABELS,
        bulk_url=url_for("bulk.table"),
    )


@bp.get("/<part>.csv")
@requires(Permission.INSIGHT_READ)
def download(part: str) -> ResponseReturnValue:
    """One table of the page, whole."""
    if part not in TABLES:
        raise Missing
    rows = TABLES[part](current_user._get_current_object())
    answer = Response("".join(csv_lines(rows)), mimetype="text/csv")
    name = f"bedarf-{part}-{clock.today().isoformat()}.csv"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _months_table(actor: Actor) -> Table:
    yield (
        _("Monat"), _("Geöffnete Einträge"), _("Neue Einträge"), _("Suchen ohne Treffer"),
        _("Suchen mit wenigen Treffern"), _("Gestellte Fragen"), _("Beantwortete Fragen"),
    )  # fmt: skip
    for month in queries.find_months(actor):
        yield (
            f"{month.first:%Y-%m}", month.opened, month.published, month.without_hits, month.with_few, month.asked,
            month.settled,
        )  # fmt: skip


def _searches_table(actor: Actor) -> Table:
    yield _("Gesucht"), _("Wie oft"), _("Treffer"), _("Zuletzt")
    for miss in queries.find_missing(actor):
        yield miss.text, miss.count, miss.hits, miss.last_on.isoformat()


def _topics_table(actor: Actor) -> Table:
    yield _("Sammlung"), _("Abschnitt"), _("Einträge"), _("Neuestes Jahr")
    for topic in queries.find_topics(actor):
        yield topic.collection, topic.section, topic.count, topic.newest_year or ""


def _used_table(actor: Actor) -> Table:
    yield _("Nummer"), _("Titel"), _("Art"), _("Geöffnet")
    for entry in queries.find_used(actor):
        yield entry.id, entry.title, KIND_LABELS[Kind(entry.kind)], entry.count


def _unopened_table(actor: Actor) -> Table:
    yield _("Nummer"), _("Titel"), _("Art"), _("Veröffentlicht")
    for entry in queries.find_unopened(actor).rows:
        since = clock.local(entry.published_at).date().isoformat() if entry.published_at else ""
        yield entry.id, entry.title, KIND_LABELS[Kind(entry.kind)], since


TABLES: dict[str, Callable[[Actor], Table]] = {
    "monate": _months_table,
    "suchen": _searches_table,
    "themen": _topics_table,
    "genutzt": _used_table,
    "ungeoeffnet": _unopened_table,
}


def _month_charts(months: Sequence[Month]) -> list[tuple[str, Markup | str]]:
    """Title and chart of each; a sentence where there is nothing to draw."""
    searched = [month.without_hits + month.with_few for month in months]
    shown = (
        (
            "geoeffnet", _("Geöffnete Einträge je Monat"), [month.opened for month in months],
            _("Noch ist nichts gezählt. Sobald Mitglieder Einträge öffnen, steht es hier."),
        ),
        (
            "neu", _("Neue Einträge je Monat"), [month.published for month in months],
            _("In diesen zwölf Monaten ist kein Eintrag dazugekommen."),
        ),
        (
            "wenig", _("Suchen ohne oder mit wenigen Treffern je Monat"), searched,
            _("Bisher haben alle Suchen genug gefunden."),
        ),
    )  # fmt: skip
    labels = [format_date(month.first, "MMM").rstrip(".") for month in months]
    return [
        (
            title,
            draw_columns(key, title, _in_words(months, values), list(zip(labels, values, strict=True)))
            if any(values)
            else nothing,
        )
        for key, title, values, nothing in shown
    ]


def _in_words(months: Sequence[Month], values: Sequence[int]) -> str:
    """What a chart of months shows, in a sentence."""
    most = max(range(len(values)), key=values.__getitem__)
    return _(
        "Von %(first)s bis %(last)s zusammen %(total)s, am meisten im %(month)s mit %(most)s.",
        first=_month(months[0]),
        last=_month(months[-1]),
        total=number(sum(values)),
        month=_month(months[most]),
        most=number(values[most]),
    )


def _missing_chart(values: list[tuple[str, int]]) -> Markup:
    text = ", ".join(f"{name}: {count}" for name, count in values)
    return draw_bars("gesucht", _("Wonach am häufigsten gesucht und wenig gefunden wurde"), text, values)


def _topic_chart(topics: Sequence[Topic]) -> Markup | str:
    counts: dict[str, int] = {}
    for topic in topics:
        counts[topic.collection] = counts.get(topic.collection, 0) + topic.count
    if not any(counts.values()):
        return _("Noch steht kein Eintrag in einem Abschnitt. Auf der Tafel einer Sammlung lassen sie sich einordnen.")
    text = ", ".join(f"{name}: {count}" for name, count in counts.items())
    return draw_bars("sammlungen", _("Einträge in den Abschnitten der Sammlungen"), text, list(counts.items()))


def _used_chart(used: Sequence[Used]) -> Markup:
    values = [(entry.title, entry.count) for entry in used[:SHOWN_BARS]]
    text = ", ".join(f"{name}: {count}" for name, count in values)
    return draw_bars("genutzt", _("Am meisten geöffnete Einträge"), text, values)


def _month(month: Month) -> str:
    return str(format_date(month.first, "MMMM y"))
