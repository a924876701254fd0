"""Where the scanners are, how a step reports, and how a program is run within its time."""

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SCANNERS = ROOT / ".venv-security"
REPORTS = ROOT / ".security"


@dataclass
class Result:
    """What came of a step: whether the scanner proved itself, what it found in the hub, what it could not do."""

    step: str
    proved: str = ""
    looked_at: str = ""
    findings: list[str] = field(default_factory=list)
    not_done: str = ""

    @property
    def is_good(self) -> bool:
        """A step that could not do its work has not passed."""
        return not self.findings and not self.not_done


class Unproved(Exception):
    """The scanner did not find what was planted, or is not there."""


def program(environment: str, name: str) -> str:
    """The path of a scanner's program; raises Unproved when it is not installed."""
    path = SCANNERS / environment / "bin" / name
    if not path.exists():
        raise Unproved(f"{name} ist nicht installiert")
    return str(path)


def run(command: Sequence[str], seconds: float, folder: Path = ROOT, **more: str) -> tuple[int, str]:
    """Exit code and output; a program that takes longer is ended with all its children (code -1)."""
    first = Path(command[0]).parent
    environment = {**os.environ, "PATH": f"{first}{os.pathsep}{os.environ['PATH']}", "PYTHONWARNINGS": "ignore", **more}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _none = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _none = process.communicate()
        return -1, output
    return process.returncode, output
