"""All scanners one after the other; a table at the end. Started by deploy/security.py."""

import signal
import sys
import time
from collections.abc import Callable, Sequence

from tests.security.scanning import statics
from tests.security.scanning.sqlmap import sqlmap
from tests.security.scanning.targets import running_hub
from tests.security.scanning.tools import REPORTS, ROOT, Result, Unproved, run
from tests.security.scanning.wapiti import wapiti

LONG_SECONDS = 3600
MOST_SHOWN = 40


def fuzz() -> Result:
    """The long forms of our own tests: 10,000 odd requests as all roles, kills, loads."""
    result = Result("Zufallsanfragen und lange Tests", proved="Fehler, die sie fanden, sind eigene Tests")
    code, output = run(
        [sys.executable, "-m", "pytest", "-q", "-m", "long", "-p", "no:cacheprovider", "tests/security"], LONG_SECONDS
    )
    result.looked_at = output.strip().splitlines()[-1] if output.strip() else ""
    if code:
        result.findings = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))] or [
            f"Exit {code}"
        ]
    return result


def scan_server(scanner: Callable) -> Callable[[], Result]:
    """A step on a running hub of its own; what the server itself calls a fault is a finding too."""

    def step() -> Result:
        with running_hub() as hub:
            result = scanner(hub)
            result.findings += [f"Protokoll: {line}" for line in hub.faults()]
        return result

    return step


STEPS: dict[str, Callable[[], Result]] = {
    "bandit": statics.bandit,
    "semgrep": statics.semgrep,
    "parts": statics.parts,
    "advisories": statics.advisories,
    "wapiti": scan_server(wapiti),
    "sqlmap": scan_server(sqlmap),
    "fuzz": fuzz,
}


def main(words: Sequence[str]) -> int:
    """Run the steps that were named, else all; 1 when one found something or could not do its work."""
    signal.signal(signal.SIGTERM, lambda *_words: sys.exit(1))  # so that servers end with us
    results = []
    for name, step in STEPS.items():
        if words and name not in words:
            continue
        print(f"\n{name} …", flush=True)
        begin = time.monotonic()
        try:
            result = step()
        except Unproved as reason:
            result = Result(name, not_done=str(reason))
        results.append((result, time.monotonic() - begin))
        for line in result.findings[:MOST_SHOWN]:
            print(f"  {line}", flush=True)
    table = summary(results)
    print(table)
    REPORTS.mkdir(exist_ok=True)
    (REPORTS / "summary.txt").write_text(table)
    return 0 if all(result.is_good for result, _seconds in results) else 1


def summary(results: Sequence[tuple[Result, float]]) -> str:
    """One line for each step."""
    lines = ["", f"{'Schritt':32} {'Urteil':16} {'Zeit':>7}  Bewiesen an | Angesehen"]
    for result, seconds in results:
        verdict = (
            "nicht geprüft"
            if result.not_done
            else f"{len(result.findings)} Funde"
            if result.findings
            else "nichts gefunden"
        )
        lines.append(f"{result.step:32} {verdict:16} {seconds:6.0f}s  {result.proved} | {result.looked_at}")
        if result.not_done:
            lines.append(f"{'':32} {result.not_done}")
    lines.append(f"Berichte: {REPORTS.relative_to(ROOT)}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
