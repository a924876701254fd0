"""The real server and the real commands: hard findings stop the start, and nothing is changed."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import ROOT, HubServer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> HubServer:
    server = HubServer(tmp_path_factory.mktemp("start"))
    server.prepare()
    return server


def start(server: HubServer, **settings: str) -> tuple[int, str]:
    """Load the application as the server does; exit code and words."""
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"], cwd=ROOT, env=server.environment | settings, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


def database(server: HubServer) -> Path:
    return Path(server.environment["HUB_INSTANCE"]) / "hub.sqlite3"


def test_a_fresh_hub_on_this_machine_starts(prepared):
    assert start(prepared) == (0, "")


def test_t45_example_accounts_stop_a_public_start(prepared):
    code, told = start(prepared, HUB_BASE_URL="https://wissen.example.org")
    assert code == 1
    assert "A01: 5 Beispielkonten sind offen" in told and "flask users close-examples" in told


def test_debugging_stops_the_start(prepared):
    code, told = start(prepared, FLASK_DEBUG="1")
    assert code == 1 and "S01" in told


def test_an_open_folder_stops_a_public_start(prepared):
    database(prepared).parent.chmod(0o755)
    code, told = start(prepared, HUB_BASE_URL="https://wissen.staedte-netz.de")
    assert code == 1 and "D01" in told and "chmod" in told
    assert start(prepared) == (0, "")
    database(prepared).parent.chmod(0o700)


def test_a_folder_without_tables_does_not_start_and_says_what_to_do(tmp_path):
    server = HubServer(tmp_path)
    code, told = start(server)
    assert code == 1 and "D05" in told and "hub prepare" in told


def test_r24_old_code_leaves_a_newer_database_alone(prepared):
    with sqlite3.connect(database(prepared)) as connection:
        [(version,)] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    try:
        code, told = start(prepared)
        assert code == 1 and "D04" in told and "neueren Version" in told
        with pytest.raises(RuntimeError, match="neueren Version als dieses Programm"):
            prepared.flask("hub", "prepare")
        with sqlite3.connect(database(prepared)) as connection:
            assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    finally:
        with sqlite3.connect(database(prepared)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (version,))


def test_t45_a_lost_pepper_stops_everything(prepared):
    pepper = database(prepared).parent / "pepper"
    kept = pepper.read_text()
    pepper.unlink()
    try:
        code, told = start(prepared)
        assert code == 1 and "pepper fehlt" in told
    finally:
        pepper.write_text(kept)
        pepper.chmod(0o600)


def test_t45_another_pepper_stops_the_start(prepared):
    pepper = database(prepared).parent / "pepper"
    kept = pepper.read_text()
    pepper.write_text(kept[::-1])
    try:
        code, told = start(prepared)
        assert code == 1 and "K06" in told
    finally:
        pepper.write_text(kept)


def test_commands_work_while_the_server_refuses(prepared):
    told = prepared.flask("users", "create", "--email", "neu@staedte-netz.de", "--name", "Neue Verwaltung",
                          "--organisation", "Essen", "--role", "admin")  # fmt: skip
    assert "angelegt" in told
    assert "5 Beispielkonten gesperrt" in prepared.flask("users", "close-examples")
    assert start(prepared, HUB_BASE_URL="https://wissen.staedte-netz.de") == (0, "")
    assert os.environ.get("FLASK_RUN_FROM_CLI") is None
