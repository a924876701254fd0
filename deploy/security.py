"""`make security`: makes the environments of the scanners, then lets them look at the running hub.

Takes about an hour on two cores. Scanners live apart from the hub (`.venv-security`), because their packages clash
with ours and with each other. Words after the command choose steps: `python3 deploy/security.py wapiti sqlmap`.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from environment import PIP_INSTALL, PYTHON, ROOT, Stop, last_line, prepare_environment, say

FOLDER = ROOT / ".venv-security"
# Pinned by version; they never come near the hub's own environment, so they carry no hashes.
ENVIRONMENTS = {
    "wapiti": ("wapiti3==3.2.3",),
    "sqlmap": ("sqlmap==1.10.10",),
    "semgrep": ("semgrep==1.182.0",),
    "tools": ("bandit==1.9.4", "cyclonedx-bom==7.5.0", "pip-audit==2.10.1"),
}


def main(words: Sequence[str]) -> int:
    prepare_environment("requirements.txt", "requirements-dev.txt")
    for name, packages in ENVIRONMENTS.items():
        prepare_scanner(FOLDER / name, packages)
    command = [str(PYTHON), "-m", "tests.security.scanning", *words]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def prepare_scanner(folder: Path, packages: Sequence[str]) -> None:
    """An environment with these packages; left alone when it is there. Without it the step says so and fails."""
    stamp, wanted = folder / ".installed", " ".join(packages)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"{wanted}: wird nach {folder.relative_to(ROOT)} installiert …")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    command = [str(folder / "bin" / "python"), *PIP_INSTALL, "--quiet", *packages]
    pip = subprocess.run(command, capture_output=True, text=True, check=False)
    if pip.returncode:
        say(f"{wanted} ließ sich nicht installieren. ({last_line(pip.stderr)})")
        return
    stamp.write_text(wanted)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        say(f"\n{stop}")
        sys.exit(1)
    except KeyboardInterrupt:
        say("\nAbgebrochen.")
        sys.exit(130)
