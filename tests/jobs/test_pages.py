"""The office's page about jobs."""

from hub.jobs import queue, registry, service
from hub.jobs.registry import Lane
from hub.jobs.worker import do_all_due


def test_page_names_what_was_given_up_and_offers_another_try(make, sign_in, done):
    number = service.enqueue("note", "https://example.org/a", {"text": "x"})
    queue.fail(queue.take(Lane.QUICK, 1)[0], "Die <Seite> war leer.", final=True)
    person = sign_in(make.user(role="editor"))
    page = person.get("/jobs").get_data(as_text=True)
    assert "Notieren" in page
    assert "Die &lt;Seite&gt; war leer." in page
    assert "Zurzeit werden keine Aufgaben erledigt" in page
    assert f'formaction="/jobs/{number}/retry"' in page


def test_other_try_starts_the_job_afresh(make, sign_in, done):
    number = service.enqueue("note", "a", {"text": "x"})
    queue.fail(queue.take(Lane.QUICK, 1)[0], "kaputt", final=True)
    person = sign_in(make.user(role="admin"))
    answer = person.post(f"/jobs/{number}/retry")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/jobs")
    assert person.post("/jobs/999999/retry").status_code == 404
    do_all_due()
    assert done == ["x"]


def test_page_shows_running_resting_and_recurring_jobs(make, sign_in, done):
    def broken(payload: dict) -> None:
        raise ValueError("nichts zu lesen")

    registry.handle("broken", "Kaputt", broken)
    registry.handle("running", "Läuft", broken, Lane.NETWORK)
    registry.every("duty", "Pflicht", "10 3 * * *", broken)
    service.enqueue("broken", "b")
    do_all_due()
    service.enqueue("running", "c")
    queue.take(Lane.NETWORK, 1)
    queue.plan_duties()
    queue.keep("me", [])
    page = sign_in(make.user(role="editor")).get("/jobs").get_data(as_text=True)
    for words in (
        "Die Aufgaben werden erledigt",
        "In Arbeit",
        "Läuft",
        "Unerwarteter Fehler (ValueError): nichts zu lesen",
        "Pflicht",
        "03:10",
    ):
        assert words in page, words


def test_members_do_not_see_the_page(make, sign_in):
    assert sign_in(make.user(role="member")).get("/jobs").status_code == 403
