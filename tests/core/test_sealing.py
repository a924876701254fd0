"""Secrets in the database: only the right key and the right place open them."""

import pytest
from flask import Flask

from config import SettingError, load_settings
from hub.core.sealing import Unreadable, is_under_newest_key, seal, unseal

OLD, NEW = "the key of last year, long enough", "the key of this year, long enough!"


@pytest.fixture
def app():
    made = Flask("sealing")
    made.config["SEALING_KEYS"] = (OLD,)
    with made.app_context():
        yield made


def test_what_was_sealed_is_read_again_and_does_not_show(app):
    sealed = seal("geheim äöü", "provider 7")
    assert unseal(sealed, "provider 7") == "geheim äöü"
    assert sealed.startswith("v1$") and "geheim" not in sealed
    assert seal("geheim äöü", "provider 7") != sealed


def test_sealed_text_opens_in_its_place_only(app):
    sealed = seal("geheim", "provider 7")
    with pytest.raises(Unreadable):
        unseal(sealed, "provider 8")


DAMAGES = [lambda text: text[:-6] + "AAAA==", lambda text: "v2" + text[2:], lambda text: "", lambda text: text[:16]]


@pytest.mark.parametrize("damage", DAMAGES)
def test_changed_text_does_not_open(app, damage):
    with pytest.raises(Unreadable):
        unseal(damage(seal("geheim", "a")), "a")


def test_a_former_key_still_opens_and_is_known_as_former(app):
    sealed = seal("geheim", "a")
    assert is_under_newest_key(sealed)
    app.config["SEALING_KEYS"] = (NEW, OLD)
    assert unseal(sealed, "a") == "geheim" and not is_under_newest_key(sealed)
    assert is_under_newest_key(seal("geheim", "a"))
    app.config["SEALING_KEYS"] = (NEW,)
    with pytest.raises(Unreadable):
        unseal(sealed, "a")


def test_keys_come_from_the_instance_folder_newest_first(tmp_path):
    first = load_settings({"HUB_INSTANCE": str(tmp_path)})["SEALING_KEYS"]
    assert first == ((tmp_path / "sealing_key").read_text(),)
    former = tmp_path / "sealing_key.old"
    former.write_text("0123456789abcdefghij0123456789abcdefghij\n")
    former.chmod(0o644)
    with pytest.raises(SettingError, match="chmod 600"):
        load_settings({"HUB_INSTANCE": str(tmp_path)})
    former.chmod(0o600)
    keys = load_settings({"HUB_INSTANCE": str(tmp_path)})["SEALING_KEYS"]
    assert keys == (*first, "0123456789abcdefghij0123456789abcdefghij")
