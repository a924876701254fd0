"""Coming and going in a real browser: a coordination invites a list, a person begins and leaves, another takes over."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.journeys import enter, first_links

pytestmark = pytest.mark.browser
PASSWORD = "sieben graue Busse am Bahnhof"


def test_a_list_is_invited_a_person_begins_leaves_and_a_successor_takes_over(hub, new_page):
    office = new_page(base_url=hub.url)
    enter(office, first_links(hub)["koordination@example.org"])
    office.goto("/people")
    office.get_by_role("link", name="Liste einladen").click()
    office.get_by_label("Liste einfügen").fill("lilo@example.org\tLilo Laterne\nkaputt\nLILO@example.org ")
    office.get_by_role("button", name="Vorschau ansehen").click()
    expect(office.get_by_text("1 Person kann eingeladen werden")).to_be_visible()
    expect(office.get_by_text("Diese Adresse steht schon in Zeile 1.")).to_be_visible()
    office.get_by_role("button", name="1 Person einladen").click()
    link = office.get_by_label(re.compile("Lilo Laterne")).input_value()

    person = new_page(base_url=hub.url)
    person.goto(link)
    person.get_by_text("Nutzungsbedingungen, Version 1").click()
    expect(person.get_by_text("Ihr Konto ist persönlich.")).to_be_visible()
    person.get_by_label("Neues Passwort", exact=True).fill(PASSWORD)
    person.get_by_label("Neues Passwort noch einmal").fill(PASSWORD)
    person.get_by_label(re.compile("^Ich habe die Nutzungsbedingungen")).check()
    person.get_by_role("button", name="Konto einrichten").click()
    expect(person).to_have_url(re.compile(r"/$"))
    person.goto("/entries/new?collection=klimawandel")
    person.get_by_label("Titel").fill("Laternenplan aus Granit")
    person.get_by_label("Link", exact=True).fill("https://example.org/laternen")
    person.get_by_role("button", name="Zur Freigabe einreichen").click()
    expect(person.get_by_role("heading", level=1)).to_have_text("Laternenplan aus Granit")

    office.goto("/people/review")
    office.get_by_role("button", name=re.compile("^Geht.*Lilo Laterne")).click()
    expect(office.get_by_text("Das Konto von Lilo Laterne ist geschlossen.")).to_be_visible()
    office.goto("/account/entries")
    expect(office.get_by_role("link", name="Laternenplan aus Granit", exact=True)).to_be_visible()
    person.goto("/")
    expect(person).to_have_url(re.compile(r"/login"))
