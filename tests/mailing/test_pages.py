"""The office's page about letters: to whom, what about, why not; never the text."""

import re
from datetime import timedelta

from sqlalchemy import update

from hub.core import clock
from hub.core.unit_of_work import unit_of_work
from hub.mailing import service
from hub.mailing.models import Letter, Reason, State


def number_on(page: str) -> str:
    """The number of the first letter that has buttons."""
    found = re.search(r"/letters/(\d+)/retry", page)
    assert found is not None
    return found[1]


def change(**values) -> None:
    with unit_of_work() as session:
        session.execute(update(Letter).values(**values))


def test_page_shows_the_queue_and_never_what_a_letter_says(make, sign_in):
    service.post("probe", "erna@example.org", "de", name="Geheimname")
    page = sign_in(make.user(role="editor")).get("/letters").get_data(as_text=True)
    assert "erna@example.org" in page
    assert "Geheimname" not in page
    assert "Es ist kein Mailserver eingerichtet" in page


def test_failed_letter_can_be_tried_again_or_discarded(make, sign_in, app):
    service.post("probe", "erna@example.org", "de", name="Erna")
    change(state=State.FAILED, reason=Reason.DECLINED, error="550 <kein> Postfach")
    person = sign_in(make.user(role="editor"))
    page = person.get("/letters").get_data(as_text=True)
    assert "550 &lt;kein&gt; Postfach" in page
    letter = number_on(page)
    assert person.post(f"/letters/{letter}/retry").status_code == 303
    assert "Nicht zugestellt" not in person.get("/letters").get_data(as_text=True)
    assert person.post(f"/letters/{letter}/discard").status_code == 303
    assert "Verworfen" in person.get("/letters").get_data(as_text=True)
    assert person.post(f"/letters/{letter}/retry").status_code == 404


def test_letter_on_its_way_is_left_alone(make, sign_in):
    service.post("probe", "erna@example.org", "de", name="Erna")
    change(claimed_until=clock.now() + timedelta(minutes=5))
    person = sign_in(make.user(role="editor"))
    letter = number_on(person.get("/letters").get_data(as_text=True))
    assert person.post(f"/letters/{letter}/discard").status_code == 404


def test_probe_goes_to_the_person_who_asked(make, sign_in):
    user = make.user(role="editor")
    person = sign_in(user)
    assert person.post("/letters/probe").status_code == 303
    assert user.email in person.get("/letters").get_data(as_text=True)


def test_members_do_not_see_the_outbox(make, sign_in):
    assert sign_in(make.user()).get("/letters").status_code == 403
