"""wapiti, one module at a time within a fixed time: first in the faulty shop, then in the hub as each role."""

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.security.scanning.targets import ROLES, Hub, faulty_shop
from tests.security.scanning.tools import Result, Unproved, program, run

# Modules that run together, and what they must find in the shop; the first ones look for addresses.
GROUPS: dict[str, tuple[str, ...]] = {
    "csrf,http_headers,cookieflags,csp,methods": (
        "Request Forgery",
        "MIME Type",
        "HttpOnly",
        "Content Security",
        "Methods",
    ),
    "xss,permanentxss": ("Reflected Cross", "Stored Cross"),
    "sql": ("SQL Injection",),
    "redirect": ("Open Redirect",),
    "crlf": ("CRLF",),
    "exec": ("Command execution",),
    "file": ("Path Traversal",),
    "backup": ("Backup file",),
    "timesql,upload,xxe": (),
}
WRITING = re.compile(r"\b(PUT|DELETE|PATCH|TRACE|CONNECT) \(2")  # asked for and answered; OPTIONS alone is harmless
CRAWL_SECONDS, MODULE_SECONDS, MOST_SECONDS = 60, 25, 180
LEFT_ALONE = ("logout", "account/sessions/end", "account/password", "preferences/language")


def wapiti(hub: Hub) -> Result:
    """What was planted in the shop comes first; timesql, upload and xxe run too, though nothing proves them."""
    result = Result("wapiti")
    with faulty_shop() as shop:
        planted = dict(scans(shop, ""))
    wanted = [(name, fault) for name, faults in GROUPS.items() for fault in faults]
    missed = [fault for name, fault in wanted if not any(fault.lower() in one.lower() for one in planted[name])]
    if len(missed) > len(wanted) // 3:
        raise Unproved(f"wapiti fand nicht: {missed}")
    result.proved = f"{len(wanted) - len(missed)} von {len(wanted)} Fehlern" + (f", nicht: {missed}" if missed else "")
    for role in ROLES:
        for _name, found in scans(hub.url + "/", hub.cookie(role)):
            result.findings += [line for one in found if (line := f"{role}: {one}") not in result.findings]
        print(f"  {role}: {len(result.findings)} Funde", flush=True)
    result.looked_at = f"{len(ROLES)} Rollen × {len(GROUPS)} Gruppen von Modulen"
    return result


def scans(url: str, cookie: str) -> Iterator[tuple[str, list[str]]]:
    """Each module and what it found; the first one looks for addresses, the others use them."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(program("wapiti", "wapiti"), "-u", url, "-f", "json", "--no-bugreport", "-v", "0", "-t", "10", "-d", "4"),
            *("--store-session", folder, "--store-config", folder, "--scope", "folder", "--tasks", "4"),
            *("--max-links-per-page", "60", "--max-files-per-dir", "40", "--max-parameters", "40"),
            *("--max-scan-time", str(CRAWL_SECONDS), "--max-attack-time", str(MODULE_SECONDS), "--skip", "csrf_token"),
            *(word for name in LEFT_ALONE for word in ("-x", url + name)),
            *(("-H", f"Cookie: {cookie}") if cookie else ()),
        ]
        for number, name in enumerate(GROUPS):
            report = Path(folder, f"{number}.json")
            known = ["--skip-crawl"] if number else []
            _code, output = run([*command, *known, "-m", name, "-o", str(report)], MOST_SECONDS, HOME=folder)
            yield name, read(report) if report.exists() else [f"kein Bericht: {output.strip()[-200:]}"]


def read(report: Path) -> list[str]:
    """The findings of a report, one line each."""
    data = json.loads(report.read_text())
    writing = [one for one in data["additionals"].get("HTTP Methods", []) if WRITING.search(one["info"])]
    told = {**data["vulnerabilities"], **data["anomalies"], "Methods": writing}
    return [
        f"{kind}: {one['method']} {one['path']} {one.get('parameter') or ''} {one['info'][:120]}"
        for kind, hits in told.items()
        for one in hits
    ]
