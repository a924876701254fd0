"""The promise of link care: forty and more behaviours over six weeks, each verdict right, and always polite."""

import socket
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.core.db import db
from hub.linkcare import checker, rounds
from hub.linkcare.models import Link, LinkTry
from hub.linkcare.outcomes import Outcome
from tests.linkcare.behaviours import BEHAVIOURS
from tests.linkcare.conftest import START
from tests.linkcare.town import Town, certificate

DAYS, STEP = 42, timedelta(hours=2)
RIGHT, MOST_WRONG = 40, 2


@pytest.fixture
def ports(town: Town, app: Flask, tmp_path: Path) -> dict[str, int]:
    """By the scheme that behaviours name."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = free.getsockname()[1]
    found = {"http": town.port, "https": town.listen_securely(certificate(tmp_path, "self-signed.example"))}
    found |= {"https+plain": town.port, "http+closed": closed}
    app.config["FETCH_ALLOWED"] |= {("127.0.0.1", port) for port in found.values()}
    return found


@pytest.mark.slow  # six weeks of visits to websites that hang
def test_forty_behaviours_get_the_right_verdict_and_nobody_is_pressed(app, make, town, ports, clock, database):
    if database == "postgres":
        return  # what is asked and judged knows no database; test_rounds and test_deciding run on both
    for name, behaviour in BEHAVIOURS.items():
        scheme, port = behaviour.scheme.partition("+")[0], ports[behaviour.scheme]
        make.entry(title=name, url=f"{scheme}://{name}.example:{port}{behaviour.path}")
        town.pages[f"{name}.example"] = with_port(behaviour.page, port)
        if behaviour.robots:
            town.robots[f"{name}.example"] = behaviour.robots
    town.pages["moved-target.example"] = town.pages["www.www.example"] = town.pages["page.example"]
    ever_gone: set[str] = set()
    while clock.now() < START + timedelta(days=DAYS):
        checker.tend_links({})
        ever_gone |= {row.url for row in db.session.scalars(select(Link).where(Link.outcome == Outcome.GONE))}
        clock.skip(max(db.session.scalar(select(func.min(Link.next_at))) - clock.now(), STEP))
    found = {link.url.partition("//")[2].partition(".example")[0]: link for link in db.session.scalars(select(Link))}
    wrong = {
        name: (found[name].outcome, tries_of(found[name]))
        for name, behaviour in BEHAVIOURS.items()
        if found[name].outcome not in behaviour.right
    }
    assert len(BEHAVIOURS) - len(wrong) >= RIGHT
    assert wrong == {}
    assert [url for url in ever_gone if "flapping" in url or "long-weekend" in url] == []
    assert town.shortest_gap() >= rounds.PACE


def with_port(page, port):
    """Addresses in answers know their port only now."""

    def told(asked):
        given = page(asked)
        return given.replace(b"{port}", str(port).encode()) if isinstance(given, bytes) else given

    return told


def tries_of(link: Link) -> list[tuple[str, str, str]]:
    rows = db.session.scalars(select(LinkTry).where(LinkTry.link_id == link.id).order_by(LinkTry.id))
    return [(f"{row.at:%d.%m. %H:%M}", row.outcome, row.reason) for row in rows]
