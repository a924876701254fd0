"""`make translations`: collect the German texts, bring the English catalogue up to date and compile it."""

import subprocess
import sys
import tempfile
from pathlib import Path

from environment import PYTHON, ROOT, Stop, prepare_environment, say

CATALOGUES = ROOT / "hub" / "translations"


def babel(*words: str) -> None:
    subprocess.run([str(PYTHON), "-m", "babel.messages.frontend", "-q", *words], cwd=ROOT, check=True)


def main() -> None:
    prepare_environment("requirements.txt")
    with tempfile.TemporaryDirectory() as folder:
        template = str(Path(folder) / "hub.pot")
        keywords = ("-k", "_l", "-k", "lazy_gettext")
        babel("extract", "-F", "pyproject.toml", *keywords, "--no-location", "--sort-output", "-o", template, ".")
        exists = (CATALOGUES / "en" / "LC_MESSAGES" / "messages.po").exists()
        words = ("update", "--no-fuzzy-matching", "--ignore-obsolete") if exists else ("init",)
        babel(*words, "-i", template, "-d", str(CATALOGUES), "-l", "en")
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
