"""wapiti, one module at a time within a fixed time: first in the faulty shop, then in the hub as each role."""

import json
import tempfile
from pathlib import Path

from tests.security.scanning.targets import ROLES, Hub, faulty_shop
from tests.security.scanning.tools import REPORTS, Result, Unproved, program, run

# Module and what it must find in the shop.
MODULES = {
    "sql": "SQL Injection",
    "xss": "Reflected Cross Site Scripting",
    "permanentxss": "Stored Cross Site Scripting",
    "redirect": "Open Redirect",
    "crlf": "CRLF Injection",
    "csrf": "Cross Site Request Forgery",
    "exec": "Command execution",
    "file": "Path Traversal",
    "backup": "Backup file",
    "http_headers": "header",
    "cookieflags": "Cookie",
    "csp": "CSP",
    "methods": "HTTP Method",
    "timesql": "",
    "upload": "",
    "xxe": "",
}
CRAWL_SECONDS, MODULE_SECONDS = 60, 40
LEFT_ALONE = ("logout", "account/sessions/end", "account/password", "preferences/language")


def wapiti(hub: Hub) -> Result:
    """A module counts only when it found its fault in the shop; the others run and are named as unproved."""
    result = Result("wapiti")
    with faulty_shop() as shop:
        proved = [name for name, fault in MODULES.items() if fault and _finds(scan(shop, name, "")[0], fault)]
    wanted = [name for name, fault in MODULES.items() if fault]
    missed = sorted(set(wanted) - set(proved))
    if len(missed) > len(wanted) // 3:
        raise Unproved(f"wapiti fand nicht: {missed}")
    result.proved = f"{len(proved)} von {len(wanted)} Modulen" + (f", nicht: {', '.join(missed)}" if missed else "")
    addresses = 0
    for role in ROLES:
        for name in MODULES:
            found, count = scan(hub.url + "/", name, hub.cookie(role))
            addresses = max(addresses, count)
            result.findings += [f"{role}, {name}: {one}" for one in found]
    result.looked_at = f"{len(ROLES)} Rollen × {len(MODULES)} Module, bis {addresses} Adressen"
    return result


def scan(url: str, module: str, cookie: str) -> tuple[list[str], int]:
    """What one module found, and how many addresses it knew."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [
            program("wapiti", "wapiti"),
            "-u",
            url,
            "-m",
            module,
            "-f",
            "json",
            "-o",
            str(report),
            "--no-bugreport",
            "-v",
            "0",
            "--flush-session",
            "--store-session",
            folder,
            "--store-config",
            folder,
            "--scope",
            "folder",
            "-d",
            "4",
            "--tasks",
            "4",
            "--max-links-per-page",
            "60",
            "--max-files-per-dir",
            "12",
            "--max-parameters",
            "40",
            "--max-scan-time",
            str(CRAWL_SECONDS),
            "--max-attack-time",
            str(MODULE_SECONDS),
            "-t",
            "10",
            "--skip",
            "csrf_token",
            *(word for name in LEFT_ALONE for word in ("-x", url + name)),
            *(("-H", f"Cookie: {cookie}") if cookie else ()),
        ]
        _code, output = run(command, CRAWL_SECONDS + MODULE_SECONDS + 60, HOME=folder)
        if not report.exists():
            return [f"kein Bericht: {output.strip()[-200:]}"], 0
        data = json.loads(report.read_text())
        REPORTS.mkdir(exist_ok=True)
        (REPORTS / f"wapiti-{module}.json").write_text(json.dumps(data, indent=1))
    found = [
        f"{kind}: {one['method']} {one['path']} {one.get('parameter') or ''} {one['info'][:120]}"
        for group in ("vulnerabilities", "anomalies")
        for kind, hits in data[group].items()
        for one in hits
        if kind != "Resource consumption"
    ]
    return found, int(data["infos"].get("crawled_pages_nbr") or 0)


def _finds(found: list[str], fault: str) -> bool:
    return any(fault.lower() in one.lower() for one in found)
