"""Who sees which entry: by role, status and organisation, in the policy, in SQL and on the page."""

import pytest

from hub.core.errors import Missing, NotAllowed
from hub.core.unit_of_work import unit_of_work
from hub.entries import policy, queries
from hub.entries.models import Status
from hub.entries.service import contributing

PEOPLE = {
    "contributor": ("member", "Essen"),
    "colleague": ("member", "Essen"),
    "own coordination": ("coordinator", "Essen"),
    "other coordination": ("coordinator", "Augsburg"),
    "other member": ("member", "Augsburg"),
    "editor": ("editor", "Geschäftsstelle"),
    "admin": ("admin", "Geschäftsstelle"),
}
EVERYBODY = set(PEOPLE)
OFFICE = {"editor", "admin"}
CONCERNED = {"contributor", "own coordination"} | OFFICE
SEEN_BY = {
    Status.DRAFT: {"contributor"},
    Status.SUBMITTED: CONCERNED,
    Status.RETURNED: CONCERNED,
    Status.REJECTED: CONCERNED,
    Status.PUBLISHED: EVERYBODY,
    Status.WITHDRAWN: CONCERNED,
    Status.DELETED: OFFICE,
}
EDITED_BY = {
    Status.DRAFT: {"contributor"},
    Status.SUBMITTED: {"contributor"} | OFFICE,
    Status.RETURNED: {"contributor"} | OFFICE,
    Status.REJECTED: {"contributor"} | OFFICE,
    Status.PUBLISHED: {"contributor"} | OFFICE,
    Status.WITHDRAWN: OFFICE,
    Status.DELETED: set(),
}
ARCHIVED_BY = {
    Status.DRAFT: set(),
    Status.SUBMITTED: CONCERNED,
    Status.RETURNED: CONCERNED,
    Status.REJECTED: CONCERNED,
    Status.PUBLISHED: CONCERNED,
    Status.WITHDRAWN: set(),
    Status.DELETED: set(),
}


@pytest.fixture
def people(make):
    """One account of every sort."""
    return {name: make.user(role=role, organisation=place) for name, (role, place) in PEOPLE.items()}


@pytest.mark.parametrize("status", list(Status))
def test_policy_and_sql_agree_on_who_sees_an_entry(make, people, status):
    entry = make.entry(status=status, contributor=people["contributor"], organisation="Essen")
    for name, user in people.items():
        actor = make.actor(user)
        expected = name in SEEN_BY[status]
        assert policy.may_see(actor, entry) is expected, name
        assert [row.id for row in queries.load_in_order(actor, [entry.id])] == ([entry.id] if expected else []), name


@pytest.mark.parametrize("status", list(Status))
def test_pages_follow_the_policy(make, sign_in, people, status):
    entry = make.entry(title="Quarzsandweg", status=status, contributor=people["contributor"], organisation="Essen")
    for name, user in people.items():
        person = sign_in(user)
        page = person.get(f"/entries/{entry.id}")
        is_tombstone = status == Status.WITHDRAWN and name not in SEEN_BY[status]
        assert page.status_code == (200 if name in SEEN_BY[status] else 410 if is_tombstone else 404), name
        edit = person.get(f"/entries/{entry.id}/edit")
        expected = 200 if name in EDITED_BY[status] else 403 if name in SEEN_BY[status] else 404
        assert edit.status_code == expected, name
        assert ("/edit" in page.text) is (name in EDITED_BY[status]), name


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("name", PEOPLE)
def test_only_those_concerned_archive(make, people, status, name):
    entry = make.entry(status=status, contributor=people["contributor"], organisation="Essen")
    actor = make.actor(people[name])
    if name in ARCHIVED_BY[status]:
        contributing.withdraw_entry(actor, entry, "Veraltet.")
        assert entry.status == Status.WITHDRAWN
    else:
        with pytest.raises((NotAllowed, Missing)):
            contributing.withdraw_entry(actor, entry, "Veraltet.")
        assert entry.status == status


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PUBLISHED])
def test_colleagues_cannot_change_what_they_do_not_see(make, sign_in, people, status):
    entry = make.entry(title="Unverändert", status=status, contributor=people["contributor"])
    person = sign_in(people["colleague"])
    for path in ("edit", "withdraw", "restore", "delete", "bookmark"):
        response = person.post(f"/entries/{entry.id}/{path}", {"title": "Anders", "saved": "1", "version": "1"})
        assert response.status_code == 404, path
    assert entry.title == "Unverändert"
    assert entry.status == status


def test_archived_entry_that_was_never_published_leaves_no_tombstone(make, sign_in, people):
    entry = make.entry(title="Nie gesehen", status="withdrawn", contributor=people["contributor"])
    with unit_of_work():
        entry.published_at = None
    assert sign_in(people["other member"]).get(f"/entries/{entry.id}").status_code == 404


def test_tombstone_gives_reason_and_nothing_else(make, sign_in, people):
    entry = make.entry(
        title="Alter Leitfaden", status="withdrawn", contributor=people["contributor"], status_note="Es gibt Neues.",
        text="Quarzsandtext", url="https://www.example.org/quarz",
    )  # fmt: skip
    page = sign_in(people["other member"]).get(f"/entries/{entry.id}")
    assert page.status_code == 410
    assert "Alter Leitfaden" in page.text
    assert "Es gibt Neues." in page.text
    assert "Quarzsandtext" not in page.text
    assert "quarz" not in page.text.lower()


def test_contributor_is_named_to_the_office_and_the_contributor_only(make, sign_in, people):
    contributor = make.user(name="Quarz Sand", organisation="Essen")
    entry = make.entry(contributor=contributor)
    assert "Quarz Sand" in sign_in(people["editor"]).get(f"/entries/{entry.id}").text
    assert "Quarz Sand" not in sign_in(people["other member"]).get(f"/entries/{entry.id}").text
