"""A throw-away PostgreSQL server that the tests start by themselves as an ordinary user."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.requirements import missing

PATIENCE = 30.0


class PostgresServer:
    """A cluster in a temporary folder on a free loopback port; durable as in production (fsync stays on)."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.owner = ordinary_user()
        self.folder = Path(tempfile.mkdtemp(prefix="hub-pg-"))
        self.port = free_port()
        self.databases = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self.owner:
            shutil.chown(self.folder, self.owner, pwd.getpwnam(self.owner).pw_gid)
        data = self.folder / "data"
        make = [str(self.programs / "initdb"), "-D", str(data), "-U", "hub", "-A", "trust", "--no-sync"]
        make += ["-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL, **self.as_owner())
        serve = [str(self.programs / "postgres"), "-D", str(data), "-k", str(self.folder), "-p", str(self.port)]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen([*serve, "-h", "127.0.0.1"], stdout=log, stderr=log, **self.as_owner())
        self.wait_until_ready()

    def as_owner(self) -> dict[str, Any]:
        """Arguments that start a program as the ordinary user; PostgreSQL refuses to run as root."""
        if not self.owner:
            return {"cwd": self.folder}
        group = pwd.getpwnam(self.owner).pw_gid
        return {"cwd": self.folder, "user": self.owner, "group": group, "extra_groups": []}

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.address("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline or self.process is None or self.process.poll() is not None:
                    log = (self.folder / "log").read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"PostgreSQL does not answer: {log}") from error
                time.sleep(0.1)

    def address(self, database: str) -> str:
        return f"postgresql://hub@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The address of an empty database, in the form HUB_DATABASE_URL takes."""
        self.databases += 1
        name = f"hub_test_{self.databases}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.address(name).replace("postgresql://", "postgresql+psycopg://")

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(2)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def ordinary_user() -> str:
    """The account to start PostgreSQL under when the tests run as root; empty when they do not."""
    if os.geteuid() != 0:
        return ""
    names = {account.pw_name for account in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def find_programs() -> Path | None:
    """The folder with initdb and postgres; Debian keeps it off the search path."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    by_version = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -float(folder.parent.name))
    return next((folder for folder in [*folders, *by_version] if (folder / "postgres").exists()), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server itself, for tests that need several databases."""
    programs = find_programs()
    if programs is None:
        missing("postgres", "PostgreSQL ist nicht installiert: sudo apt install postgresql")
    server = PostgresServer(programs)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> str:
    """HUB_DATABASE_URL of one empty database that lives as long as the test run."""
    return postgres_server.new_database()
