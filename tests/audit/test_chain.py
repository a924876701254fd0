"""Each row carries the hash of the one before: what somebody deletes, changes, inserts or cuts off is found."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from hub.accounts.service import people
from hub.audit import chain, service
from hub.audit.models import FIRST_HASH, AuditEvent, AuditHead
from hub.audit.service import record
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.unit_of_work import unit_of_work
from tests.support.counting import counted_statements


def happen(count: int = 1, at: object = None) -> None:
    """That many events, each in a unit of work of its own."""
    for number in range(count):
        with unit_of_work():
            record(SYSTEM, "page.changed", slug=f"seite-{number}", language="de")


def newest() -> AuditEvent:
    return db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()


def head() -> AuditHead:
    db.session.expire_all()
    return db.session.scalars(select(AuditHead)).one()


def verify():
    db.session.expire_all()
    return chain.find_break(db.session())


@pytest.fixture
def ten(app) -> int:
    """Ten events; the number of the first."""
    happen(10)
    return newest().id - 9


def test_rows_are_linked_in_the_order_of_the_commits(ten):
    rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [row.id for row in rows] == list(range(1, len(rows) + 1))
    assert rows[0].previous_hash == FIRST_HASH
    assert [row.previous_hash for row in rows[1:]] == [row.hash for row in rows[:-1]]
    assert (head().number, head().hash) == (rows[-1].id, rows[-1].hash)
    assert verify() is None


def test_many_events_of_one_unit_are_linked_too(app):
    with unit_of_work():
        for number in range(2 * service.MOST_AT_ONCE + 3):
            record(SYSTEM, "term.moved", number)
    assert newest().detail is None and newest().thing_id == 2 * service.MOST_AT_ONCE + 2
    assert verify() is None


def test_an_event_costs_one_statement_more(app):
    with counted_statements() as sent:
        happen()
    assert len([statement for statement in sent if "audit" in statement]) == 2, sent


def test_an_event_outside_of_a_unit_of_work_is_a_fault(app):
    with pytest.raises(RuntimeError):
        record(SYSTEM, "page.changed")


def test_a_unit_that_fails_leaves_no_row_and_no_gap(ten):
    with pytest.raises(ZeroDivisionError), unit_of_work():
        record(SYSTEM, "page.changed")
        raise ZeroDivisionError
    happen()
    assert newest().id == ten + 10
    assert verify() is None


@pytest.mark.parametrize(
    "values",
    [
        {"actor_id": 99},
        {"action": "page.restored"},
        {"thing_id": 5},
        {"detail": {"slug": "andere", "language": "de"}},
        {"at": clock.now() - timedelta(days=1)},
        {"request": "erfunden"},
        {"hash": "0" * 64},
        {"previous_hash": "1" * 64},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_changed_row_is_named(ten, values):
    db.session.execute(update(AuditEvent).where(AuditEvent.id == ten + 4).values(**values))
    assert verify().number == ten + 4


def test_a_changed_row_with_a_fitting_hash_shows_at_the_next_one(ten):
    row = db.session.get(AuditEvent, ten + 4)
    row.action = "page.restored"
    row.hash = chain.link(row.previous_hash, chain.digest_of(row))
    db.session.flush()
    assert verify().number == ten + 5


def test_a_deleted_row_is_named(ten):
    db.session.execute(delete(AuditEvent).where(AuditEvent.id == ten + 4))
    assert (verify().number, verify().reason) == (ten + 4, "fehlt")


def test_the_first_row_is_missed_too(ten):
    db.session.execute(delete(AuditEvent).where(AuditEvent.id == 1))
    assert verify().number == 1


def test_a_cut_end_is_found(ten):
    db.session.execute(delete(AuditEvent).where(AuditEvent.id > ten + 6))
    assert verify().number == ten + 7
    assert "abgeschnitten" in verify().reason


def test_an_emptied_log_is_found(ten):
    db.session.execute(delete(AuditEvent))
    assert verify().number == 1


def test_an_inserted_row_is_named(ten):
    last = newest()
    forged = {"at": clock.now(), "action": "page.changed", "thing": "page", "request": ""}
    values = {**forged, "previous_hash": last.hash}
    row = AuditEvent(id=last.id + 1, **values)
    row.hash = chain.link(last.hash, chain.digest_of(row))
    db.session.execute(insert(AuditEvent).values(id=row.id, hash=row.hash, **values))
    assert verify().number == last.id + 1
    assert "eingefügt" in verify().reason


def test_old_rows_go_and_the_rest_can_still_be_checked(ten, monkeypatch):
    later = clock.now() + timedelta(days=100)
    monkeypatch.setattr(clock, "_wall_clock", lambda: later)
    happen(3)
    assert service.prune(50) == ten + 9
    assert verify() is None
    assert head().anchor_number == ten + 9
    assert [row.action for row in db.session.scalars(select(AuditEvent).order_by(AuditEvent.id))] == [
        "page.changed", "page.changed", "page.changed", "audit.pruned",
    ]  # fmt: skip
    assert service.prune(50) == 0
    db.session.execute(delete(AuditEvent).where(AuditEvent.id == ten + 10))
    assert verify().number == ten + 10


def test_everything_may_be_old(ten, monkeypatch):
    later = clock.now() + timedelta(days=100)
    monkeypatch.setattr(clock, "_wall_clock", lambda: later)
    assert service.prune(50) == ten + 9
    assert verify() is None


def test_a_forged_anchor_is_found(ten):
    row = db.session.get(AuditEvent, ten + 2)
    db.session.execute(update(AuditHead).values(anchor_number=row.id, anchor_hash=row.hash))
    db.session.execute(delete(AuditEvent).where(AuditEvent.id <= row.id))
    assert "nirgends steht" in verify().reason


def test_a_broken_chain_is_not_pruned_away(ten, monkeypatch):
    db.session.execute(update(AuditEvent).where(AuditEvent.id == ten + 1).values(actor_id=7))
    db.session.commit()
    monkeypatch.setattr(clock, "_wall_clock", lambda: clock.datetime.now(clock.UTC) + timedelta(days=100))
    assert service.prune(50) == 0
    assert verify().number == ten + 1


def test_the_nightly_duty_keeps_to_the_setting(app, ten, monkeypatch):
    monkeypatch.setattr(clock, "_wall_clock", lambda: clock.datetime.now(clock.UTC) + timedelta(days=800))
    monkeypatch.setitem(app.config, "AUDIT_DAYS", 0)
    service.prune_old({})
    assert head().anchor_number == 0
    monkeypatch.setitem(app.config, "AUDIT_DAYS", 730)
    service.prune_old({})
    assert head().anchor_number == ten + 9


def test_the_command_says_that_all_is_well(app, ten):
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 0
    assert f"Zeilen 1 bis {newest().id}" in result.output
    assert f"{newest().id}:{newest().hash}" in result.output


def test_the_command_names_the_first_broken_row(app, ten):
    db.session.execute(delete(AuditEvent).where(AuditEvent.id.in_([ten + 3, ten + 7])))
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert (result.exit_code, result.output) == (1, f"Zeile {ten + 3} fehlt.\n")


def test_a_line_noted_elsewhere_is_looked_up(app, ten):
    run = app.test_cli_runner().invoke
    row = db.session.get(AuditEvent, ten + 2)
    assert run(args=["audit", "verify", "--noted", f"{row.id}:{row.hash}"]).exit_code == 0
    wrong = run(args=["audit", "verify", "--noted", f"{row.id}:{'0' * 64}"])
    assert wrong.exit_code == 1 and "steht so nicht" in wrong.output
    assert run(args=["audit", "verify", "--noted", "quatsch"]).exit_code == 2


def test_the_command_prunes(app, ten):
    result = app.test_cli_runner().invoke(args=["audit", "prune", "--days", "1"])
    assert (result.exit_code, result.output) == (0, "0 Zeilen gelöscht.\n")


def test_an_erased_person_leaves_a_number_only(make, admin):
    person = make.user(name="Eindeutiger Name", email="eindeutig@example.org")
    people.block_user(admin, person)
    row = newest()
    text = f"{row.actor_id} {row.action} {row.thing_id} {row.detail}"
    assert "Eindeutiger" not in text and "eindeutig@" not in text
