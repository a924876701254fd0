"""Rows say what is due: enqueued with the change, taken once, found again, tried again, given up visibly."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hub.core import clock
from hub.core.db import db
from hub.core.errors import Missing, NotAllowed
from hub.core.unit_of_work import unit_of_work
from hub.jobs import queries, queue, registry, service
from hub.jobs.models import Job, JobWorker, State
from hub.jobs.registry import GiveUp, Lane
from hub.jobs.worker import do, do_all_due

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def later(monkeypatch):
    """``later(seconds=…)`` moves the clock on."""
    moment = [START]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def move(**distance: float) -> datetime:
        moment[0] += timedelta(**distance)
        return moment[0]

    return move


def jobs() -> list[Job]:
    return list(db.session.scalars(select(Job).order_by(Job.id).execution_options(populate_existing=True)))


def broken(payload: dict) -> None:
    raise ValueError("nichts zu lesen")


def test_r11_job_is_done_once(app, done):
    service.enqueue("note", "a", {"text": "eins"})
    assert do_all_due() == 1
    assert do_all_due() == 0
    assert done == ["eins"]
    assert jobs()[0].state == State.DONE


def test_job_of_a_failed_unit_was_never_asked_for(app, done):
    with pytest.raises(RuntimeError), unit_of_work():
        service.enqueue("note", "a", {"text": "eins"})
        raise RuntimeError
    assert jobs() == []


def test_job_is_not_due_before_the_commit(app, done):
    with unit_of_work() as session:
        service.enqueue("note", "a", {"text": "eins"})
        assert session.scalar(select(Job.id)) is not None
        session.rollback()
    assert do_all_due() == 0


def test_asking_twice_is_one_job_with_the_newest_payload(app, done):
    first = service.enqueue("note", "a", {"text": "alt"})
    assert service.enqueue("note", "a", {"text": "neu"}) == first
    service.enqueue("note", "b", {"text": "anderes"})
    assert do_all_due() == 2
    assert done == ["neu", "anderes"]


def test_asking_again_brings_a_job_forward_and_never_puts_it_off(app, done, later):
    service.enqueue("note", "a", {"text": "x"}, due_at=START + timedelta(hours=2))
    service.enqueue("note", "a", {"text": "x"}, due_at=START + timedelta(hours=1))
    service.enqueue("note", "a", {"text": "x"}, due_at=START + timedelta(hours=3))
    assert jobs()[0].due_at == START + timedelta(hours=1)


def test_job_asked_for_while_it_runs_runs_once_more(app, done):
    service.enqueue("note", "a", {"text": "alt"})
    (taken,) = queue.take(Lane.QUICK, 5)
    service.enqueue("note", "a", {"text": "neu"})
    do(taken)
    assert do_all_due() == 1
    assert done == ["alt", "neu"]


def test_job_for_later_waits(app, done, later):
    service.enqueue("note", "a", {"text": "x"}, due_at=START + timedelta(minutes=5))
    assert not queue.find_due()
    assert do_all_due() == 0
    later(minutes=5)
    assert queue.find_due()
    assert do_all_due() == 1


def test_taken_job_is_nobody_elses(app, done):
    service.enqueue("note", "a", {"text": "x"})
    assert len(queue.take(Lane.QUICK, 5)) == 1
    assert queue.take(Lane.QUICK, 5) == []
    assert not queue.find_due()


def test_lanes_take_only_their_own_kinds(app, done):
    registry.handle("heavy", "Schwer", broken, Lane.HEAVY)
    service.enqueue("note", "a", {"text": "x"})
    service.enqueue("heavy", "a")
    assert [taken.kind for taken in queue.take(Lane.HEAVY, 5)] == ["heavy"]
    assert queue.take(Lane.NETWORK, 5) == []


def test_kind_that_this_code_does_not_know_waits(app, done):
    service.enqueue("from-the-future", "a")
    assert not queue.find_due()
    assert do_all_due() == 0
    assert jobs()[0].state == State.OPEN


def test_r11_job_of_a_dead_worker_is_taken_over_after_its_lease(app, done, later):
    service.enqueue("note", "a", {"text": "x"})
    (lost,) = queue.take(Lane.QUICK, 5)
    later(seconds=queue.LEASE.total_seconds() - 1)
    assert queue.take(Lane.QUICK, 5) == []
    later(seconds=2)
    (again,) = queue.take(Lane.QUICK, 5)
    assert (again.id, again.tries) == (lost.id, 2)
    assert not queue.finish(lost)
    assert not queue.fail(lost, "zu spät")
    assert jobs()[0].state == State.OPEN
    assert queue.finish(again)


def test_living_worker_keeps_its_lease(app, done, later):
    service.enqueue("note", "a", {"text": "x"})
    (taken,) = queue.take(Lane.QUICK, 5)
    for _ in range(5):
        later(seconds=30)
        queue.keep("me", [taken])
    assert queue.take(Lane.QUICK, 5) == []
    assert queue.finish(taken)


def test_job_laid_down_at_the_end_of_a_worker_is_due_at_once(app, done):
    service.enqueue("note", "a", {"text": "x"})
    queue.release(queue.take(Lane.QUICK, 5))
    (taken,) = queue.take(Lane.QUICK, 5)
    assert taken.tries == 1


def test_failed_job_rests_longer_each_time_and_is_given_up_visibly(app, done, later, editor):
    registry.handle("broken", "Kaputt", broken, most_tries=4)
    service.enqueue("broken", "a")
    waits = []
    while jobs()[0].state == State.OPEN:
        assert do_all_due() == 1
        if jobs()[0].state == State.OPEN:
            waits.append((jobs()[0].due_at - clock.now()).total_seconds())
            later(seconds=waits[-1])
    assert waits == [30, 120, 480]
    (line,) = queries.get_overview(editor).failed
    assert (line.label, line.error, line.tries) == ("Kaputt", "Unerwarteter Fehler (ValueError): nichts zu lesen", 4)
    assert db.session.scalar(queries.failed_count(editor)) == 1


def test_waiting_times_end_at_six_hours(app):
    assert registry.wait_after(50) == timedelta(hours=6)


def test_handler_may_give_up_at_once(app, done, editor):
    def give_up(payload: dict) -> None:
        raise GiveUp("Die Datei gibt es nicht mehr.")

    registry.handle("hopeless", "Aussichtslos", give_up)
    service.enqueue("hopeless", "a")
    do_all_due()
    assert queries.get_overview(editor).failed[0].error == "Die Datei gibt es nicht mehr."


def test_job_that_takes_its_worker_down_is_given_up(app, done, later, editor):
    registry.handle("note", "Notieren", done.append, most_tries=2)
    service.enqueue("note", "a", {"text": "x"})
    for _ in range(2):
        assert len(queue.take(Lane.QUICK, 5)) == 1
        later(seconds=60)
    assert queue.take(Lane.QUICK, 5) == []
    assert queries.get_overview(editor).failed[0].error == queue.LOST


def test_office_lets_a_given_up_job_start_afresh(app, done, editor, member):
    service.enqueue("note", "a", {"text": "x"})
    (taken,) = queue.take(Lane.QUICK, 5)
    queue.fail(taken, "kaputt", final=True)
    with pytest.raises(NotAllowed):
        service.retry_job(member, taken.id)
    service.retry_job(editor, taken.id)
    with pytest.raises(Missing):
        service.retry_job(editor, taken.id)
    assert do_all_due() == 1
    assert done == ["x"]


def test_asking_anew_replaces_the_given_up_job(app, done):
    service.enqueue("note", "a", {"text": "x"})
    queue.fail(queue.take(Lane.QUICK, 5)[0], "kaputt", final=True)
    service.enqueue("note", "a", {"text": "y"})
    assert [job.state for job in jobs()] == [State.OPEN]


def test_duty_recurs_at_its_time_also_after_failures(app, done, later):
    runs = []

    def duty(payload: dict) -> None:
        runs.append(clock.now())
        if len(runs) == 2:
            raise ValueError("einmal")

    registry.every("duty", "Pflicht", "10 * * * *", duty)
    queue.plan_duties()
    queue.plan_duties()
    assert len(jobs()) == 1
    assert do_all_due() == 0
    for _ in range(130):
        later(minutes=1)
        do_all_due()
    shown = [moment.strftime("%H:%M") for moment in runs]
    assert shown == ["12:10", "13:10", "13:11", "14:10"]
    assert jobs()[0].state == State.OPEN


def test_duty_keeps_its_hour_through_the_change_to_summer_time(app):
    before = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)
    first = queue.next_time("10 3 * * *", before)
    second = queue.next_time("10 3 * * *", first)
    assert [clock.local(moment).strftime("%d %H:%M") for moment in (first, second)] == ["28 03:10", "29 03:10"]


def test_changed_plan_takes_effect_with_the_next_worker(app, done, later):
    registry.every("duty", "Pflicht", "0 3 1 * *", broken)
    queue.plan_duties()
    registry.every("duty", "Pflicht", "30 12 * * *", broken)
    queue.plan_duties()
    assert clock.local(jobs()[0].due_at).strftime("%H:%M") == "12:30"
    assert len(jobs()) == 1


def test_sweep_forgets_what_was_done_long_ago(app, done, later):
    service.enqueue("note", "a", {"text": "x"})
    do_all_due()
    queue.keep("gone", [])
    later(days=1, hours=1)
    service.enqueue("note", "b", {"text": "y"})
    do_all_due()
    later(days=1)
    queue.sweep({})
    assert [job.key for job in jobs()] == ["b"]
    assert db.session.scalar(select(JobWorker.name)) is None


def test_overview_tells_whether_a_worker_lives(app, done, later, editor, member):
    assert not queries.get_overview(editor).is_alive
    queue.keep("me", [])
    assert queries.get_overview(editor).is_alive
    later(seconds=40)
    assert not queries.get_overview(editor).is_alive
    queue.leave("me")
    assert queries.get_overview(editor).seen_at is None
    with pytest.raises(NotAllowed):
        queries.get_overview(member)
