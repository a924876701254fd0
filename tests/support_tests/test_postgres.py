"""The throw-away PostgreSQL works, keeps writes safe and is not run by root."""

import psycopg
import pytest

from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.postgres


def plain(url: str) -> str:
    return url.replace("+psycopg", "")


def test_each_new_database_is_empty_and_durable(postgres_server: PostgresServer) -> None:
    first, second = postgres_server.new_database(), postgres_server.new_database()
    assert first != second
    with psycopg.connect(plain(first)) as connection:
        connection.execute("CREATE TABLE thing (id integer)")
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    with psycopg.connect(plain(second)) as connection:
        assert connection.execute("SELECT to_regclass('thing')").fetchone() == (None,)


def test_the_server_belongs_to_an_ordinary_user(postgres_server: PostgresServer) -> None:
    assert (postgres_server.folder / "data").stat().st_uid != 0
