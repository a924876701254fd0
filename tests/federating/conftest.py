"""Providers set up in the hub, and a browser that goes there and comes back."""

import html
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from hub.core.actor import SYSTEM
from hub.federating import outside
from hub.federating.models import IdentityProvider
from hub.federating.service import providers as service
from hub.federating.service.providers import ProviderDetails
from hub.federating.service.signing_on import redirect_uri
from tests.support.client import Visitor
from tests.support.making import Maker
from tests.support.providers import ProviderProcess, with_values

ANNA = {"email": "anna@essen.example", "email_verified": True, "name": "Anna Beispiel"}
_ONWARD = re.compile(r'http-equiv="refresh" content="0;url=([^"]+)"')


@dataclass
class Place:
    """A provider as the hub knows it, and the process behind it."""

    row: IdentityProvider
    process: ProviderProcess

    def control(self, people: dict[str, Any] | None = None, **settings: Any) -> None:
        """Begin anew: Anna signs in there unless told otherwise."""
        people = {"anna": ANNA} if people is None else people
        self.process.control(people=people, redirect_uris=[redirect_uri(self.row.id)], **settings)

    def address(self, browser: Visitor, **fields: str) -> str:
        """Where the hub sends this browser after a click on the button."""
        answer = browser.post(f"/sign-on/{self.row.id}", fields)
        return onward(answer)

    def way_back(self, browser: Visitor, subject: str = "anna", **fields: str) -> str:
        """Through the provider's page; the address that leads back into the hub."""
        return self.process.sign_in(self.address(browser, **fields), subject)

    def enter(self, browser: Visitor, subject: str = "anna", **fields: str) -> TestResponse:
        """The whole way; the hub's answer to coming back. A newcomer then agrees to the terms of use."""
        answer = come_back(browser, self.way_back(browser, subject, **fields))
        if answer.status_code == 303:
            agree(browser)
        return answer


def onward(answer: TestResponse) -> str:
    """The address on the page that moves on by itself."""
    assert answer.status_code == 200, answer.status_code
    return html.unescape(_ONWARD.search(answer.get_data(as_text=True))[1])


def come_back(browser: Visitor, address: str, **changes: str | None) -> TestResponse:
    """Follow the way back, with other parameters if wished."""
    assert urlsplit(address).netloc == "127.0.0.1:8000"
    answer = browser.get(with_values(address, **changes))
    browser.forget_token()
    return answer


def agree(browser: Visitor) -> None:
    """Tick the terms of use where they are asked for."""
    if 'name="agrees"' in browser.get("/terms").get_data(as_text=True):
        assert browser.post("/terms", {"terms": "1", "agrees": "y"}).status_code == 303


class Places:
    """``places(organisation, **values)`` sets up a provider, checks and switches it on."""

    def __init__(self, make: Maker, processes: list[ProviderProcess]) -> None:
        self._make, self._free = make, list(processes)

    def __call__(self, organisation: str = "Essen", is_on: bool = True, **values: Any) -> Place:
        process = self._free.pop(0)
        details = {
            "organisation_id": self._make.organisation(organisation).id,
            "name": f"Anmeldung {organisation}",
            "issuer": process.issuer,
            "client_id": process.client_id,
            "client_secret": process.secret,
            "newcomers": "create",
            "trusts_email": False,
            "checks_factor": False,
            "factor_acr": "",
            **values,
        }
        place = Place(service.create_provider(SYSTEM, ProviderDetails(**details)), process)
        place.control()
        if is_on:
            assert service.check_provider(SYSTEM, place.row) == []
            service.switch_provider(SYSTEM, place.row, True)
        return place


@pytest.fixture
def places(make, provider_processes) -> Places:
    """Sets up providers."""
    return Places(make, provider_processes)


@pytest.fixture
def essen(places) -> Place:
    """The provider of Essen, which makes accounts at once."""
    return places("Essen")


@pytest.fixture(autouse=True)
def base_url(app):
    """The address that the providers know."""
    assert app.config["BASE_URL"] == "http://127.0.0.1:8000"
    assert outside.LOOPBACK
