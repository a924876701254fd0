"""Settings: what is read, what is refused, and in which words."""

import stat

import pytest

from config import SettingError, load_settings


def settings(tmp_path, **environment):
    return load_settings({"HUB_INSTANCE": str(tmp_path / "data"), **environment})


def test_t45_keys_are_made_once_and_readable_by_the_owner_only(tmp_path):
    first, second = settings(tmp_path), settings(tmp_path)
    assert first["SECRET_KEY"] == second["SECRET_KEY"] != first["PASSWORD_PEPPER"]
    for name in ("secret_key", "pepper"):
        assert stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_key_that_others_can_read_is_refused(tmp_path):
    settings(tmp_path)
    (tmp_path / "data" / "secret_key").chmod(0o644)
    with pytest.raises(SettingError, match="chmod 600"):
        settings(tmp_path)


@pytest.mark.parametrize("key", ["short", "a" * 64])
def test_t45_key_that_can_be_guessed_is_refused(tmp_path, key):
    with pytest.raises(SettingError, match="zu kurz"):
        settings(tmp_path, HUB_SECRET_KEY=key)


def test_port_makes_the_address(tmp_path):
    assert settings(tmp_path, PORT="8123")["BASE_URL"] == "http://127.0.0.1:8123"


@pytest.mark.parametrize("url", ["http://wissen.example.org", "ftp://127.0.0.1", "wissen.example.org", "https://x/y"])
def test_address_without_tls_or_form_is_refused(tmp_path, url):
    with pytest.raises(SettingError, match="HUB_BASE_URL"):
        settings(tmp_path, HUB_BASE_URL=url)


def test_tls_address_makes_host_cookies(tmp_path):
    given = settings(tmp_path, HUB_BASE_URL="https://wissen.example.org")
    assert given["SECURE"] is True
    assert str(given["SESSION_COOKIE_NAME"]).startswith("__Host-")


def test_postgres_address_names_its_driver(tmp_path):
    url = settings(tmp_path, HUB_DATABASE_URL="postgresql://hub@db/hub")["SQLALCHEMY_DATABASE_URI"]
    assert url == "postgresql+psycopg://hub@db/hub"


def test_folder_without_rights_is_said_in_words(tmp_path):
    (tmp_path / "data").write_text("a file stands here")
    with pytest.raises(SettingError, match="HUB_INSTANCE"):
        settings(tmp_path)


def test_mail_server_is_read_with_its_sender(tmp_path):
    found = settings(tmp_path, HUB_MAIL_URL="smtp://hub:p%40ss@mail.example.org:587", HUB_MAIL_FROM="hub@example.org")
    assert found["MAIL_URL"] == "smtp://hub:p%40ss@mail.example.org:587"
    assert found["MAIL_FROM"] == "hub@example.org"
    assert settings(tmp_path)["MAIL_URL"] is None


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:99999", "smtp://h/x", "smtp://user@h"]
)
def test_mail_server_in_another_form_is_refused_without_telling_its_password(tmp_path, url):
    with pytest.raises(SettingError, match="HUB_MAIL_URL") as refused:
        settings(tmp_path, HUB_MAIL_URL=url.replace("user", "geheim"), HUB_MAIL_FROM="hub@example.org")
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("sender", ["", "hub", "Hub <hub>", "hub@example.org\r\nBcc: x@example.org"])
def test_letters_need_a_sender(tmp_path, sender):
    with pytest.raises(SettingError, match="HUB_MAIL_FROM"):
        settings(tmp_path, HUB_MAIL_URL="smtp://mail.example.org", HUB_MAIL_FROM=sender)


@pytest.mark.parametrize("name", ["secret_key", "pepper", "sealing_key"])
def test_t45_a_key_that_is_missing_after_the_first_run_is_not_made_anew(tmp_path, name):
    settings(tmp_path)
    (tmp_path / "data" / name).unlink()
    with pytest.raises(SettingError, match=f"{name} fehlt"):
        settings(tmp_path)
    assert not (tmp_path / "data" / name).exists()
    (tmp_path / "data" / f".{name}.made").unlink()
    assert settings(tmp_path)["SECRET_KEY"]


def test_t45_of_two_first_starts_at_once_one_makes_the_key(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _number: _key_or_none(tmp_path), range(8)))
    assert len({key for key in found if key}) == 1


def _key_or_none(tmp_path):
    try:
        return settings(tmp_path)["PASSWORD_PEPPER"]
    except SettingError:  # the other one has not finished writing
        return None


@pytest.mark.parametrize("days", ["29", "-1", "x", "99999999", "٣٠٠"])
def test_a_period_of_the_log_that_makes_no_sense_is_refused(tmp_path, days):
    with pytest.raises(SettingError, match="HUB_AUDIT_DAYS"):
        settings(tmp_path, HUB_AUDIT_DAYS=days)


def test_the_log_may_be_kept_for_ever(tmp_path):
    assert settings(tmp_path, HUB_AUDIT_DAYS="0")["AUDIT_DAYS"] == 0
    assert settings(tmp_path)["AUDIT_DAYS"] == 730
