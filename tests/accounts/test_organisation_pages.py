"""Organisations: list, add, change; two at once; the map."""

import re

import pytest
from sqlalchemy import select

from hub.accounts.models import Organisation
from hub.accounts.queries import find_member_cities
from hub.core.db import db

CITY = {"name": "Wuppertal", "kind": "city", "longitude": "7,15", "latitude": "51.26"}


@pytest.fixture
def office(sign_in, make):
    return sign_in(make.user(role="editor", organisation="Geschäftsstelle"))


def by_name(name):
    db.session.expire_all()
    return db.session.scalar(select(Organisation).where(Organisation.name == name))


def test_a_new_city_is_listed_and_on_the_map(office):
    answer = office.post("/organisations", CITY)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/organisations")
    assert "Stadt Wuppertal" in office.get("/organisations").get_data(as_text=True)
    assert ("Wuppertal", 7.15, 51.26) in find_member_cities()


def test_an_organisation_without_a_place_is_not_on_the_map(office):
    office.post("/organisations", {"name": "Ein Verein", "kind": "body", "longitude": "", "latitude": ""})
    made = by_name("Ein Verein")
    assert (made.label, made.longitude, made.latitude) == ("Ein Verein", None, None)
    assert "Ein Verein" not in {name for name, *_place in find_member_cities()}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Bitte geben Sie einen Namen ein."),
        ({"name": "w" * 121}, "1 bis 120 Zeichen"),
        ({"name": "Essen"}, "gibt es schon"),
        ({"name": "Stadt Essen"}, "gibt es schon"),
        ({"kind": "planet"}, "Bitte wählen Sie einen Wert aus der Liste."),
        ({"longitude": "sieben"}, "Bitte geben Sie eine Zahl ein"),
        ({"longitude": "nan"}, "Möglich sind -180 bis 180."),
        ({"latitude": "inf"}, "Möglich sind -90 bis 90."),
        ({"latitude": ""}, "oder keines von beiden"),
    ],
)
def test_what_cannot_be_is_explained_and_stays_typed(office, make, changes, words):
    make.organisation("Essen")
    answer = office.post("/organisations", CITY | changes)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and words in text
    assert all(f'value="{value}"' in text for name, value in (CITY | changes).items() if value and name != "kind")
    assert by_name("Wuppertal") is None


def test_a_renamed_city_keeps_its_own_name_free(office, make):
    city = make.organisation("Wupertal")
    path = f"/organisations/{city.id}/edit"
    field = re.search(r'<input[^>]*name="longitude"[^>]*>', office.get(path).get_data(as_text=True))[0]
    assert 'value="7,0"' in field and 'type="text"' in field  # a number field would show nothing
    assert office.post(path, CITY | {"version": city.version}).status_code == 303
    changed = by_name("Wuppertal")
    assert (changed.id, changed.label) == (city.id, "Stadt Wuppertal")
    assert office.post(path, CITY | {"version": changed.version}).status_code == 303


def test_the_second_of_two_sees_both_versions(office, make):
    city = make.organisation("Anfang")
    path, stale = f"/organisations/{city.id}/edit", CITY | {"version": city.version}
    office.post(path, stale | {"name": "Schneller"})
    answer = office.post(path, stale | {"name": "Langsamer"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Jetzt gespeichert" in text and "Schneller" in text and 'value="Langsamer"' in text
    version = re.search(r'name="version"[^>]*value="(\d+)"', text)[1]
    assert office.post(path, stale | {"name": "Langsamer", "version": version}).status_code == 303
    assert by_name("Langsamer") is not None


def test_a_missing_version_is_stale(office, make):
    city = make.organisation("Anfang")
    assert office.post(f"/organisations/{city.id}/edit", CITY).status_code == 422
    assert by_name("Anfang") is not None


@pytest.mark.parametrize("path", ["/organisations/x/edit", "/organisations/0/edit", f"/organisations/{'9' * 20}"])
def test_odd_numbers_are_not_found(office, path):
    assert office.get(path).status_code == 404


@pytest.mark.parametrize("role", ["member", "coordinator"])
def test_members_do_not_come_here(sign_in, make, role):
    browser = sign_in(make.user(role=role))
    assert browser.get("/organisations").status_code == 403
    assert browser.post("/organisations", CITY).status_code == 403
