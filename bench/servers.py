"""Starts the hub and the floor as `make run` starts the hub, each with a data folder of its own, and stops them."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil

from bench import corpus

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0
SERVE = ROOT / "deploy" / "serve.py"
SETTINGS = ROOT / "deploy" / "gunicorn.conf.py"
EDITOR = "redaktion@example.org"
MEMBER = "mitglied@example.org"
PASSWORD = "Nur zum Messen 4711 Pappelallee"


class Server:
    """A server program with its settings; what it prints goes to a file beside its data."""

    def __init__(self, folder: Path, settings: Path, application: Path = ROOT) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "server.log"
        self._home = application
        self._command = [sys.executable, str(SERVE), "--config", str(settings)]
        if application != ROOT:
            self._command += ["--chdir", str(application)]
        self._process: subprocess.Popen[bytes] | None = None
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "FLASK_"))}
        self.environment = kept | {
            "HUB_INSTANCE": str(folder / "instance"),
            "HUB_EXAMPLES": "0",
            "HUB_BASE_URL": self.url,
            "PORT": str(port),
            "FLOOR_DB": str(folder / "floor.sqlite3"),
            "PYTHONPATH": str(ROOT),
        }

    def start(self) -> float:
        """Start the program; gives the seconds until it answered for the first time."""
        begin = time.perf_counter()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._home,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not self._answers():
            if time.perf_counter() - begin > PATIENCE or self._process.poll() is not None:
                self.stop()
                raise RuntimeError(f"Der Server antwortet nicht:\n{self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.01)
        return time.perf_counter() - begin

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """End it and whatever it started."""
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def memory(self) -> float:
        """Megabytes of all its processes; what they share is counted once."""
        return sum(process.memory_full_info().pss for process in self.processes()) / 2**20

    def processor(self) -> float:
        """Seconds of processor time that all its processes have used so far."""
        return sum(times.user + times.system for times in map(psutil.Process.cpu_times, self.processes()))

    def processes(self) -> list[psutil.Process]:
        """The master and everything it started."""
        if self._process is None:
            raise RuntimeError("not started")
        master = psutil.Process(self._process.pid)
        return [master, *master.children(recursive=True)]

    def run(self, *words: str, text: str | None = None) -> str:
        """What a Python program prints that is run with this server's settings."""
        command = [sys.executable, *words]
        done = subprocess.run(
            command,
            cwd=self._home,
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stdout[-1000:]}{done.stderr[-3000:]}")
        return done.stdout


def prepare_hub(folder: Path, entries: Path) -> Server:
    """A hub with these entries, a member and an editor; not started yet."""
    server = Server(folder, SETTINGS)
    flask = ("-m", "flask", "--app", "wsgi")
    server.run(*flask, "hub", "prepare")
    for email, role in ((EDITOR, "editor"), (MEMBER, "member")):
        person = ("--email", email, "--name", role, "--organisation", corpus.ORGANISATIONS[3], "--role", role)
        server.run(*flask, "users", "create", *person, "--password-stdin", text=PASSWORD + "\n")
    server.run("-m", "bench.people")
    server.run(*flask, "entries", "import", str(entries), "--create-missing")
    server.run(*flask, "hub", "prepare")
    return server


def fill_hub(folder: Path, count: int) -> Server:
    """``prepare_hub`` with so many entries of the corpus, in this folder."""
    entries = folder / "entries.jsonl"
    corpus.write(entries, list(corpus.entries(count)))
    return prepare_hub(folder / "hub", entries)


def prepare_floor(folder: Path, entries: Path) -> Server:
    """The floor with these entries; not started yet."""
    server = Server(folder, Path(__file__).with_name("floor_server.py"))
    server.run("-m", "bench.floor", str(entries))
    return server


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Others:
    """What share of the processors other programs use while we measure; 0 on a machine of our own."""

    def __init__(self, own: list[Server]) -> None:
        self._own = own
        self._begin = self._look()

    def share(self) -> float:
        """The share since the beginning, between 0 and 1."""
        (busy, own, clock), now = self._begin, self._look()
        spent = max(now[2] - clock, 0.001) * (os.cpu_count() or 1)
        return max(0.0, (now[0] - busy - (now[1] - own)) / spent)

    def _look(self) -> tuple[float, float, float]:
        times = psutil.cpu_times()
        busy = times.user + times.nice + times.system + times.irq + times.softirq
        here = psutil.Process().cpu_times()
        own = here.user + here.system + sum(server.processor() for server in self._own)
        return busy, own, time.perf_counter()
