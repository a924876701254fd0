"""`make translations`: collect the German texts, bring the English catalogue up to date and compile it."""

import subprocess
import sys
import tempfile
from pathlib import Path

from environment import PYTHON, ROOT, Stop, prepare_environment, say

CATALOGUES = ROOT / "hub" / "translations"


def babel(*words: str) -> None:
    subprocess.run([str(PYTHON), "-m", "babel.messages.frontend", "-q", *words], cwd=ROOT, check=True)


def collect(template: Path) -> None:
    """Write all texts of the pages and the program into a template."""
    words = ("-F", "pyproject.toml", "-k", "_l", "-k", "lazy_gettext", "--no-location", "--sort-output")
    babel("extract", *words, "--project", "Wissensspeicher", "-o", str(template), ".")


def main() -> None:
    prepare_environment("requirements.txt")
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "hub.pot"
        collect(template)
        exists = (CATALOGUES / "en" / "LC_MESSAGES" / "messages.po").exists()
        renew = ("update", "--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date")
        babel(*(renew if exists else ("init",)), "-i", str(template), "-d", str(CATALOGUES), "-l", "en")
    babel("compile", "-d", str(CATALOGUES))
    say(f"{CATALOGUES.relative_to(ROOT)} ist auf dem neuesten Stand; leere msgstr brauchen noch eine Übersetzung.")


if __name__ == "__main__":
    try:
        main()
    except Stop as stop:
        say(f"\n{stop}")
        sys.exit(1)
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
