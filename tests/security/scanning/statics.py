"""What looks at files only: bandit, semgrep with our rules, the list of parts and what is known against them."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.security.scanning.tools import REPORTS, ROOT, Result, Unproved, program, run

SOURCES = ("hub", "config.py", "wsgi.py", "deploy")
SAMPLES = ROOT / "tests" / "security" / "samples"
FAULTY = ROOT / "tests" / "security" / "faulty_app"
QUIET = {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
# Places where bandit objects and a reason stands beside the line (noqa with the same number for ruff).
ACCEPTED = {
    ("B704", "hub/core/text.py"): 1,  # nh3 has just cleaned it
    ("B704", "hub/web/words.py"): 1,  # texts of ours, from the catalogue
    ("B704", "hub/search/shown.py"): 1,  # drawn by a template
    ("B704", "hub/browsing/views.py"): 2,  # drawn by a template
    ("B704", "hub/entries/marking.py"): 1,  # each piece is escaped
    ("B704", "hub/web/facets.py"): 1,  # name, value and label are escaped, the count is a number
    ("B704", "hub/accounts/views/security.py"): 1,  # squares drawn by segno; the address is none of its text
    ("B608", "hub/migrations/versions/0017_chain_audit_events.py"): 1,  # names of columns of ours
    ("B608", "hub/migrations/versions/0023_add_links_by_mail.py"): 1,  # names of columns of ours
    ("B608", "hub/jobs/watching.py"): 2,  # names of lanes of ours; values are bound
    ("B108", "deploy/gunicorn.conf.py"): 2,  # the server's own heartbeat file
}


def bandit() -> Result:
    """Known bad habits, from medium severity on."""
    result = Result("bandit")
    planted = {issue["test_id"] for issue in _bandit([str(FAULTY)])}
    if not {"B608", "B602"} <= planted:
        raise Unproved(f"bandit fand nur {sorted(planted)}")
    result.proved = f"{len(planted)} Fehlerarten"
    left = dict(ACCEPTED)
    for issue in _bandit(list(SOURCES)):
        key = issue["test_id"], issue["filename"].removeprefix("./")
        left[key] = left.get(key, 0) - 1
        if left[key] < 0:
            result.findings.append(
                f"{issue['test_id']} {issue['filename']}:{issue['line_number']} {issue['issue_text']}"
            )
    result.looked_at = f"{', '.join(SOURCES)}; {sum(ACCEPTED.values())} begründete Stellen"
    return result


def _bandit(paths: list[str]) -> list[dict]:
    report = Path(tempfile.mkdtemp()) / "bandit.json"
    run([program("tools", "bandit"), "-q", "-ll", "-r", *paths, "-f", "json", "-o", str(report)], 300)
    found = json.loads(report.read_text())
    shutil.rmtree(report.parent)
    return found["results"]


def semgrep() -> Result:
    """Our own rules: each finds its bad sample and leaves its good one alone; nothing in the hub."""
    result = Result("semgrep")
    rules = set(re.findall(r"- id: (\S+)", (ROOT / ".semgrep" / "rules.yml").read_text()))
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(SAMPLES, folder, dirs_exist_ok=True)
        bad, good = list(semgrep_findings(Path(folder, "bad"))), list(semgrep_findings(Path(folder, "good")))
    if {rule for rule, _place in bad} != rules or good:
        raise Unproved(f"ohne Fund: {rules - {rule for rule, _place in bad}}, zu Unrecht: {good}")
    result.proved = f"{len(rules)} Regeln"
    with tempfile.TemporaryDirectory() as folder:  # a copy, because semgrep leaves out folders of its own choice
        for name in (*SOURCES, "templates"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, Path(folder, name))
        result.findings = [f"{rule} {place}" for rule, place in semgrep_findings(Path(folder))]
    result.looked_at = f"{', '.join(SOURCES)}, templates"
    return result


def semgrep_findings(folder: Path) -> Iterator[tuple[str, str]]:
    """Rule and place of each finding; without asking anybody on the network."""
    command = [
        program("semgrep", "semgrep"),
        "scan",
        "--metrics",
        "off",
        "--disable-version-check",
        "--no-git-ignore",
        "--quiet",
    ]
    _code, output = run(
        [*command, "--config", str(ROOT / ".semgrep" / "rules.yml"), "--json", "."], 600, folder, **QUIET
    )
    found = json.loads(output[output.index("{") :])
    if found["errors"]:
        raise Unproved(f"semgrep: {found['errors'][0]}")
    for one in found["results"]:
        yield one["check_id"].rpartition(".")[2], f"{one['path']}:{one['start']['line']}"


def parts() -> Result:
    """The list of parts (CycloneDX) names exactly what the lock file pins."""
    result = Result("Stückliste")
    REPORTS.mkdir(exist_ok=True)
    bill = REPORTS / "sbom.cdx.json"
    code, output = run([program("tools", "cyclonedx-py"), "requirements", "requirements.txt", "-o", str(bill)], 120)
    if code:
        raise Unproved(output[-300:])
    listed = {(part["name"].lower(), part["version"]) for part in json.loads(bill.read_text())["components"]}
    pinned = locked()
    result.findings = [f"nur auf einer Seite: {name} {version}" for name, version in sorted(listed ^ pinned)]
    result.looked_at = f"{len(pinned)} Pakete, {bill.relative_to(ROOT)}"
    result.proved = "-"
    return result


def locked() -> set[tuple[str, str]]:
    """Names and versions of the lock file."""
    pins = re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;\\]+)", (ROOT / "requirements.txt").read_text(), re.M)
    return {(name.lower(), version) for name, version in pins}


def advisories() -> Result:
    """What is known against the pinned packages; where nobody can be asked, that is said and nothing is claimed."""
    result = Result("Schwachstellenliste", looked_at=f"{len(locked())} Pakete")
    faulty = Path(tempfile.mkdtemp()) / "requirements.txt"
    faulty.write_text("jinja2==2.4.1\n")
    for service in ("pypi", "osv"):
        audit = [
            program("tools", "pip-audit"),
            "--disable-pip",
            "--no-deps",
            "--progress-spinner",
            "off",
            "-f",
            "json",
            "-s",
            service,
        ]
        _code, output = run([*audit, "-r", str(faulty)], 120)
        if "GHSA" not in output and "PYSEC" not in output and "CVE" not in output:
            result.not_done = f"Quelle nicht erreichbar ({service}): {(output.strip().splitlines() or ['-'])[-1][:150]}"
            continue
        _code, output = run([*audit, "-r", "requirements.txt"], 300)
        known = json.loads(output[output.index("{") :])["dependencies"] if "{" in output else []
        result.findings = [
            f"{one['name']} {one['version']}: {fault['id']}" for one in known for fault in one.get("vulns", [])
        ]
        result.proved, result.not_done = "jinja2 2.4.1", "" if known else output[-200:]
        break
    shutil.rmtree(faulty.parent)
    return result
