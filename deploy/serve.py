"""Becomes the production server; words after the command go to gunicorn.

`make run`, systemd, the tests and the measurements all start it this way. Without docstrings and assertions (-OO) its
processes need less memory. The bytecode for that lies in a folder of .venv: the system's own folders may be closed to
this account, and without any every start would translate all modules again. Where .venv is closed too, the server
starts as Python starts by itself.
"""

import os
import sys

from environment import PYTHON, ROOT, VENV

BYTECODE = VENV / "bytecode"
SETTINGS = ROOT / "deploy" / "gunicorn.conf.py"


def serve(words: list[str]) -> None:
    """Replace this process by the server."""
    flags: list[str] = []
    if BYTECODE.exists() or os.access(VENV, os.W_OK):
        flags = ["-OO"]
        os.environ["PYTHONPYCACHEPREFIX"] = str(BYTECODE)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.execv(PYTHON, [str(PYTHON), *flags, "-m", "gunicorn", "--config", str(SETTINGS), *words])


if __name__ == "__main__":
    serve(sys.argv[1:])
