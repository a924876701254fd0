"""sqlmap on every parameter of every address and form: first on the faulty shop, then on the hub as each role."""

import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from tests.security.scanning.targets import ROLES, Hub, Page, faulty_shop
from tests.security.scanning.tools import Result, Unproved, program, run
from tests.security.walking import Field, Form

EACH_SECONDS, ALL_SECONDS = 60, 3600
GROUP = 12  # parameters of one run; the largest form has 150 and takes a quarter of an hour
AT_ONCE = 2
# What only "appears to be injectable" is a suspicion: sqlmap checks it at once and says what became of it.
FOUND = re.compile(r"identified the following injection point|is vulnerable", re.I)
JUDGED = re.compile(
    r"parameter '([^']+)' (?:does not seem to be injectable|appears to be .{0,60} injectable|is vulnerable)", re.I
)
NEEDED = {"title": "Titel", "name": "Name", "text": "Ein Text.", "note": "Eine Notiz."}
FITTING = {"email": "a@example.org", "url": "https://www.example.org/1", "date": "2026-01-01", "month": "2026-01"}
LEFT_ALONE = {"accounts.sign_out", "accounts.end_other_sessions", "accounts.change_password", "accounts.block"}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Group:
    """Parameters of one form that one run of sqlmap tries, as this role."""

    role: str
    form: Form
    names: tuple[str, ...]


def sqlmap(hub: Hub) -> Result:
    """Every parameter once, by the first role that meets it, in groups; bounds for each parameter and for all."""
    result = Result("sqlmap")
    with faulty_shop() as shop:
        if not FOUND.search(probe(f"{shop}search?q=Lampe", "q", "", "", EACH_SECONDS)[1]):
            raise Unproved("sqlmap fand die Lücke im Laden nicht")
    result.proved = "SQL aus Text"
    cookies = {role: hub.cookie(role) for role in ROLES}
    end = time.monotonic() + ALL_SECONDS
    with ThreadPoolExecutor(AT_ONCE) as pool:
        groups = list(all_groups(hub))
        outcomes = list(pool.map(lambda group: try_group(hub, group, cookies[group.role], end), groups))
    for group, output in zip(groups, outcomes, strict=True):
        if output and FOUND.search(output):
            result.findings.append(f"{group.role}: {group.form.method} {group.form.action} {group.names}")
    whole = sum(len(group.names) for group in groups)
    tried = sum(count_tried(group, output) for group, output in zip(groups, outcomes, strict=True) if output)
    taken = sum(is_taken(hub, group, cookies[group.role]) for group in groups)
    result.looked_at = f"{tried} von {whole} Parametern zu Ende, {taken} von {len(groups)} Anfragen angenommen"
    if tried < whole:
        result.not_done = f"{whole - tried} Parameter nicht zu Ende geprüft: {unfinished(groups, outcomes)}"
    return result


def all_groups(hub: Hub) -> Iterator[Group]:
    """What there is to try, each parameter of each address once; buttons apart, as each does something else."""
    seen: set[tuple[str, str, str]] = set()
    for role in reversed(ROLES):
        for form in hub.forms(role):
            if form.endpoint in LEFT_ALONE:
                continue
            buttons = {field.name for field in form.fields if field.kind == "submit"}
            fields = {field.name for field in form.fields if field.kind != "file"} - buttons
            for names in (fields, buttons):
                names = {name for name in names if (form.method, form.endpoint, name) not in seen}
                seen |= {(form.method, form.endpoint, name) for name in names}
                rest = iter(sorted(names))
                while part := tuple(islice(rest, GROUP)):
                    yield Group(role, form, part)


def try_group(hub: Hub, group: Group, cookie: str, end: float) -> str:
    """What sqlmap says of these parameters; empty when there was no time left."""
    if time.monotonic() > end:
        return ""
    url, body = address(hub, group.form, group.names, cookie)
    return probe(url, ",".join(group.names), body, cookie, EACH_SECONDS * len(group.names))[1]


def is_taken(hub: Hub, group: Group, cookie: str) -> bool:
    """Whether the form does what it is for with what sqlmap varies: else only its own checks were tried."""
    url, body = address(hub, group.form, group.names, cookie)
    return Page("", url, cookie, body).status_code < 400


def count_tried(group: Group, output: str) -> int:
    """How many of the parameters sqlmap itself calls tested to the end."""
    return len(set(JUDGED.findall(output)) & set(group.names))


def unfinished(groups: Sequence[Group], outcomes: Sequence[str]) -> str:
    """The addresses with parameters that were not tested to the end."""
    pairs = zip(groups, outcomes, strict=True)
    return ", ".join(
        sorted({group.form.endpoint for group, output in pairs if count_tried(group, output) < len(group.names)})
    )


def address(hub: Hub, form: Form, names: Sequence[str], cookie: str) -> tuple[str, str]:
    """Address and body of a request to this form: what the page shows, and something fitting in the fields to try.

    The other fields stay as they are, or hold what the form's own checks ask for, so that it does what it is for.
    """
    fitting = {
        field.name: field.value or NEEDED.get(field.name) or fitting_value(field)
        for field in form.fields
        if field.name in names or field.name in NEEDED
    }
    values = form.values() | fitting
    url = hub.url + form.action.partition("?")[0]
    if form.method == "GET":
        return f"{url}?{urlencode(values)}", ""
    found = _TOKEN.search(Page(hub.url, form.page, cookie).get_data())
    return hub.url + form.action, urlencode(values | {"csrf_token": found[1] if found else ""})


def fitting_value(field: Field) -> str:
    """Something that the kind of field takes."""
    if field.options:
        return next((option for option in field.options if option), "1")
    return FITTING.get(field.kind, "1")


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
