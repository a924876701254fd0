"""The real server, as `make run` starts it, on a free port with a data folder of its own."""

import atexit
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]
SERVE = ROOT / "deploy" / "serve.py"
SETTINGS = Path("deploy", "gunicorn.conf.py")
PATIENCE = 30.0
ANY_URL = "http://any.invalid"
_prepared: dict[tuple[object, ...], tuple[Path, str]] = {}


class HubServer:
    """Commands and server processes that share one data folder; can be stopped, killed and started again."""

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str] | None = None,
        *,
        application: Path = ROOT,
        examples: bool = True,
    ) -> None:
        self.application = application
        self.settings = dict(settings or {})
        self.log = folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.prepared = ""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "FLASK_"))}
        self.environment = inherited | {
            "HUB_INSTANCE": str(folder / "instance"),
            "HUB_EXAMPLES": "1" if examples else "0",
            "HUB_BASE_URL": self.url,
            "PORT": str(self.port),
            **self.settings,
        }

    def flask(self, *words: str, text: str | None = None) -> str:
        """What a command of the hub prints; `text` goes to its standard input. Fails with its words."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        done = subprocess.run(
            command, cwd=self.application, env=self.environment, input=text, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"flask {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def prepare(self) -> None:
        """Tables, collections, examples, index; `prepared` keeps what was printed (the sign-in links).

        Done once a run for all that begin alike: the others begin with a copy.
        """
        instance = Path(self.environment["HUB_INSTANCE"])
        key = (self.application, self.environment["HUB_EXAMPLES"], *sorted(self.settings.items()))
        if key in _prepared and not instance.exists():
            folder, told = _prepared[key]
            shutil.copytree(folder, instance)
            self.prepared = told.replace(ANY_URL, self.url)
            return
        instance.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.prepared = self.flask("hub", "prepare")
        _prepared[key] = (_copy_of(instance), self.prepared.replace(self.url, ANY_URL))

    def start(self) -> None:
        """Start the server in a process group of its own and wait until it answers."""
        settings = next(folder / SETTINGS for folder in (self.application, ROOT) if (folder / SETTINGS).exists())
        command = [sys.executable, str(SERVE), "--config", str(settings), "--chdir", str(self.application)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.wait_until_ready(self.process)

    def wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if time.monotonic() > deadline or process.poll() is not None:
                self.kill()
                raise RuntimeError(f"the server does not answer: {self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """End it as an operator would (SIGTERM); a server that does not end is killed and reported."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self.process = None

    def kill(self) -> None:
        """SIGKILL to the master and all workers at once, as a power cut would."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def _copy_of(instance: Path) -> Path:
    """A data folder that nobody changes, until the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="hub-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(shutil.copytree(instance, folder / "instance"))


@pytest.fixture(scope="session")
def hub_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubServer]:
    """A running hub with the example content, shared by all tests of the run; they must not rely on an empty one."""
    server = HubServer(tmp_path_factory.mktemp("hub"))
    server.prepare()
    server.start()
    try:
        yield server
    finally:
        server.stop()
