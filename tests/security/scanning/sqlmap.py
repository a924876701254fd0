"""sqlmap on every parameter of every address and form: first on the faulty shop, then on the hub as each role."""

import re
import tempfile
import time
from urllib.parse import urlencode

from tests.security.scanning.targets import ROLES, Hub, Page, faulty_shop
from tests.security.scanning.tools import Result, Unproved, program, run
from tests.security.walking import Form

EACH_SECONDS, ALL_SECONDS = 60, 1800
FOUND = re.compile(r"identified the following injection point|is vulnerable|appears to be .{0,60} injectable", re.I)
LEFT_ALONE = {"accounts.sign_out", "accounts.end_other_sessions", "accounts.change_password", "accounts.block"}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def sqlmap(hub: Hub) -> Result:
    """Every parameter once, by the first role that meets it; a minute each, and a bound for all."""
    result = Result("sqlmap")
    with faulty_shop() as shop:
        if not FOUND.search(probe(f"{shop}search?q=Lampe", "q", "", "")[1]):
            raise Unproved("sqlmap fand die Lücke im Laden nicht")
    result.proved = "SQL aus Text"
    begin, tried, left, cut = time.monotonic(), 0, 0, 0
    seen: set[tuple[str, str, str]] = set()
    for role in reversed(ROLES):
        cookie = hub.cookie(role)
        for form in hub.forms(role):
            if form.endpoint in LEFT_ALONE:
                continue
            for name in sorted({field.name for field in form.fields if field.kind != "file"}):
                key = form.method, form.endpoint, name
                if key in seen:
                    continue
                seen.add(key)
                if time.monotonic() - begin > ALL_SECONDS:
                    left += 1
                    continue
                code, output = probe(*address(hub, form, name, cookie), cookie)
                tried += 1
                cut += code == -1
                if FOUND.search(output):
                    result.findings.append(f"{role}: {form.method} {form.action} {name}")
    result.looked_at = f"{tried} Parameter, {cut} nach {EACH_SECONDS} s beendet"
    if left:
        result.not_done = f"{left} Parameter nicht mehr in {ALL_SECONDS // 60} Minuten"
    return result


def address(hub: Hub, form: Form, name: str, cookie: str) -> tuple[str, str, str]:
    """Address, parameter and body of a request to this form."""
    values = {field: value or "1" for field, value in form.values().items()} | {name: form.values().get(name) or "1"}
    url = hub.url + form.action.partition("?")[0]
    if form.method == "GET":
        return f"{url}?{urlencode(values)}", name, ""
    found = _TOKEN.search(Page(hub.url, form.page, cookie).get_data())
    return hub.url + form.action, name, urlencode(values | {"csrf_token": found[1] if found else ""})


def probe(url: str, name: str, body: str, cookie: str) -> tuple[int, str]:
    """Exit code and words of sqlmap for one parameter."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            program("sqlmap", "sqlmap"),
            "-u",
            url,
            "-p",
            name,
            "--batch",
            "--disable-coloring",
            "--flush-session",
            "--output-dir",
            folder,
            "--timeout",
            "10",
            "--retries",
            "0",
            "--threads",
            "2",
            "--drop-set-cookie",
            "--ignore-code",
            "400,401,403,404,409,413,422",
            "--ignore-redirects",
            *(("--data", body) if body else ()),
            *(("--cookie", cookie) if cookie else ()),
        ]
        return run(command, EACH_SECONDS, HOME=folder)
