"""Makes and renews .venv. Standard library only: it runs before anything is installed."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FALLBACK = VENV / "fallback"
FALLBACK_REQUIREMENTS = "tests/support/requirements-fallback.txt"
PIP_INSTALL = "-m pip install --no-input --disable-pip-version-check --progress-bar=off".split()
SAFELY = ("--only-binary=:all:", "--require-hashes")


class Stop(Exception):
    """Ends a command with one plain sentence."""


def say(text: str) -> None:
    print(text, flush=True)


def prepare_environment(*requirements: str) -> None:
    """Bring .venv to what the named requirement files ask for; nothing is done when it is there already."""
    check_venv_module()
    wanted = {name: fingerprint(name) for name in requirements}
    if not is_usable():
        make_venv()
    late = [name for name in requirements if read(stamp(name)) != wanted[name]]
    if not late:
        return
    install(late)
    for name in late:
        stamp(name).write_text(wanted[name])


def prepare_fallback() -> None:
    """Put the other Whoosh into a folder beside .venv's own packages, for the tests that run with it."""
    mark, wanted = FALLBACK / ".installed", fingerprint(FALLBACK_REQUIREMENTS)
    if read(mark) == wanted:
        return
    shutil.rmtree(FALLBACK, ignore_errors=True)
    command = [str(PYTHON), *PIP_INSTALL, *SAFELY, "--no-deps", "--target", str(FALLBACK), "-r", FALLBACK_REQUIREMENTS]
    pip = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if pip.returncode:
        say(f"Das zweite Whoosh ließ sich nicht installieren; der Test damit entfällt. ({last_line(pip.stderr)})")
        return
    mark.write_text(wanted)


def check_venv_module() -> None:
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        raise Stop("Python fehlt das Modul für virtuelle Umgebungen: sudo apt install python3-venv")


def fingerprint(requirements: str) -> str:
    return hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()


def stamp(requirements: str) -> Path:
    return VENV / f".installed-{requirements}"


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def is_usable() -> bool:
    """A .venv left half made, moved with its folder (its scripts hold the path) or of another Python is made anew."""
    if not os.access(PYTHON, os.X_OK) or str(VENV) not in read(VENV / "bin" / "pip"):
        return False
    question = "import sys, pip; print(sys.version_info[:2])"
    answer = subprocess.run([str(PYTHON), "-c", question], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == str(sys.version_info[:2])


def make_venv() -> None:
    if VENV.is_symlink():  # making it anew would empty the environment of another folder
        raise Stop(f"{VENV} ist ein Verweis auf {VENV.resolve()} und wird nicht neu angelegt. Bitte entfernen Sie ihn.")
    say("Die Python-Umgebung .venv wird angelegt …")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise Stop(
            f"Die Umgebung {VENV} ließ sich nicht anlegen; bitte Schreibrechte und freien Platz prüfen. "
            f"({last_line(made.stderr or made.stdout)})"
        )


def install(files: list[str]) -> None:
    """Install with hashes and without a compiler, counting packages as they arrive."""
    total = len({name for file in files for name in re.findall(r"^([\w.-]+)==", (ROOT / file).read_text(), re.M)})
    say(f"{total} Pakete werden installiert (beim ersten Mal etwa eine Minute) …")
    command = [str(PYTHON), *PIP_INSTALL, *SAFELY, *(part for file in files for part in ("-r", file))]
    pip = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    log = []
    count = 0
    for line in pip.stdout or ():
        log.append(line)
        if line.startswith(("Collecting ", "Processing ")):
            count += 1
            show_progress(f"  {count} von {total}: {line.split()[1].rpartition('/')[2]}")
        if line.startswith("Installing "):
            show_progress("  geladen, wird eingerichtet …", last=True)
    if pip.wait():
        errors = [line for line in log if line.startswith("ERROR")]
        raise Stop(
            "Die Pakete ließen sich nicht installieren; bitte die Verbindung zum Paketverzeichnis prüfen und "
            f"den Befehl wiederholen. ({last_line(''.join(errors or log))})"
        )


def show_progress(text: str, last: bool = False) -> None:
    """One line that renews itself on a terminal; every line of its own in a log."""
    if sys.stdout.isatty():
        print(f"\r\033[K{text}", end="\n" if last else "", flush=True)
    else:
        say(text)


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["ohne weitere Angabe"])[-1].strip()
