"""sqlmap on every parameter of every address and form: first on the faulty shop, then on the hub as each role."""

import re
import tempfile
import time
from urllib.parse import urlencode

from tests.security.scanning.targets import ROLES, Hub, Page, faulty_shop
from tests.security.scanning.tools import Result, Unproved, program, run
from tests.security.walking import Form

EACH_SECONDS, FORM_SECONDS, ALL_SECONDS = 60, 300, 3600
FOUND = re.compile(r"identified the following injection point|is vulnerable|appears to be .{0,60} injectable", re.I)
LEFT_ALONE = {"accounts.sign_out", "accounts.end_other_sessions", "accounts.change_password", "accounts.block"}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def sqlmap(hub: Hub) -> Result:
    """Every parameter once, by the first role that meets it; bounds for each parameter, each form and all."""
    result = Result("sqlmap")
    with faulty_shop() as shop:
        if not FOUND.search(probe(f"{shop}search?q=Lampe", "q", "", "", EACH_SECONDS)[1]):
            raise Unproved("sqlmap fand die Lücke im Laden nicht")
    result.proved = "SQL aus Text"
    begin, tried, left, cut = time.monotonic(), 0, 0, 0
    seen: set[tuple[str, str, str]] = set()
    for role in reversed(ROLES):
        cookie = hub.cookie(role)
        for form in hub.forms(role):
            names = {field.name for field in form.fields if field.kind != "file"}
            names = {name for name in names if (form.method, form.endpoint, name) not in seen}
            if form.endpoint in LEFT_ALONE or not names:
                continue
            seen |= {(form.method, form.endpoint, name) for name in names}
            if time.monotonic() - begin > ALL_SECONDS:
                left += len(names)
                continue
            url, body = address(hub, form, names, cookie)
            seconds = min(EACH_SECONDS * len(names), FORM_SECONDS)
            code, output = probe(url, ",".join(sorted(names)), body, cookie, seconds)
            tried += len(names)
            cut += len(names) if code == -1 else 0
            if FOUND.search(output):
                result.findings.append(f"{role}: {form.method} {form.action} {sorted(names)}")
    result.looked_at = f"{tried} Parameter, davon {cut} in Formularen, die nach {FORM_SECONDS} s beendet wurden"
    if left:
        result.not_done = f"{left} Parameter nicht mehr in {ALL_SECONDS // 60} Minuten"
    return result


def address(hub: Hub, form: Form, names: set[str], cookie: str) -> tuple[str, str]:
    """Address and body of a request to this form, something in each field."""
    values = {field: value or "1" for field, value in form.values().items()}
    values = dict.fromkeys(sorted(names), "1") | values
    url = hub.url + form.action.partition("?")[0]
    if form.method == "GET":
        return f"{url}?{urlencode(values)}", ""
    found = _TOKEN.search(Page(hub.url, form.page, cookie).get_data())
    return hub.url + form.action, urlencode(values | {"csrf_token": found[1] if found else ""})


def probe(url: str, names: str, body: str, cookie: str, seconds: float) -> tuple[int, str]:
    """Exit code and words of sqlmap for these parameters; what it knows of the database of the server spares time."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            program("sqlmap", "sqlmap"),
            "-u",
            url,
            "-p",
            names,
            "--dbms",
            "sqlite",
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
        return run(command, seconds, HOME=folder)
