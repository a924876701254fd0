"""`make test`, `make lint`, `make bench`, `make relevance`: installs what they need, then runs them.

The words after the command go to pytest or to the benchmark: `python3 deploy/check.py test tests/search -x`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from environment import PYTHON, ROOT, VENV, Stop, prepare_environment, prepare_fallback, say

CHECKS = {
    "Stil": ["ruff", "check", "."],
    "Typen": ["mypy"],
    "Importrichtung": ["lint-imports"],
}
MEASURES = {"bench": "bench", "relevance": "bench.relevance"}
MOST_PROCESSES = 4  # each starts a browser, a database server and a hub of its own
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(task: str, words: Sequence[str]) -> int:
    prepare_environment("requirements.txt", "requirements-dev.txt")
    if task == "lint":
        return run_checks()
    if task in MEASURES:
        return run([str(PYTHON), "-m", MEASURES[task], *words])
    prepare_fallback()
    install_programs()
    failed = run_checks()
    say("\nTests")
    return run([str(PYTHON), "-m", "pytest", *processes(len(os.sched_getaffinity(0))), *words]) or failed


def processes(cores: int) -> list[str]:
    """What lets pytest work on every core; the tests of a file stay together, in the order of their files."""
    count = min(cores, MOST_PROCESSES)
    return ["-n", str(count), "--dist", "loadgroup", "--no-loadscope-reorder"] if count > 1 else []


def run(command: Sequence[str]) -> int:
    """Exit code of a command in the project's folder, with .venv first on the search path."""
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": path}, check=False).returncode


def run_checks() -> int:
    """Run every check even when one fails, so one run shows all that is wrong; 1 when any failed."""
    failed = []
    for title, command in CHECKS.items():
        say(f"\n{title}: {' '.join(command)}")
        if run([str(VENV / "bin" / command[0]), *command[1:]]):
            failed.append(title)
    if failed:
        say(f"\nNicht in Ordnung: {', '.join(failed)}")
    return 1 if failed else 0


def install_programs() -> None:
    """Get the browser, database server and reader of letters that tests drive, where this account may install."""
    needed = []
    if not any(map(shutil.which, BROWSERS)):
        needed.append("chromium")
    if not (shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))):
        needed.append("postgresql")
    if not shutil.which("tesseract"):
        needed += ["tesseract-ocr", "tesseract-ocr-deu"]
    if not needed:
        return
    names = " ".join(needed)
    prefix = may_install()
    if prefix is None:
        say(f"Tests, die {' und '.join(needed)} brauchen, werden ausgelassen; nachholen: sudo apt install {names}")
        return
    say(f"{names}: wird über die Paketverwaltung des Systems installiert …")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    done = run([*apt, "update"]) or run([*apt, "install", "--yes", "--no-install-recommends", *needed])
    if done:
        say(f"{names} ließ sich nicht installieren; die Tests, die es brauchen, werden ausgelassen.")


def may_install() -> list[str] | None:
    """What stands before apt-get: nothing as root, sudo where it asks for no password; None where neither helps."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and not subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode:
        return sudo
    return None


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except Stop as stop:
        say(f"\n{stop}")
        sys.exit(1)
    except KeyboardInterrupt:
        say("\nAbgebrochen.")
        sys.exit(130)
