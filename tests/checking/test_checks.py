"""`flask hub check`: every check finds what it is for, says how to mend it, and the hard ones stop the start."""

import json
import os
from datetime import timedelta

import pytest
from sqlalchemy import delete

from config import SettingError
from hub.audit.models import AuditEvent
from hub.audit.service import record
from hub.checking import data, keys, marks, model, people, running, settings
from hub.checking.model import Level
from hub.checking.models import KeyMark
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from hub.jobs import registry
from hub.jobs.models import Job, State
from hub.mailing.models import Letter

GOOD = ("8FkWm3-qLzPx0_vRt7YbNc2JdHs5GuAe", "Zt4_Kp9wQe-Lm2xVb7NcRy0JfGh5SuDa", "Xr6-Tn1cWb_Mv8kPq3ZdLy0HjFs5GuEa")


@pytest.fixture
def sound(app, monkeypatch, tmp_path):
    """The application as an operator has it: keys of its own, a folder that only its owner enters."""
    instance = tmp_path / "instance"
    instance.mkdir(mode=0o700)
    for name in ("secret_key", "pepper", "sealing_key"):
        (instance / name).write_text("x")
        (instance / name).chmod(0o600)
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.config, "TESTING", False)
    for name, value in {
        "INSTANCE": instance, "PROPAGATE_EXCEPTIONS": None, "BCRYPT_COST": 12, "SECRET_KEY": GOOD[0],
        "PASSWORD_PEPPER": GOOD[1], "SEALING_KEYS": (GOOD[2],),
    }.items():  # fmt: skip
        monkeypatch.setitem(app.config, name, value)
    return app


@pytest.fixture
def public(sound, monkeypatch):
    """The same, for the whole network."""
    for name, value in {
        "BASE_URL": "https://wissen.staedte-netz.de", "SECURE": True, "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-hub_page", "TRUSTED_HOSTS": ["wissen.staedte-netz.de"],
    }.items():  # fmt: skip
        monkeypatch.setitem(sound.config, name, value)
    monkeypatch.setattr(settings, "ProxyFix", type(sound.wsgi_app))
    return sound


def found(app, least=Level.HINT) -> dict[str, str]:
    return {finding.id: finding.what for finding in model.find(app, least)}


def test_a_sound_installation_passes_every_hard_check(sound):
    assert found(sound, Level.STOP) == {}


def test_a_sound_public_installation_passes_every_hard_check(public):
    assert found(public, Level.STOP) == {}


def test_there_are_about_fifty_checks_and_each_says_how_to_mend_it(app):
    checks = model.all_checks()
    assert len(checks) >= 45
    for one in checks:
        is_sentence = one.remedy[0].isupper() and (one.remedy.endswith((".", "-deu", "key*", "ORDNER", ".txt")))
        assert is_sentence, one.remedy
        assert one.id[0] in "SKDAB" and one.id[1:].isdigit()


CONFIG = {
    "S03": {"BASE_URL": "http://wissen.staedte-netz.de"},
    "S05": {"SESSION_COOKIE_HTTPONLY": False},
    "S06": {"BCRYPT_COST": 4},
    "S07": {"MAX_FORM_PARTS": None},
    "S08": {"MAIL_URL": "smtps://mail.example.org", "MAIL_FROM": None},
    "S09": {"SQLALCHEMY_ENGINE_OPTIONS": {}},
    "S12": {"MAIL_FROM": "hub@example.org"},
    "S13": {"MAIL_IN": "beitrag@example.org", "MAIL_AUTHSERV": None},
    "S14": {"AUDIT_DAYS": 0},
    "K01": {"SECRET_KEY": "kurz"},
    "K03": {"PASSWORD_PEPPER": GOOD[0]},
    "K08": {"SEALING_KEYS": (GOOD[2], GOOD[1][::-1])},
    "D10": {"SQLALCHEMY_DATABASE_URI": "postgresql+psycopg://hub@db.example.org/hub"},
}


@pytest.mark.parametrize("id_", CONFIG)
def test_a_wrong_setting_is_found(sound, monkeypatch, id_):
    assert id_ not in found(sound)
    for name, value in CONFIG[id_].items():
        monkeypatch.setitem(sound.config, name, value)
    assert id_ in found(sound)


PUBLIC = {
    "S04": {"TRUSTED_HOSTS": None},
    "S05": {"SESSION_COOKIE_SECURE": False},
    "S11": {"MAIL_URL": None},
    "S15": {"BASE_URL": "https://wissen.example.org"},
}


@pytest.mark.parametrize("id_", PUBLIC)
def test_a_wrong_setting_of_a_public_hub_is_found(public, monkeypatch, id_):
    for name, value in PUBLIC[id_].items():
        monkeypatch.setitem(public.config, name, value)
    assert id_ in found(public)


def test_hosts_with_a_star_are_found(public, monkeypatch):
    monkeypatch.setitem(public.config, "TRUSTED_HOSTS", ["wissen.staedte-netz.de", ".de"])
    assert "S04" in found(public)


def test_an_address_in_digits_is_found(public, monkeypatch):
    monkeypatch.setitem(public.config, "BASE_URL", "https://192.0.2.7")
    assert "S15" in found(public)


def test_debugging_and_tests_are_found(sound, monkeypatch):
    monkeypatch.setattr(sound, "debug", True)
    monkeypatch.setattr(sound, "testing", True)
    assert {"S01", "S02"} <= found(sound).keys()


def test_a_missing_proxy_fix_is_found(public, monkeypatch):
    monkeypatch.setattr(settings, "ProxyFix", dict)
    assert "S10" in found(public)


def test_t45_a_key_from_the_documentation_is_found(sound, monkeypatch):
    monkeypatch.setitem(sound.config, "SECRET_KEY", "only for tests, never anywhere else")
    assert "K02" in found(sound)


@pytest.mark.parametrize("name", keys.KEY_FILES)
def test_t45_a_key_file_that_others_read_is_found(sound, name):
    path = sound.config["INSTANCE"] / name
    path.write_text("x")
    path.chmod(0o640)
    assert name in found(sound)["K04"]


def test_t45_a_key_file_of_somebody_else_is_found(sound, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert {"K05", "D02"} <= found(sound).keys()


@pytest.mark.parametrize("name", ["PASSWORD_PEPPER", "SEALING_KEYS"])
def test_t45_a_key_that_is_not_the_one_of_the_database_is_found(sound, monkeypatch, name):
    marks.remember_keys(sound)
    assert "K06" not in found(sound)
    other = "Yq5-Rn2cVb_Lw9kTp4ZeMx1HjGs6FuDa"
    monkeypatch.setitem(sound.config, name, (other,) if name == "SEALING_KEYS" else other)
    assert "K06" in found(sound)
    if name == "SEALING_KEYS":
        monkeypatch.setitem(sound.config, name, (other, GOOD[2]))
        assert "K06" not in found(sound)


def test_marks_say_nothing_about_the_keys_and_stay(sound, monkeypatch):
    marks.remember_keys(sound)
    monkeypatch.setitem(sound.config, "PASSWORD_PEPPER", GOOD[0][::-1])
    marks.remember_keys(sound)
    kept = {row.name: row.mark for row in db.session.query(KeyMark)}
    assert kept["pepper"] == marks.mark_of(GOOD[1])
    assert not any(GOOD[1] in mark or mark in GOOD[1] for mark in kept.values())


def test_a_key_in_the_environment_is_found(sound, monkeypatch):
    monkeypatch.setenv("HUB_SECRET_KEY", GOOD[0])
    assert "K07" in found(sound)


def test_an_open_folder_is_found(sound, public, monkeypatch):
    sound.config["INSTANCE"].chmod(0o755)
    assert "D01" in found(public) and "D14" not in found(public)
    monkeypatch.setitem(sound.config, "BASE_URL", "http://127.0.0.1:8000")
    assert "D01" not in found(sound) and "D14" in found(sound)


def test_a_folder_that_is_served_is_found(sound, monkeypatch):
    monkeypatch.setattr(data, "ROOT", sound.config["INSTANCE"].parent)
    monkeypatch.setitem(sound.config, "INSTANCE", sound.config["INSTANCE"].rename(_made(sound) / "daten"))
    assert "D03" in found(sound)


def _made(app):
    folder = app.config["INSTANCE"].parent / "static"
    folder.mkdir()
    return folder


def test_r24_a_newer_database_is_found(sound, monkeypatch):
    monkeypatch.setattr(data.schema, "found_version", lambda: "9999")
    assert "neueren Version" in found(sound)["D04"]


@pytest.mark.parametrize("version", [None, "0001"])
def test_a_database_that_is_behind_is_found(sound, monkeypatch, version):
    monkeypatch.setattr(data.schema, "found_version", lambda: version)
    assert "D05" in found(sound)


def test_a_database_that_does_not_keep_its_word_is_found(sound, monkeypatch):
    if db.engine.dialect.name != "sqlite":
        assert found(sound).keys().isdisjoint({"D06", "D09"})
        return
    monkeypatch.setattr(data, "_ask", lambda question: "off")
    assert {"D06", "D09"} <= found(sound).keys()


def test_files_that_others_write_are_found(sound, tmp_path):
    (sound.config["INSTANCE"] / "hub.sqlite3").touch()
    (sound.config["INSTANCE"] / "hub.sqlite3").chmod(0o666)
    assert "hub.sqlite3" in found(sound)["D07"]


def test_a_full_disk_is_found(sound, monkeypatch):
    monkeypatch.setattr(data.shutil, "disk_usage", lambda _path: _Disk())
    assert "D08" in found(sound)


class _Disk:
    total, free = 10**12, 10**9


def test_a_database_user_with_all_rights_is_found_on_postgresql_only(sound):
    assert ("D11" in found(sound)) == (db.engine.dialect.name == "postgresql")


def test_a_broken_audit_log_is_found(sound):
    for _ in range(3):
        with unit_of_work():
            record(SYSTEM, "page.changed", slug="hilfe")
    last = db.session.query(AuditEvent).count()
    db.session.execute(delete(AuditEvent).where(AuditEvent.id == last - 1))
    assert f"Zeile {last - 1} fehlt" in found(sound)["D12"]


@pytest.mark.index_may_differ
def test_a_missing_index_is_found(sound):
    assert "D13" in found(sound)


def test_example_accounts_are_fine_on_this_machine_only(sound, public, make, monkeypatch):
    make.user(is_example=True)
    assert "A01" in found(public)
    monkeypatch.setitem(sound.config, "BASE_URL", "http://127.0.0.1:8000")
    assert "A01" not in found(sound)


def test_the_account_of_the_first_start_is_an_example_too(public, make):
    user = make.user(email="admin@example.org", role="admin")
    assert "A01" in found(public)
    user.blocked_at = clock.now()
    db.session.commit()
    assert "A01" not in found(public)


def test_too_few_and_too_many_administrators_are_found(sound, make):
    assert "A02" in found(sound)
    make.user(role="admin")
    assert "A03" in found(sound) and "A02" not in found(sound)
    for _ in range(6):
        make.user(role="admin")
    assert "A06" in found(sound)


def test_people_who_are_gone_and_old_hashes_are_found(sound, make):
    make.user(last_seen_at=clock.now() - timedelta(days=400), password_hash="$2b$12$alt")
    assert {"A04", "A05"} <= found(sound).keys()


def test_a_page_without_a_right_is_found(sound, monkeypatch):
    monkeypatch.setitem(sound.view_functions, "offen", lambda: "")
    assert "offen" in found(sound)["B01"]


@pytest.mark.parametrize("line", ["default-src *", "default-src 'none'; script-src 'unsafe-inline'"])
def test_a_loose_policy_is_found(sound, monkeypatch, line):
    monkeypatch.setattr(running, "CONTENT_SECURITY_POLICY", line)
    assert "B02" in found(sound)


def test_root_and_an_unknown_python_are_found(sound, monkeypatch):
    monkeypatch.setattr(running.os, "geteuid", lambda: 0)
    monkeypatch.setattr(running, "SUPPORTED", ((3, 99), (3, 100)))
    assert {"B03", "B04"} <= found(sound).keys()


def test_changed_files_and_packages_are_found(sound, monkeypatch):
    assert found(sound).keys().isdisjoint({"B05", "B06"})
    monkeypatch.setattr(running, "_checksums", lambda _told: [("fehlt.js", "0" * 64)])
    monkeypatch.setattr(running, "_installed", lambda _name: "0.0")
    assert {"B05", "B06"} <= found(sound).keys()


def test_every_vendored_file_is_compared(app):
    import tomllib

    told = tomllib.loads((running.ROOT / "static" / "vendor" / "VENDOR.toml").read_text(encoding="utf-8"))
    assert len(running._checksums(told)) > 50


def test_work_that_nobody_does_is_found(sound, monkeypatch):
    long_ago = clock.now() - timedelta(hours=3)
    with unit_of_work() as session:
        session.add(Job(kind="a", key="1", payload={}, state=State.OPEN, due_at=long_ago))
        session.add(Job(kind="b", key="1", payload={}, state=State.FAILED, due_at=long_ago, finished_at=long_ago))
        session.add(
            Letter(
                template="a", recipient="a@example.org", language="de", subject="a", text="a", html="a", mark="1",
                ends_at=clock.now(), created_at=long_ago,
            )
        )  # fmt: skip
    monkeypatch.setitem(sound.config, "MAIL_URL", "smtps://mail.example.org")
    assert {"B07", "B08", "B09"} <= found(sound).keys()


def test_a_missing_duty_is_found(sound, monkeypatch):
    monkeypatch.setattr(running.registry, "duties", list)
    assert "B10" in found(sound)
    assert registry.names()


def test_links_that_nobody_tries_are_found(sound, monkeypatch):
    monkeypatch.setitem(sound.config, "LINK_CHECK", True)
    monkeypatch.setattr(running.link_queries, "stopped_since", lambda: clock.now())
    assert "B13" in found(sound)


def test_missing_letters_of_scans_and_a_loose_umask_are_found(public, monkeypatch):
    monkeypatch.setattr(running.shutil, "which", lambda _name: None)
    before = os.umask(0o022)
    try:
        assert {"B11", "B12"} <= found(public).keys()
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


def test_every_check_but_those_of_the_environment_has_been_seen_to_fail():
    """Each id stands in a test of this file."""
    from pathlib import Path

    text = Path(__file__).read_text(encoding="utf-8")
    assert [one.id for one in model.all_checks() if f'"{one.id}"' not in text and one.id != "S16"] == []


def test_a_check_that_fails_by_itself_counts_as_not_passed(sound, monkeypatch):
    def fail():
        raise OSError

    monkeypatch.setattr(data.schema, "found_version", fail)
    assert "ließ sich nicht prüfen" in found(sound)["D04"]


def test_the_server_does_not_start_on_a_hard_finding(sound, monkeypatch):
    monkeypatch.setattr(model, "_let_go", lambda: None)
    model.refuse_start(sound)
    monkeypatch.setattr(sound, "debug", True)
    with pytest.raises(SettingError, match=r"startet nicht:\nS01: Die Fehlersuche ist an.*ohne FLASK_DEBUG"):
        model.refuse_start(sound)


def test_the_command_names_findings_and_remedies(sound, monkeypatch):
    monkeypatch.setitem(sound.config, "BCRYPT_COST", 4)
    result = sound.test_cli_runner().invoke(args=["hub", "check"])
    assert result.exit_code == 1
    assert "Halt S06: Passwörter werden zu schwach geschützt. Bitte setzen Sie BCRYPT_COST" in result.output
    assert "Prüfungen" in result.output


def test_the_command_speaks_json(sound, make):
    make.user(role="admin")
    make.entry()
    result = sound.test_cli_runner().invoke(args=["hub", "check", "--json"])
    told = json.loads(result.output)
    assert told["checks"] == len(model.all_checks())
    assert all(row.keys() == {"id", "level", "what", "remedy"} for row in told["findings"])
    hard = [row for row in told["findings"] if row["level"] in ("error", "stop")]
    assert (result.exit_code == 0) == (hard == [])


def test_example_accounts_are_closed_by_a_command(app, make):
    run = app.test_cli_runner().invoke
    make.user(is_example=True, role="admin")
    refused = run(args=["users", "close-examples"])
    assert refused.exit_code == 1 and "flask users create" in refused.output
    make.user(role="admin")
    assert "1 Beispielkonten gesperrt" in run(args=["users", "close-examples"]).output
    assert people.find_examples() == []
