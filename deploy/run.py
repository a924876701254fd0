"""`make run`: from a fresh clone to a running hub. Works with the system's Python before anything is installed."""

import errno
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from environment import PYTHON, ROOT, Stop, prepare_environment, say
from serve import serve

REASONS = {
    errno.EACCES: "keine Schreibrechte",
    errno.EPERM: "keine Schreibrechte",
    errno.EROFS: "nur lesbar",
    errno.ENOSPC: "kein Platz mehr",
    errno.EEXIST: "dort liegt eine Datei",
    errno.ENOTDIR: "dort liegt eine Datei",
}


def main() -> None:
    """Check first what can be checked in a moment, then install, prepare the data and become the server."""
    port = read_port()
    check_port(port)
    check_instance()
    prepare_environment("requirements.txt")
    os.environ["PORT"] = str(port)
    os.umask(0o077)
    prepare_data()
    os.chdir(ROOT)
    serve([])


def read_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise Stop(f"PORT={text} ist keine Portnummer; nehmen Sie eine von 1024 bis 65535: PORT=8001 make run")
    return int(text)


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except PermissionError:
            raise Stop(f"Port {port} darf nur root öffnen; nehmen Sie einen ab 1024: PORT=8001 make run") from None
        except OSError:
            raise Stop(
                f"Port {port} ist schon belegt; wählen Sie einen anderen: PORT={other_port(port)} make run"
            ) from None


def other_port(port: int) -> int:
    """The next port that is free now."""
    for candidate in range(port + 1, min(port + 100, 65536)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", candidate)):
                return candidate
    return 8001


def check_instance() -> None:
    """The folder of all data must take files; only trying tells (rights, a file in its place, a full disk)."""
    folder = Path(os.environ.get("HUB_INSTANCE") or ROOT / "instance").expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Stop(
            f"Im Ordner {folder} lässt sich nichts speichern ({REASONS.get(error.errno or 0, error.strerror)}); "
            "geben Sie einen anderen an: HUB_INSTANCE=~/wissensspeicher make run"
        ) from None
    os.environ["HUB_INSTANCE"] = str(folder.resolve())


def prepare_data() -> None:
    """Tables, collections, examples and index; on the first run the command prints the sign-in links."""
    done = subprocess.run([str(PYTHON), "-m", "flask", "--app", "wsgi", "hub", "prepare"], cwd=ROOT, check=False)
    if done.returncode:
        raise Stop("Der Wissensspeicher wurde nicht gestartet; der Grund steht über dieser Zeile.")


if __name__ == "__main__":
    try:
        main()
    except Stop as stop:
        say(f"\n{stop}")
        sys.exit(1)
    except KeyboardInterrupt:
        say("\nAbgebrochen; der nächste Aufruf macht dort weiter.")
        sys.exit(130)
